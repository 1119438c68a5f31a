"""The match model's SQL: blocks, levels of agreement and weights, compiled from its settings."""

import math
import re
from collections.abc import Iterable, Sequence
from typing import Any

from identity.match.spec import DECISIVE_BITS, Comparison
from identity.sql.statements import identifier

_SIDED = re.compile(r"\b(\w+)_[lr]\b")


def block_pair_count(columns: Sequence[str]) -> str:
    """How many pairs a block makes."""
    return f"""
select coalesce(sum(size * (size - 1) // 2), 0)
from (select count(*) as size from match_input where {_present(columns)} group by {_listed(columns)})
"""


def match_candidate(blocks: Iterable[Sequence[str]]) -> str:
    """One row per pair of profiles (first < second), one of them touched, that are equal in some block's columns."""
    found = ";\n".join(
        f"insert into block_pair select a.unique_id, b.unique_id from match_input as a inner join "
        f"match_input as b on {' and '.join(f'a.{identifier(name)} = b.{identifier(name)}' for name in block)} "
        f"and a.unique_id < b.unique_id and (a.is_touched or b.is_touched)"
        for block in blocks
    )
    return f"""
create or replace temp table block_pair (first_profile bigint, second_profile bigint);
{found};
create or replace temp table match_candidate as select distinct first_profile, second_profile from block_pair;
drop table block_pair
"""


def value_frequencies(column: str) -> str:
    """One row per value with its share (tf) among the profiles."""
    name = identifier(column)
    return f"""
select {name} as value, count(*) / sum(count(*)) over () as tf
from match_input where {name} is not null group by {name} order by value
"""


def add_frequency(column: str) -> str:
    """match_input with the frozen frequency of a column's value; values that training never saw get $floor."""
    name, frequency = identifier(column), identifier(f"tf_{column}")
    return f"""
create or replace temp table match_input as
select match_input.*, case when {name} is not null then coalesce(frozen.tf, $floor) end as {frequency}
from match_input left join frozen_frequency as frozen on match_input.{name} = frozen.value
"""


def patterns(comparisons: dict[str, Comparison]) -> str:
    """One row per pattern of agreement among compared_pair: levels (-1 unknown), rarity of what agrees in bits."""
    names = [identifier(name) for name in comparisons]
    texts = [text for comparison in comparisons.values() for text in (comparison.unknown, *_conditions(comparison))]
    frequent = sorted({level.frequency for one in comparisons.values() for level in one.levels if level.frequency})
    levels = [
        f"{_level(comparison.unknown, _conditions(comparison))} as {name}"
        for name, comparison in zip(names, comparisons.values(), strict=True)
    ]
    kept = "".join(f", {identifier(f'tf_{column}_{side}')}" for column in frequent for side in "lr")
    return f"""
with level as (
    select is_possible, {", ".join(levels)}{kept}
    from {_sides(texts, frequent, "compared_pair", "is_possible")}
)
select {", ".join(names)}, is_possible, {", ".join(_rarity(name, one) for name, one in comparisons.items())},
    count(*) as pair_count
from level group by all order by all
"""


def model_pair(settings: dict[str, Any], others: dict[str, Any], threshold_bits: float) -> str:
    """One row per candidate pair with at least `threshold_bits` of evidence that it is one person, the prior included.

    Against strangers (Splink's weight), two members of a household, namesakes by chance (each `whole_name_factor` times
    as many where the whole name is equal), homonyms (whatever the name's rarity) and namesakes in one home.
    Where nothing but the name and what goes with it speaks for a pair, it needs `name_only_bits` more; half a name, a
    given or a family name that only one of the two gives, is not enough where nothing beside it agrees.
    """
    named = _levels_of(settings)
    prior = settings["probability_two_random_records_match"]
    strangers = {name: _weight(name, [_bits(level) for level in found[1:]]) for name, found in named.items()}
    household = strangers | _against(named, others["household_levels"])
    namesakes = strangers | _against(named, others["namesake_levels"])
    beside = [name for name in named if name not in others["names"]]
    one_name = " and ".join(f"{identifier(name)} between 0 and {len(named[name]) - 3}" for name in others["names"])
    whole_name = " and ".join(f"{identifier(name)} = 0" for name in others["names"])
    unknown = " or ".join(f"{identifier(name)} < 0" for name in others["names"])
    no_name = " and ".join(f"{identifier(name)} < 0" for name in others["names"])
    telling = [name for name in beside if name not in others["background"]]
    return f"""
create or replace temp table model_pair as
with level as ({_compared(settings, "match_candidate")}),
weighed as (
    select
        first_profile, second_profile,
        {_number(math.log2(prior / (1 - prior)))} + {" + ".join(strangers.values())} as against_strangers,
        {_number(math.log2(prior / others["household_prior"]))} + {" + ".join(household.values())} as against_household,
        {_number(math.log2(prior / (1 - prior)) - math.log2(others["namesake_factor"]))}
            + {" + ".join(namesakes.values())} as against_namesakes,
        {_number(-math.log2(others["homonym_share"]))}
            + {" + ".join(namesakes[name] for name in beside)} as against_homonyms,
        {_number(-math.log2(others["namesake_share"]))}
            + {" + ".join(strangers[name] for name in others["own"])} as against_kin,
        {one_name} as is_one_name,
        {whole_name} as is_whole_name,
        ({unknown}) and is_word_alone as is_half_name,
        {no_name} as is_no_name,
        greatest({", ".join(namesakes[name] for name in telling)}) < {_number(DECISIVE_BITS)} as is_name_alone,
        greatest({", ".join(strangers[name] for name in telling)}) < {_number(DECISIVE_BITS)} as is_nothing_beside
    from level
)
select
    first_profile, second_profile,
    -log2(
        (
            pow(2, -against_strangers) + pow(2, -against_household)
            + case when is_one_name then pow(2, -against_namesakes) else 0 end
        ) * case when is_whole_name then {_number(others["whole_name_factor"])} else 1 end
        + pow(2, -against_kin) + case when is_one_name then pow(2, -against_homonyms) else 0 end
    ) as pair_weight,
    case when not (is_name_alone or is_no_name)
             or (
                 pair_weight >= {_number(threshold_bits + others["name_only_bits"])}
                 and not (is_half_name and is_nothing_beside)
             )
         then pair_weight end as model_weight
from weighed
where pair_weight >= {_number(threshold_bits)}
"""


