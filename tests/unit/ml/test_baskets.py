"""Association rules: counted by hand, kept only where they say something."""

import pyarrow as pa
import pytest

from ml.baskets import basket_rules


def baskets(*groups: tuple[int, list[str]], code: str = "choice_of_customer") -> pa.Table:
    values = [basket for count, basket in groups for _ in range(count)]
    return pa.table({"basket_code": [code] * len(values), "basket_values": pa.array(values, pa.list_(pa.string()))})


def rules(table: pa.Table) -> dict[tuple, tuple]:
    return {
        (row["antecedent_value"], row["other_antecedent_value"], row["consequent_value"]): tuple(row.values())[4:]
        for row in basket_rules(table).to_pylist()
    }


def test_support_confidence_and_lift() -> None:
    """Of 20 stays, 10 used bar and spa, 5 the bar alone and 5 the pool alone."""
    found = rules(baskets((10, ["Bar", "Spa"]), (5, ["Bar"]), (5, ["Pool"])))
    assert found == {
        ("Bar", None, "Spa"): (20, 15, 10, 10, 0.5, pytest.approx(2 / 3), pytest.approx(4 / 3)),
        ("Spa", None, "Bar"): (20, 10, 15, 10, 0.5, 1.0, pytest.approx(4 / 3)),
    }


def test_two_that_lead_to_a_third_are_kept_only_where_they_say_more_than_one_of_them() -> None:
    found = rules(
        baskets(
            (20, ["Bar", "Golf", "Spa"]), (20, ["Bar", "Golf"]), (20, ["Bar", "Spa"]), (20, ["Golf", "Spa"]), (60, [])
        )
    )
    assert ("Bar", "Golf", "Spa") not in found  # 20 of 40, as of those with the bar alone: 40 of 60 is more
    found = rules(baskets((20, ["Bar", "Golf", "Spa"]), (20, ["Bar"]), (20, ["Golf"]), (60, [])))
    assert found["Bar", "Golf", "Spa"] == (120, 20, 20, 20, pytest.approx(1 / 6), 1.0, 6.0)
    assert found["Bar", None, "Spa"][-1] == 3.0


def test_pairs_seen_nine_times_say_nothing() -> None:
    assert rules(baskets((9, ["Bar", "Spa"]), (50, ["Bar"]), (50, ["Spa"]))) == {}


def test_a_thing_that_everybody_has_attracts_nobody() -> None:
    assert rules(baskets((30, ["Bar", "Spa"]), (30, ["Bar"])))["Bar", None, "Spa"][-1] == 1.0


@pytest.mark.parametrize("table", [baskets(), baskets((50, ["Bar"])), baskets((50, []))], ids=["none", "one", "empty"])
def test_nothing_to_learn_gives_no_rules(table: pa.Table) -> None:
    assert basket_rules(table).num_rows == 0


def test_kinds_of_basket_do_not_mix() -> None:
    table = pa.concat_tables([baskets((20, ["Bar"])), baskets((20, ["Spa"]), code="item_of_check")])
    assert basket_rules(table).num_rows == 0
