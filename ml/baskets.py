"""What goes together: association rules of one or two things that lead to another (mlxtend, FP-growth).

Agrawal, Imielinski, Swami, "Mining association rules between sets of items", 1993; Han, Pei, Yin, 2000.
"""

from collections import Counter

import numpy as np
import pandas as pd
import pyarrow as pa
from mlxtend.frequent_patterns import association_rules, fpgrowth
from mlxtend.preprocessing import TransactionEncoder

LEAST_BASKETS = 10
LEAST_SHARE = 0.001
MOST_VALUES = 500  # rarer ones are left out
MOST_TOGETHER = 3  # two that lead to one
COLUMNS = {
    "basket_code": pa.string(),
    "antecedent_value": pa.string(),
    "other_antecedent_value": pa.string(),
    "consequent_value": pa.string(),
    "basket_count": pa.int64(),
    "antecedent_count": pa.int64(),
    "consequent_count": pa.int64(),
    "pair_count": pa.int64(),
    "support_share": pa.float64(),
    "confidence_share": pa.float64(),
    "lift_ratio": pa.float64(),
}


def basket_rules(baskets: pa.Table) -> pa.Table:
    """One row per basket_code, one or two antecedents and consequent, seen together often enough.

    `baskets` has basket_code and basket_values (texts, each once). Enough: 10 baskets and one in a thousand. A rule of
    two is kept only where it lifts more than either of the two does alone.
    """
    by_code: dict[str, list[list[str]]] = {}
    for code, values in zip(baskets["basket_code"].to_pylist(), baskets["basket_values"].to_pylist(), strict=True):
        by_code.setdefault(code, []).append(values)
    schema = pa.schema(COLUMNS)
    found = [_rules_of(by_code[code]).assign(basket_code=code) for code in sorted(by_code)]
    tables = [pa.Table.from_pandas(rows[list(COLUMNS)], schema, preserve_index=False) for rows in found if len(rows)]
    return pa.concat_tables(tables) if tables else schema.empty_table()


def _rules_of(baskets: list[list[str]]) -> pd.DataFrame:
    """The rules of one kind of basket; no rows where nothing is seen together often enough."""
    count = len(baskets)
    least = max(LEAST_BASKETS, LEAST_SHARE * count)
    held = Counter(value for basket in baskets for value in basket)
    kept = {value for value, times in held.most_common(MOST_VALUES) if times >= least}
    known = [[value for value in basket if value in kept] for basket in baskets]
    if len(kept) < 2:
        return pd.DataFrame()
    encoder = TransactionEncoder().fit(known)
    table = pd.DataFrame.sparse.from_spmatrix(encoder.transform(known, sparse=True), columns=encoder.columns_)
    # A hair under the limit, so that a set seen just often enough is not lost to the division.
    frequent = fpgrowth(table, (least - 1e-6) / count, use_colnames=True, max_len=MOST_TOGETHER)
    with np.errstate(invalid="ignore"):  # certainty of what everybody has is 0 / 0, and not used
        rules = association_rules(frequent, num_itemsets=count, metric="support", min_threshold=0.0)
    return _worth_it(_rows(rules[rules["consequents"].map(len) == 1], count))


def _rows(rules: pd.DataFrame, count: int) -> pd.DataFrame:
    sides = [sorted(antecedents) for antecedents in rules["antecedents"]]
    shares = {
        "antecedent_count": "antecedent support",
        "consequent_count": "consequent support",
        "pair_count": "support",
    }
    return pd.DataFrame(
        {
            "antecedent_value": [side[0] for side in sides],
            "other_antecedent_value": [side[1] if len(side) > 1 else None for side in sides],
            "consequent_value": [next(iter(consequents)) for consequents in rules["consequents"]],
            "basket_count": count,
            **{name: (rules[share] * count).round().astype("int64").to_numpy() for name, share in shares.items()},
            "support_share": rules["support"].to_numpy(),
            "confidence_share": rules["confidence"].to_numpy(),
            "lift_ratio": rules["lift"].to_numpy(),
        }
    ).sort_values(["antecedent_value", "other_antecedent_value", "consequent_value"], ignore_index=True)


def _worth_it(rules: pd.DataFrame) -> pd.DataFrame:
    """Without rules of two that say no more than a rule of one of the two (Bayardo, Agrawal, 1999)."""
    is_single = rules["other_antecedent_value"].isna()
    ones = rules[is_single].set_index(["antecedent_value", "consequent_value"])["lift_ratio"].to_dict()
    alone = [
        max(
            ones.get((row.antecedent_value, row.consequent_value), 0.0),
            ones.get((row.other_antecedent_value, row.consequent_value), 0.0),
        )
        for row in rules.itertuples()
    ]
    return rules[is_single | (rules["lift_ratio"] > alone)].reset_index(drop=True)