def _against(named: dict[str, list[dict[str, Any]]], shares: dict[str, list[float]]) -> dict[str, str]:
    return {name: _weight(name, _bits_against(named[name][1:], levels)) for name, levels in shares.items()}


def compared_levels(settings: dict[str, Any]) -> str:
    """One row per pair of profiles in match_input: the level of every comparison (-1 unknown) and frequencies."""
    return f"""
with every_pair as (
    select a.unique_id as first_profile, b.unique_id as second_profile
    from match_input as a
    inner join match_input as b on a.unique_id < b.unique_id
)
{_compared(settings, "every_pair")}
"""


def _levels_of(settings: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    return {comparison["output_column_name"]: comparison["comparison_levels"] for comparison in settings["comparisons"]}


def _compared(settings: dict[str, Any], pairs: str) -> str:
    """Both profiles of each pair, the level of every comparison, the frequencies that count."""
    named = _levels_of(settings)
    conditions = {name: [level["sql_condition"] for level in levels] for name, levels in named.items()}
    texts = [text for found in conditions.values() for text in found]
    every_level = [level for found in named.values() for level in found]
    frequent = sorted({level["tf_adjustment_column"] for level in every_level if _is_frequent(level)})
    levels = [f"{_level(found[0], found[1:-1])} as {identifier(name)}" for name, found in conditions.items()]
    kept = "".join(f", {identifier(f'tf_{column}_{side}')}" for column in frequent for side in "lr")
    one_word = "sorted_words_l is null or sorted_words_r is null"
    return f"""
select first_profile, second_profile, {one_word} as is_word_alone, {", ".join(levels)}{kept}
from {_sides([*texts, one_word], frequent, pairs, "first_profile", "second_profile")}
"""


def rarities(column: str) -> str:
    """One row per rarity of a column's values: the pairs of profiles that agree in one of them."""
    name, frequency = identifier(column), identifier(f"tf_{column}")
    return f"""
select cast(round(-log2(any_value({frequency}))) as bigint) as rarity, count(*) * (count(*) - 1) // 2 as pair_count
from match_input where {name} is not null group by {name}
"""


def _rarity(name: str, comparison: Comparison) -> str:
    """Rounded bits of the value that agrees; 0 in levels in which its frequency doesn't count."""
    cases = " ".join(
        f"when {at} then cast(round(-{_log_frequency(level.frequency)}) as bigint)"
        for at, level in enumerate(comparison.levels)
        if level.frequency
    )
    found = f"case {identifier(name)} {cases} else 0 end" if cases else "0"
    return f"{found} as {identifier(f'{name}_rarity')}"


def _conditions(comparison: Comparison) -> list[str]:
    return [level.sql for level in comparison.levels]


def _level(unknown: str, conditions: list[str]) -> str:
    cases = " ".join(f"when {condition} then {at}" for at, condition in enumerate(conditions))
    return f"case when {unknown} then -1 {cases} else {len(conditions)} end"


def _weight(name: str, bits: list[str]) -> str:
    """Bits of one comparison by its level; an unknown one says nothing."""
    cases = " ".join(f"when {at} then {text}" for at, text in enumerate(bits))
    return f"case {identifier(name)} {cases} else 0.0 end"


def _bits(level: dict[str, Any]) -> str:
    if _is_frequent(level):
        return f"{_number(math.log2(level['m_probability']))} - {_log_frequency(level['tf_adjustment_column'])}"
    return _number(math.log2(level["m_probability"] / level["u_probability"]))


def _bits_against(levels: list[dict[str, Any]], shares: list[float]) -> list[str]:
    pairs = zip(levels, shares, strict=True)
    return [_number(math.log2(level["m_probability"] / share)) for level, share in pairs]


def _is_frequent(level: dict[str, Any]) -> bool:
    return "tf_adjustment_column" in level


def _log_frequency(column: str | None) -> str:
    name = f"tf_{column}"
    return f"log2(greatest({identifier(f'{name}_l')}, {identifier(f'{name}_r')}))"


def _sides(texts: Iterable[str], frequent: Iterable[str], pairs: str, *kept: str) -> str:
    """Both sides of each pair as Splink's conditions name them: first_compact_l, first_compact_r."""
    found = {name for text in texts for name in _SIDED.findall(text)}
    columns = sorted(found | {f"tf_{column}" for column in frequent})
    listed = [f"{alias}.{identifier(name)} as {identifier(f'{name}_{alias}')}" for name in columns for alias in "lr"]
    return f"""(
    select {", ".join([*kept, *listed])}
    from {identifier(pairs)} as pairs
    inner join match_input as l on pairs.first_profile = l.unique_id
    inner join match_input as r on pairs.second_profile = r.unique_id
)"""


def _number(value: float) -> str:
    return f"cast({value!r} as double)"


def _present(columns: Iterable[str]) -> str:
    return " and ".join(f"{identifier(column)} is not null" for column in columns)


def _listed(columns: Iterable[str]) -> str:
    return ", ".join(identifier(column) for column in columns)
