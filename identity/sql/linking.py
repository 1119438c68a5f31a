"""Candidate pairs and edges, compiled from the rules."""

from collections.abc import Iterable

from identity.rules import Rule, RuleBook
from identity.sql.statements import identifier, literal

Block = tuple[str, ...]
AGREEMENTS = {
    "birth_date": "birth_level in ('same', 'near')",
    "phone": "is_phone_agreed",
    "email": "is_email_agreed",
    "postal_code": "is_postal_code_agreed",
    "address": "is_address_agreed",
    "city": "is_city_agreed",
    "gender": "is_gender_agreed",
    "loyalty_number": "is_loyalty_number_agreed",
    "profile": "is_profile_agreed",
}
DISAGREEMENTS = {"email": "is_other_email", "profile": "is_other_profile"}


def pair_candidate(book: RuleBook) -> str:
    """One row per pair of profiles (first < second), at least one of them touched, that share a block of some rule.

    rule_bits says which rules, pair_count how many pairs of records stand behind it for rules about records.
    """
    selects = [_block(position, rule, block) for position, rule in enumerate(book.rules) for block in rule.blocks]
    return f"""
create or replace temp table pair_candidate as
select first_profile, second_profile, bit_or(rule_bit) as rule_bits, cast(sum(pair_count) as bigint) as pair_count
from ({" union all ".join(selects)})
group by first_profile, second_profile
"""


def neighbour(book: RuleBook, model_blocks: Iterable[Block]) -> str:
    """One row per untouched profile that a rule or the model would compare with a touched one."""
    rule_blocks = {tuple(sorted(block)) for rule in book.rules if not rule.is_about_records for block in rule.blocks}
    selects = [_met("known_profile", "profile_number", "profile", block) for block in sorted(rule_blocks)]
    selects += [_met("known_match_input", "unique_id", "match_input", block) for block in model_blocks]
    return f"""
create or replace temp table neighbour as
select profile_number from ({" union all ".join(selects)})
union
select profile_number from record_profile where not is_touched
union
select profile_number from known_profile where steward_record is not null
"""


def edge(book: RuleBook, *, has_model: bool) -> str:
    """One row per candidate pair that some rule speaks for: its rules in their order and the strongest one's weight.

    `has_model`: a rule that yields to the model speaks only for pairs that the model finds likely, and never louder.
    """
    weights = ",\n        ".join(
        _weight(position, rule, has_model=has_model) for position, rule in enumerate(book.rules)
    )
    names = ", ".join(literal(rule.name) for rule in book.rules)
    return f"""
create or replace temp table edge as
with weighed as (
    select pair.*, model_pair.pair_weight, model_pair.model_weight, [
        {weights}
    ] as weights
    from pair
    left join model_pair
        on pair.first_profile = model_pair.first_profile and pair.second_profile = model_pair.second_profile
)
select
    first_profile, second_profile, pair_count, true as is_new,
    case when model_weight is not null and refused_reason in (select refused_reason from waived_guard) then null
         else refused_reason end as refused_reason,
    greatest(list_max(weights) + 0.01 * (list_sum(weights) - list_max(weights)), model_weight) as match_weight,
    case when list_max(weights) is null then 'model'
         else list_extract([{names}], list_position(weights, list_max(weights))) end as match_rule,
    coalesce(
        nullif(array_to_string(list_filter([{names}], (name, position) -> weights[position] is not null), ','), ''),
        'model'
    ) as match_rules
from weighed
where list_max(weights) is not null or model_weight is not null
"""


def _block(position: int, rule: Rule, columns: Iterable[str]) -> str:
    equal = " and ".join(f"a.{identifier(column)} = b.{identifier(column)}" for column in columns)
    bit = f"cast({1 << position} as bigint) as rule_bit"
    if not rule.is_about_records:
        return f"""
select a.profile_number as first_profile, b.profile_number as second_profile, {bit}, 0 as pair_count
from profile as a
inner join profile as b on {equal} and a.profile_number < b.profile_number and (a.is_touched or b.is_touched)
"""
    return f"""
select
    least(a.profile_number, b.profile_number) as first_profile,
    greatest(a.profile_number, b.profile_number) as second_profile,
    {bit},
    count(*) as pair_count
from record_profile as a
inner join record_profile as b
    on {equal} and a.profile_number <> b.profile_number and (a.is_touched or b.is_touched) and {_roles(rule)}
group by 1, 2
"""


def _met(known: str, key: str, touched: str, columns: Block) -> str:
    equal = " and ".join(f"known.{identifier(column)} = touched.{identifier(column)}" for column in columns)
    return f"select known.{key} as profile_number from {known} as known semi join {touched} as touched on {equal}"


def _roles(rule: Rule) -> str:
    pairs = [f"(a.role = {literal(first)} and b.role = {literal(second)})" for first, second in rule.roles]
    return f"({' or '.join(pairs)})" if pairs else "a.record_rank < b.record_rank"


def _weight(position: int, rule: Rule, *, has_model: bool) -> str:
    cases = " ".join(f"when {literal(name_class)} then {bits}" for name_class, bits in rule.names.items())
    extra = "".join(f" and {AGREEMENTS[agreement]}" for agreement in rule.all_of)
    extra += f" and ({' or '.join(AGREEMENTS[agreement] for agreement in rule.any_of)})" if rule.any_of else ""
    extra += "".join(f" and not {DISAGREEMENTS[disagreement]}" for disagreement in rule.none_of)
    extra += " and pair_weight is not null" if has_model and rule.yields_to_model else ""
    bit = f"rule_bits & cast({1 << position} as bigint) <> 0"
    bits = f"case name_class {cases} end"
    if has_model and rule.yields_to_model:
        bits = f"case when {bits} is not null then least({bits}, pair_weight) end"
    return f"cast(case when {bit}{extra} then {bits} end as double)"
