"""All SQL of the identity stage: constants, and the candidate pairs compiled from the validated rules. Work tables are temporary.

Work tables in their order: person_raw -> name_value/email_value/phone_value -> name_form -> person -> shared_found -> profile -> pair_candidate -> pair -> (Python: clusters) -> assignment.
"""

from collections.abc import Iterable

from identity.rules import Rule, RuleBook

# Columns of staging.stg_person_record that are read; one that is absent counts as null.
PERSON_COLUMNS = {
    "source_record_id": "varchar", "record_kind": "varchar", "role": "varchar", "source_system": "varchar", "property_code": "varchar", "reference_id": "varchar",
    "delivery_sequence": "bigint", "row_number": "bigint", "night_date": "date", "title": "varchar", "first_name": "varchar", "last_name": "varchar",
    "full_name": "varchar", "native_name": "varchar", "email": "varchar", "phone": "varchar", "birth_date": "date", "gender": "varchar", "nationality_code": "varchar",
    "address": "varchar", "city": "varchar", "postal_code": "varchar", "country_code": "varchar", "document_type": "varchar", "document_hash": "varchar",
    "loyalty_number": "varchar", "card_token": "varchar", "guest_profile_id": "varchar", "confirmation_number": "varchar", "reservation_id": "varchar",
}  # fmt: skip
# A delivered name as one text; null when there is none. Columns are told apart by a character that no name holds.
_NAME_TEXT = """
case when coalesce(first_name, last_name, full_name, native_name) is not null
     then concat_ws(chr(31), coalesce(title, ''), coalesce(first_name, ''), coalesce(last_name, ''), coalesce(full_name, ''), coalesce(native_name, '')) end
"""
_COMPARED_TEXT = """
concat_ws(chr(31), coalesce(first_key, ''), coalesce(last_key, ''), coalesce(last_compact, ''), coalesce(native_key, ''), coalesce(suffix_code, ''),
          is_pinyin, is_organisation, array_to_string(first_roots, ' '))
"""
ROLE_ORDER = "case role when 'guest' then 1 when 'booker' then 2 when 'caller' then 3 else 4 end"


def identifier(name: str) -> str:
    """A name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def work_table(name: str, source: str) -> str:
    """A temporary table that holds what a registered relation shows."""
    return f"create or replace temp table {identifier(name)} as select * from {identifier(source)}"


def person_raw(present: Iterable[str]) -> str:
    """One row per source_record_id as delivered, in anchor order (record_number from 0)."""
    have = set(present)
    columns = [
        identifier(name) if name in have else f"cast(null as {data_type}) as {identifier(name)}"
        for name, data_type in PERSON_COLUMNS.items()
    ]
    return f"""
create or replace temp table person_raw as
with delivered as (select {", ".join(columns)} from staging.stg_person_record)
select
    row_number() over (order by delivery_sequence, row_number, {ROLE_ORDER}, source_record_id) - 1 as record_number,
    *,
    {_NAME_TEXT} as name_text
from delivered
"""


# --- normalisation -----------------------------------------------------------------------------------------------------------------------

NAME_VALUE = """
create or replace temp table name_value as
select row_number() over (order by name_text) - 1 as value_number, *
from (select name_text, any_value(title) as title, any_value(first_name) as first_name, any_value(last_name) as last_name, any_value(full_name) as full_name,
             any_value(native_name) as native_name
      from person_raw where name_text is not null group by name_text)
"""
NAME_VALUE_ROWS = (
    "select value_number, title, first_name, last_name, full_name, native_name from name_value order by value_number"
)
PHONE_VALUE_ROWS = "select phone, country_hint from phone_value order by all"
PERSON_COUNT = "select count(*) from person"
COLUMNS_OF_STAGING = (
    "select column_name from information_schema.columns where table_schema = 'staging' and table_name = ?"
)
EMAIL_VALUE = "select distinct email from person_raw where email is not null order by email"
PHONE_VALUE = """
create or replace temp table phone_value as
select distinct phone, coalesce(person_raw.country_code, property.country_code, person_raw.nationality_code) as country_hint
from person_raw left join property_country as property using (property_code)
where phone is not null
"""
PROPERTY_COUNTRY = """
create or replace temp table property_country as
select property_code, min(country_code) as country_code from staging.stg_property group by property_code
"""
NO_PROPERTY_COUNTRY = """
create or replace temp table property_country as select cast(null as varchar) as property_code, cast(null as varchar) as country_code where false
"""

# one row per distinct compared name; name_number orders by content
COMPARED_NAME = f"""
create or replace temp table compared_name as
select
    row_number() over (order by compared_text) - 1 as name_number,
    *,
    replace(first_key, ' ', '') as first_compact,
    list_filter(string_split(first_key, ' '), word -> length(word) > 1) as first_words,
    array_to_string(list_sort(string_split(concat_ws(' ', first_key, last_key), ' ')), ' ') as sorted_words
from (select {_COMPARED_TEXT} as compared_text, any_value(first_key) as first_key, any_value(first_roots) as first_roots, any_value(is_initial) as is_initial,
             any_value(last_key) as last_key, any_value(last_words) as last_words, any_value(last_compact) as last_compact, any_value(last_roots) as last_roots, any_value(native_key) as native_key,
             any_value(suffix_code) as suffix_code, any_value(is_pinyin) as is_pinyin, any_value(is_organisation) as is_organisation,
             any_value(is_known_first) as is_known_first
      from name_form group by compared_text)
"""
# one row per distinct delivered name with its compared form; a name that says nothing (a placeholder) has none
PERSON_NAME = f"""
create or replace temp table person_name as
select
    name.name_text, form.first_name, form.last_name, form.native_name, form.is_ordered, form.title_gender,
    case when compared.first_key is not null or compared.last_key is not null or compared.native_key is not null then compared.name_number end as name_number,
    compared.first_key, compared.last_key, compared.suffix_code, compared.is_organisation, compared.is_initial, compared.compared_text
from (select *, {_COMPARED_TEXT} as form_text from name_form) as form
inner join name_value as name using (value_number)
inner join compared_name as compared on form.form_text = compared.compared_text
"""

# text forms of identifiers that need no parser
PERSON = """
create or replace temp table person as
with joined as (
    select
        raw.record_number, raw.source_record_id, raw.record_kind, raw.role, raw.source_system, raw.property_code, raw.reference_id, raw.night_date,
        name.first_name, name.last_name, name.native_name, name.name_number, name.compared_text, name.first_key, name.last_key, name.suffix_code,
        name.is_ordered as is_name_ordered, coalesce(name.is_organisation, false) as is_organisation_name, coalesce(name.is_initial, false) as is_initial,
        email.email_normalised, email.registry_reason as email_registry_reason,
        phone.phone_e164,
        case when raw.birth_date > date '1901-12-31' and raw.birth_date <= raw.night_date and not list_contains($placeholder_birth_dates, cast(raw.birth_date as varchar))
             then raw.birth_date end as birth_date,
        coalesce(case when lower(raw.gender) in ('f', 'female', 'w', 'weiblich', '2') then 'female' when lower(raw.gender) in ('m', 'male', 'maennlich', '1') then 'male' end,
                 name.title_gender) as gender,
        nullif(regexp_replace(upper(strip_accents(raw.postal_code)), '[^0-9A-Z]', '', 'g'), '') as postal_text,
        nullif(list_aggregate(list_sort(regexp_extract_all(lower(strip_accents(raw.address)), '[0-9]+|[a-z]{3,}')), 'string_agg', ' '), '') as address_key,
        nullif(regexp_replace(lower(strip_accents(raw.city)), '[^a-z]', '', 'g'), '') as city_key,
        upper(raw.country_code) as country_code,
        nullif(regexp_replace(upper(raw.loyalty_number), '[^0-9A-Z]', '', 'g'), '') as loyalty_number_key,
        nullif(trim(raw.document_hash), '') as document_hash,
        lower(trim(raw.document_type)) as document_type,
        nullif(trim(raw.card_token), '') as card_token,
        nullif(trim(raw.guest_profile_id), '') as guest_profile_id,
        nullif(regexp_replace(upper(raw.confirmation_number), '[^0-9A-Z]', '', 'g'), '') as confirmation_key,
        raw.reservation_id
    from person_raw as raw
    left join person_name as name on raw.name_text = name.name_text
    left join email_form as email on raw.email = email.email
    left join property_country as property on raw.property_code = property.property_code
    left join phone_form as phone
        on raw.phone = phone.phone
        and coalesce(raw.country_code, property.country_code, raw.nationality_code) is not distinct from phone.country_hint
)
select
    * exclude (postal_text, document_hash, document_type, guest_profile_id, reservation_id),
    case when postal_text is not null then coalesce(country_code, '?') || '-' || postal_text end as postal_code_key,
    case when document_hash is not null then coalesce(document_type, '?') || '|' || document_hash end as document_key,
    document_type,
    case when guest_profile_id is not null then concat_ws('|', source_system, coalesce(property_code, ''), guest_profile_id) end as guest_profile_key,
    case when record_kind = 'reservation' then concat_ws('|', source_system, coalesce(property_code, ''), reference_id) end as reservation_key,
    case when record_kind = 'reservation' then concat_ws('|', source_system, coalesce(property_code, ''), reference_id, role) end as reservation_role_key,
    case when role = 'guest' then concat_ws('|', coalesce(property_code, ''), reference_id)
         when role = 'payer' and reservation_id is not null then concat_ws('|', coalesce(property_code, ''), reservation_id) end as stay_key
from joined
"""

# --- shared identifiers --------------------------------------------------------------------------------------------------------------------

# one row per identifier that many names use, or that the registry lists
SHARED_FOUND = """
create or replace temp table shared_found as
with carried as (
    select 'email' as identifier_type, email_normalised as identifier_value, * from person where email_normalised is not null
    union all
    select 'phone', phone_e164, * from person where phone_e164 is not null
    union all
    select 'loyalty_number', loyalty_number_key, * from person where loyalty_number_key is not null
    union all
    select 'document', document_key, * from person where document_key is not null
    union all
    select 'guest_profile', guest_profile_key, * from person where guest_profile_key is not null
    union all
    select 'card_token', card_token, * from person where card_token is not null
),
by_last_name as (
    select identifier_type, identifier_value, last_key, min(email_registry_reason) as registry_reason, count(*) as record_count, count(distinct name_number) as name_count
    from carried
    group by all
),
counted as (
    select
        identifier_type, identifier_value,
        case when identifier_type = 'email' then min(registry_reason) end as registry_reason,
        sum(record_count)::bigint as record_count,
        coalesce(sum(name_count) filter (where last_key is not null), 0)::bigint as full_name_count,
        count(last_key) as last_name_count,
        max(record_count) filter (where last_key is not null) / sum(record_count) filter (where last_key is not null) as top_last_name_share
    from by_last_name
    group by identifier_type, identifier_value
),
judged as (
    select counted.*, shared_limit.limit_count,
        coalesce(counted.registry_reason,
                 case when counted.last_name_count > shared_limit.limit_count and counted.top_last_name_share <= shared_limit.max_top_share then 'many_names' end) as shared_reason
    from counted left join shared_limit using (identifier_type)
)
select identifier_type, identifier_value, shared_reason, record_count, full_name_count, last_name_count, top_last_name_share,
    case when shared_reason = 'many_names' then limit_count end as limit_count
from judged
where shared_reason is not null
order by identifier_type, identifier_value
"""

# --- profiles ------------------------------------------------------------------------------------------------------------------------------

# one row per source_record_id: which identifiers may link, and the profile (records that say the same)
MATCHABLE = """
create or replace temp table matchable as
with judged as (
    select
        person.*,
        email.shared_reason as email_shared_reason, phone.shared_reason as phone_shared_reason,
        case when email.shared_reason is null then person.email_normalised end as email_key,
        case when email.shared_reason in ('many_names', 'role_mailbox') then person.email_normalised end as shared_email,
        case when phone.shared_reason is null then person.phone_e164 end as phone_key,
        case when phone.shared_reason is not null then person.phone_e164 end as shared_phone,
        case when loyalty.shared_reason is null then person.loyalty_number_key end as loyalty_key,
        case when document.shared_reason is null then person.document_key end as own_document_key,
        case when profile.shared_reason is null then person.guest_profile_key end as own_profile_key,
        case when card.shared_reason is null then person.card_token end as own_card_token
    from person
    left join shared_found as email on email.identifier_type = 'email' and person.email_normalised = email.identifier_value
    left join shared_found as phone on phone.identifier_type = 'phone' and person.phone_e164 = phone.identifier_value
    left join shared_found as loyalty on loyalty.identifier_type = 'loyalty_number' and person.loyalty_number_key = loyalty.identifier_value
    left join shared_found as document on document.identifier_type = 'document' and person.document_key = document.identifier_value
    left join shared_found as profile on profile.identifier_type = 'guest_profile' and person.guest_profile_key = profile.identifier_value
    left join shared_found as card on card.identifier_type = 'card_token' and person.card_token = card.identifier_value
)
select
    judged.*,
    case
        when coalesce(email_key, phone_key, loyalty_key, own_document_key, own_profile_key, own_card_token) is null or steward.source_record_id is not null
            then judged.source_record_id
        else md5(concat_ws('|', coalesce(compared_text, ''), coalesce(email_key, ''), coalesce(shared_email, ''), coalesce(phone_key, ''), coalesce(shared_phone, ''),
                           coalesce(cast(birth_date as varchar), ''), coalesce(gender, ''), coalesce(loyalty_key, ''), coalesce(own_document_key, ''), coalesce(own_profile_key, ''),
                           coalesce(own_card_token, ''), coalesce(judged.postal_code_key, ''), coalesce(address_key, ''), coalesce(city_key, '')))
    end as profile_id,
    steward.source_record_id as steward_record
from judged
left join steward_record as steward on judged.source_record_id = steward.source_record_id
"""
PROFILE = """
create or replace temp table profile as
select
    row_number() over (order by profile_id) - 1 as profile_number,
    profile_id, min(record_number) as first_record_number, count(*) as record_count,
    any_value(name_number) as name_number, any_value(first_key) as first_key, any_value(last_key) as last_key, any_value(suffix_code) as suffix_code,
    bool_or(is_initial) as is_initial, bool_or(is_organisation_name) as is_organisation,
    any_value(email_key) as email_key, any_value(shared_email) as shared_email, any_value(phone_key) as phone_key, any_value(shared_phone) as shared_phone,
    any_value(birth_date) as birth_date, any_value(gender) as gender, any_value(loyalty_key) as loyalty_number_key, any_value(own_document_key) as document_key,
    any_value(own_profile_key) as guest_profile_key, any_value(own_card_token) as card_token, any_value(postal_code_key) as postal_code_key,
    any_value(address_key) as address_key, any_value(city_key) as city_key, any_value(steward_record) as steward_record
from matchable
group by profile_id
"""
RECORD_PROFILE = """
create or replace temp table record_profile as
select matchable.record_number, profile.profile_number, matchable.role, matchable.reservation_key, matchable.reservation_role_key, matchable.confirmation_key, matchable.stay_key
from matchable inner join profile using (profile_id)
"""
# one row per distinct facet: what contradictions are judged by
FACET = """
create or replace temp table facet as
select row_number() over (order by name_number, birth_date, gender, suffix_code, document_key, steward_record) - 1 as facet_number, *
from (select distinct name_number, birth_date, gender, suffix_code, document_key, steward_record from profile)
"""
PROFILE_NODE = """
select profile.profile_number, facet.facet_number, profile.first_record_number,
    profile.first_key is null or profile.is_initial or profile.is_organisation as is_leaf
from profile inner join facet
    on profile.name_number is not distinct from facet.name_number and profile.birth_date is not distinct from facet.birth_date
    and profile.gender is not distinct from facet.gender and profile.suffix_code is not distinct from facet.suffix_code
    and profile.document_key is not distinct from facet.document_key and profile.steward_record is not distinct from facet.steward_record
order by profile.profile_number
"""

# --- candidate pairs -----------------------------------------------------------------------------------------------------------------------


def pair_candidate(book: RuleBook) -> str:
    """One row per pair of profiles (first_profile < second_profile) that shares a block of some rule; rule_bits says which, pair_count how many pairs of records."""
    selects = [_block_select(position, rule) for position, rule in enumerate(book.rules)]
    return f"""
create or replace temp table pair_candidate as
select first_profile, second_profile, bit_or(rule_bit) as rule_bits, sum(pair_count)::bigint as pair_count
from ({" union all ".join(selects)})
group by first_profile, second_profile
"""


def _block_select(position: int, rule: Rule) -> str:
    source = "record_profile" if rule.is_about_records else "profile"
    columns = [identifier(column) for column in rule.block]
    equal = " and ".join(f"a.{column} = b.{column}" for column in columns)
    bit = f"{1 << position}::bigint"
    if not rule.is_about_records:
        return (
            f"select a.profile_number as first_profile, b.profile_number as second_profile, {bit} as rule_bit, 0 as pair_count "
            f"from {source} as a inner join {source} as b on {equal} and a.profile_number < b.profile_number"
        )
    return (
        f"select least(a.profile_number, b.profile_number) as first_profile, greatest(a.profile_number, b.profile_number) as second_profile, {bit} as rule_bit, count(*) as pair_count "
        f"from {source} as a inner join {source} as b on {equal} and a.profile_number <> b.profile_number and {_role_clause(rule)} group by 1, 2"
    )


def _role_clause(rule: Rule) -> str:
    pairs = [f"(a.role = {literal(first)} and b.role = {literal(second)})" for first, second in rule.roles]
    return f"({' or '.join(pairs)})" if pairs else "a.record_number < b.record_number"


def literal(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


# one row per pair of distinct compared names that has to be compared
NAME_PAIR = """
create or replace temp table name_pair as
with wanted as (
    select distinct least(a.name_number, b.name_number) as first_name_number, greatest(a.name_number, b.name_number) as second_name_number
    from {pairs} as pairs
    inner join {side} as a on pairs.{first} = a.{key}
    inner join {side} as b on pairs.{second} = b.{key}
    where a.name_number <> b.name_number
),
measured as (
    select
        wanted.*, a.first_key as a_first, b.first_key as b_first, a.last_key as a_last, b.last_key as b_last,
        a.native_key as a_native, b.native_key as b_native,
        a.sorted_words = b.sorted_words and contains(a.sorted_words, ' ') as has_same_words,
        a.is_pinyin <> b.is_pinyin as is_pinyin_pair,
        case
            when a.first_key is null or b.first_key is null then 0
            when a.is_initial or b.is_initial then
                case when starts_with(a.first_compact, left(b.first_compact, 1)) or list_bool_or(list_transform(a.first_roots || b.first_roots, root ->
                          starts_with(root, case when a.is_initial then a.first_compact else b.first_compact end))) then 2 else -1 end
            when a.first_compact = b.first_compact then 5
            when list_has_any(a.first_roots, b.first_roots) then 4
            when len(a.first_words) > 0 and len(b.first_words) > 0 and (list_has_all(a.first_words, b.first_words) or list_has_all(b.first_words, a.first_words)) then 4
            when not (a.is_known_first and b.is_known_first)
                and ((least(length(a.first_compact), length(b.first_compact)) >= 4 and damerau_levenshtein(a.first_compact, b.first_compact) = 1)
                     or (least(length(a.first_compact), length(b.first_compact)) >= 7 and damerau_levenshtein(a.first_compact, b.first_compact) = 2)) then 3
            else -1
        end as first_level,
        case
            when a.last_key is null or b.last_key is null then 0
            when a.last_key = b.last_key or a.last_compact = b.last_compact then 4
            when list_has_all(a.last_words, b.last_words) or list_has_all(b.last_words, a.last_words) then 3
            when list_has_any(list_filter(a.last_words, word -> length(word) > 2), b.last_words) then 3
            when least(length(a.last_compact), length(b.last_compact)) >= 4 and damerau_levenshtein(a.last_compact, b.last_compact) = 1 then 2
            when least(length(a.last_compact), length(b.last_compact)) >= 8 and damerau_levenshtein(a.last_compact, b.last_compact) = 2 then 2
            else -1
        end as last_level,
        list_has_any(a.last_words, string_split(b.first_key, ' ')) as is_last_in_first,
        list_has_any(b.last_words, string_split(a.first_key, ' ')) as is_first_in_last,
        (is_last_in_first and list_has_any(a.first_roots, b.last_roots)) or (is_first_in_last and list_has_any(b.first_roots, a.last_roots))
            or (first_level = -1 and last_level = -1 and damerau_levenshtein(a.first_compact, b.last_compact) <= 1 and damerau_levenshtein(a.last_compact, b.first_compact) <= 1
                and least(length(a.first_compact), length(a.last_compact), length(b.first_compact), length(b.last_compact)) >= 4) as is_swapped
    from wanted
    inner join compared_name as a on wanted.first_name_number = a.name_number
    inner join compared_name as b on wanted.second_name_number = b.name_number
)
select
    first_name_number, second_name_number, first_level, last_level,
    case
        when a_native is not null and b_native is not null and a_native <> b_native then 'different'
        when has_same_words or (a_native is not null and a_native = b_native) then case when is_pinyin_pair then 'close' else 'same' end
        when first_level >= 4 and last_level >= 3 then case when is_pinyin_pair then 'close' else 'same' end
        when (first_level >= 2 and last_level >= 2) or is_swapped then 'close'
        when first_level >= 4 and last_level = -1 then 'married'
        when first_level = 0 and (last_level >= 2 or is_last_in_first or is_first_in_last) then 'partial'
        when last_level = 0 and (first_level >= 3 or is_last_in_first or is_first_in_last) then 'partial'
        else 'different'
    end as name_class,
    (first_level = -1 and not has_same_words and not coalesce(is_swapped, false) and not coalesce(a_native = b_native, false)) or coalesce(a_native <> b_native, false) as is_other_first_name
from measured
"""
NAME_PAIR_OF_PROFILES = NAME_PAIR.format(
    pairs="pair_candidate", side="profile", first="first_profile", second="second_profile", key="profile_number"
)
NAME_PAIR_OF_FACETS = NAME_PAIR.format(
    pairs="facet_pair", side="facet", first="first_facet", second="second_facet", key="facet_number"
)

# A birth date agrees, nearly agrees (one digit, neighbouring digits or day and month swapped) or differs.
_BIRTH_LEVEL = """
case
    when a.birth_date is null or b.birth_date is null then 'unknown'
    when a.birth_date = b.birth_date then 'same'
    when year(a.birth_date) = year(b.birth_date) and month(a.birth_date) = day(b.birth_date) and day(a.birth_date) = month(b.birth_date) then 'near'
    when damerau_levenshtein(strftime(a.birth_date, '%Y%m%d'), strftime(b.birth_date, '%Y%m%d')) = 1 then 'near'
    else 'differs'
end
"""
# What forbids that two facets are one person, whatever links them; null when nothing does.
# Tested case by case in tests/unit/identity/test_guards.py: couples, parent and child, twins, namesakes.
_CONTRADICTION = """
case
    when a.suffix_code <> b.suffix_code then 'suffix'
    when birth_level = 'differs' and not coalesce(a.document_key = b.document_key, false) then 'birth_date'
    when coalesce(a.document_key <> b.document_key and split_part(a.document_key, '|', 1) = split_part(b.document_key, '|', 1), false)
         and birth_level <> 'same' then 'document'
    when coalesce(is_other_first_name, false) and birth_level not in ('same', 'near') then 'first_name'
    when coalesce(is_other_first_name, false) and not coalesce(a.document_key = b.document_key, false) then 'first_name'
    when a.gender <> b.gender and coalesce(first_level, 0) < 4 then 'gender'
end
"""

# one row per candidate pair of profiles with every way in which they agree and what contradicts
PAIR = f"""
create or replace temp table pair as
select
    candidate.first_profile, candidate.second_profile, candidate.rule_bits, candidate.pair_count,
    case when a.name_number is null or b.name_number is null then 'unknown' else coalesce(names.name_class, 'same') end as name_class,
    coalesce(names.first_level, case when a.name_number is null or b.name_number is null then 0 else 5 end) as first_level,
    coalesce(names.is_other_first_name, false) as is_other_first_name,
    {_BIRTH_LEVEL} as birth_level,
    coalesce(a.email_key = b.email_key, false) as is_email_agreed,
    coalesce(a.phone_key = b.phone_key, false) as is_phone_agreed,
    coalesce(a.postal_code_key = b.postal_code_key, false) as is_postal_code_agreed,
    coalesce(a.address_key = b.address_key, false) as is_address_agreed,
    coalesce(a.city_key = b.city_key, false) as is_city_agreed,
    coalesce(a.gender = b.gender, false) as is_gender_agreed,
    coalesce(a.loyalty_number_key = b.loyalty_number_key, false) as is_loyalty_number_agreed,
    {_CONTRADICTION} as refused_reason
from pair_candidate as candidate
inner join profile as a on candidate.first_profile = a.profile_number
inner join profile as b on candidate.second_profile = b.profile_number
left join name_pair as names
    on least(a.name_number, b.name_number) = names.first_name_number and greatest(a.name_number, b.name_number) = names.second_name_number
"""
# one row per pair of facets of one component that can't be one person
CONTRADICTION = f"""
create or replace temp table contradiction as
select
    pairs.first_facet, pairs.second_facet,
    coalesce(names.first_level, case when a.name_number is null or b.name_number is null then 0 else 5 end) as first_level,
    coalesce(names.is_other_first_name, false) as is_other_first_name,
    {_BIRTH_LEVEL} as birth_level,
    {_CONTRADICTION} as refused_reason
from facet_pair as pairs
inner join facet as a on pairs.first_facet = a.facet_number
inner join facet as b on pairs.second_facet = b.facet_number
left join name_pair as names
    on least(a.name_number, b.name_number) = names.first_name_number and greatest(a.name_number, b.name_number) = names.second_name_number
where refused_reason is not null
"""
# one row per pair of distinct facets that stand in one component
FACET_PAIR = """
create or replace temp table facet_pair as
with member as (select distinct component, facet_number from profile_component)
select distinct least(a.facet_number, b.facet_number) as first_facet, greatest(a.facet_number, b.facet_number) as second_facet
from member as a inner join member as b on a.component = b.component and a.facet_number < b.facet_number
"""

AGREEMENTS = {
    "birth_date": "birth_level in ('same', 'near')",
    "phone": "is_phone_agreed",
    "email": "is_email_agreed",
    "postal_code": "is_postal_code_agreed",
    "address": "is_address_agreed",
    "city": "is_city_agreed",
    "gender": "is_gender_agreed",
    "loyalty_number": "is_loyalty_number_agreed",
}


def edge(book: RuleBook) -> str:
    """One row per candidate pair that some rule speaks for: the rules in their order, the strongest one's weight, and what contradicts."""
    weights = [_rule_weight(position, rule) for position, rule in enumerate(book.rules)]
    names = ", ".join(literal(rule.name) for rule in book.rules)
    return f"""
create or replace temp table edge as
with weighed as (select *, [{", ".join(weights)}] as weights from pair)
select
    first_profile, second_profile, pair_count, name_class, birth_level, refused_reason,
    list_max(weights) as match_weight,
    list_extract([{names}], list_position(weights, list_max(weights))) as match_rule,
    array_to_string(list_filter([{names}], (name, position) -> weights[position] is not null), ',') as match_rules
from weighed
where list_max(weights) is not null
"""


def _rule_weight(position: int, rule: Rule) -> str:
    cases = " ".join(f"when {literal(name_class)} then {bits}" for name_class, bits in rule.names.items())
    extra = f" and ({' or '.join(AGREEMENTS[agreement] for agreement in rule.any_of)})" if rule.any_of else ""
    return f"case when rule_bits & {1 << position}::bigint <> 0{extra} then case name_class {cases} end end::double"


# --- who becomes a customer ------------------------------------------------------------------------------------------------------------------

# one row per source_record_id with the verdict of CONTRACTS.md
CUSTOMER_VERDICT = """
create or replace temp table customer_verdict as
with known as (select distinct confirmation_key from matchable where record_kind = 'reservation' and confirmation_key is not null)
select
    record_number, source_record_id, profile_id,
    case
        when role = 'guest' then 'guest'
        when role = 'booker' and is_organisation_name then 'organisation'
        when role in ('caller', 'payer') and loyalty_number_key is not null then 'loyalty_number'
        when role = 'payer' and card_token is not null then 'card_token'
        when role = 'payer' then 'no_identifier'
        when coalesce(email_key, phone_key) is not null then 'contact'
        when role = 'caller' and known.confirmation_key is not null then 'confirmation_number'
        when first_key is not null and (email_shared_reason = 'many_names' or phone_shared_reason = 'many_names') then 'contact'
        when coalesce(email_normalised, phone_e164) is not null then 'shared_contact'
        else 'no_identifier'
    end as customer_reason,
    customer_reason not in ('organisation', 'no_identifier', 'shared_contact') as is_customer
from matchable left join known using (confirmation_key)
"""

# --- clusters to customers -------------------------------------------------------------------------------------------------------------------

# one row per source_record_id that belongs to a customer; needs profile_cluster (profile_number, cluster, link_rule, link_probability) from Python
ASSIGNMENT = """
create or replace temp table assignment as
with member as (
    select verdict.*, placed.cluster, placed.link_rule, placed.link_probability, raw.source_system, raw.property_code, raw.record_kind, raw.reference_id, raw.role
    from customer_verdict as verdict
    inner join profile using (profile_id)
    inner join profile_cluster as placed using (profile_number)
    inner join person_raw as raw using (record_number)
),
cluster_anchor as (
    select
        cluster, arg_min(source_record_id, record_number) filter (where is_customer) as anchor_record_id,
        arg_min(profile_id, record_number) filter (where is_customer) as anchor_profile_id, count(*) as source_record_count
    from member
    group by cluster
    having bool_or(is_customer)
)
select
    member.source_record_id, md5('customer|' || anchor_record_id) as customer_id, source_system, property_code, record_kind, reference_id, role, cluster, profile_id,
    case
        when source_record_count = 1 then 'single'
        when source_record_id = anchor_record_id then 'anchor'
        when profile_id = anchor_profile_id then 'equal_record'
        else coalesce(link_rule, 'equal_record')
    end as match_rule,
    case when source_record_id = anchor_record_id or profile_id = anchor_profile_id then 1.0 else coalesce(link_probability, 1.0) end as match_probability,
    source_record_id = anchor_record_id as is_anchor
from member inner join cluster_anchor using (cluster)
"""
# one row per profile whose first customer record anchors its cluster: where the tree of links starts
CLUSTER_ROOT = """
select cluster, arg_min(profile_number, verdict.record_number) as root_profile
from customer_verdict as verdict inner join profile using (profile_id) inner join profile_label as placed using (profile_number)
group by cluster
order by cluster
"""


# --- what the warehouse keeps ------------------------------------------------------------------------------------------------------------------

PERSON_NORMALISED_ROWS = """
select
    matchable.source_record_id, matchable.profile_id, record_kind, role, first_name, last_name, native_name, first_key as first_name_key, last_key as last_name_key,
    suffix_code as name_suffix_code, coalesce(is_name_ordered, false) as is_name_ordered, is_organisation_name,
    email_normalised, coalesce(email_shared_reason is not null, false) as is_email_shared,
    phone_e164, coalesce(phone_shared_reason is not null, false) as is_phone_shared,
    birth_date, gender, postal_code_key, loyalty_number_key, document_key, guest_profile_key, confirmation_key, is_customer, customer_reason
from matchable inner join customer_verdict using (record_number)
order by matchable.source_record_id
"""
SHARED_IDENTIFIER_ROWS = "select * from shared_found order by all"
MATCH_EDGE_ROWS = """
with named as (
    select
        least(a.source_record_id, b.source_record_id) as source_record_id_1, greatest(a.source_record_id, b.source_record_id) as source_record_id_2,
        match_rule, match_rules, match_weight, 1 - 1 / (1 + pow(2, least(match_weight, 60))) as match_probability, refused_reason, one.cluster = other.cluster as is_together
    from edge
    inner join profile as first_one on edge.first_profile = first_one.profile_number
    inner join profile as second_one on edge.second_profile = second_one.profile_number
    inner join person_raw as a on first_one.first_record_number = a.record_number
    inner join person_raw as b on second_one.first_record_number = b.record_number
    inner join profile_label as one on edge.first_profile = one.profile_number
    inner join profile_label as other on edge.second_profile = other.profile_number
)
select * exclude (is_together),
    case when refused_reason is not null then 'refused' when match_rule = 'steward' then 'steward' when is_together then 'kept' else 'cut' end as edge_status
from named
order by source_record_id_1, source_record_id_2
"""
CONFIDENCE_ROWS = """
with held as (
    select customer_id, min(match_probability) as weakest_probability, count(*) as source_record_count, count(distinct assignment.profile_id) as profile_count,
        count(distinct profile.first_key) as first_name_count, count(distinct profile.birth_date) as birth_date_count
    from assignment inner join profile using (profile_id)
    group by customer_id
),
doubt as (
    select customer_id, count(*) as refused_link_count
    from (select distinct label.cluster, edge.first_profile, edge.second_profile
          from edge
          inner join profile_label as one on edge.first_profile = one.profile_number
          inner join profile_label as other on edge.second_profile = other.profile_number
          inner join profile_label as label on label.profile_number in (edge.first_profile, edge.second_profile)
          where edge.refused_reason is not null or one.cluster <> other.cluster) as lost
    inner join (select distinct cluster, customer_id from assignment) using (cluster)
    group by customer_id
)
select customer_id, weakest_probability * pow(0.98, least(coalesce(refused_link_count, 0), 10)) as identity_confidence, source_record_count, profile_count,
    coalesce(refused_link_count, 0) as refused_link_count, first_name_count, birth_date_count
from held left join doubt using (customer_id)
order by customer_id
"""

# --- ids that last ---------------------------------------------------------------------------------------------------------------------------------
# record_log and history_log hold the lake's records of earlier commits only (see identity.ids).

PREVIOUS_ASSIGNMENT = """
create or replace temp table previous_assignment as
select source_record_id, customer_id, valid_from
from record_log
qualify row_number() over (partition by source_record_id order by night_date desc, commit_number desc) = 1
"""
PREVIOUS_HISTORY = """
create or replace temp table previous_history as
select customer_id, id_status, current_customer_id, changed_on, change_reason, issued_on
from history_log
qualify row_number() over (partition by customer_id order by night_date desc, commit_number desc) = 1
"""
# one row per source_record_id with a customer; valid_from reaches back over every night without a change
CUSTOMER_RECORD_ROWS = """
select assignment.* exclude (cluster, profile_id),
    case when previous.customer_id = assignment.customer_id then previous.valid_from else $night_date end as valid_from
from assignment left join previous_assignment as previous using (source_record_id)
order by source_record_id
"""
# one row per customer_id ever issued
CUSTOMER_HISTORY_ROWS = """
with active as (select customer_id, any_value(source_record_id) filter (where is_anchor) as anchor_record_id from assignment group by customer_id),
every_id as (select customer_id from active union select customer_id from previous_history),
anchor as (
    select md5('customer|' || source_record_id) as customer_id, source_record_id
    from person_raw semi join every_id on md5('customer|' || person_raw.source_record_id) = every_id.customer_id
),
scattered as (
    select previous.customer_id, count(distinct coalesce(now.customer_id, '')) > 1 as is_scattered
    from previous_assignment as previous left join assignment as now using (source_record_id)
    where previous.customer_id is not null and previous.customer_id not in (select customer_id from active)
    group by previous.customer_id
),
judged as (
    select
        every_id.customer_id, previous.customer_id is null as is_new, previous.id_status as previous_status, previous.current_customer_id as previous_current,
        previous.changed_on as previous_changed_on, previous.change_reason as previous_reason, coalesce(previous.issued_on, $night_date) as issued_on,
        earlier.customer_id is not null as was_someone_else,
        now.customer_id as current_customer_id,
        case
            when now.customer_id = every_id.customer_id then 'active'
            when anchor.source_record_id is null then 'erased'
            when now.customer_id is null or scattered.is_scattered then 'split'
            when previous.id_status = 'split' then 'split'
            else 'merged'
        end as id_status
    from every_id
    left join anchor using (customer_id)
    left join assignment as now on anchor.source_record_id = now.source_record_id
    left join previous_history as previous on every_id.customer_id = previous.customer_id
    left join previous_assignment as earlier on anchor.source_record_id = earlier.source_record_id
    left join scattered on every_id.customer_id = scattered.customer_id
)
select
    customer_id, id_status, current_customer_id,
    case when is_changed then $night_date else previous_changed_on end as changed_on,
    case
        when not is_changed then previous_reason
        when is_new then case when was_someone_else then 'split_off' else 'first_seen' end
        when id_status = 'active' then 'reactivated'
        when id_status = 'erased' then 'erased'
        when current_customer_id is null then 'no_longer_customer'
        else id_status
    end as change_reason,
    issued_on
from (select *, is_new or previous_status <> id_status or previous_current is distinct from current_customer_id as is_changed from judged)
order by customer_id
"""
ASSIGNMENT_KEY = (
    "select count(*), cast(bit_xor(md5_number_lower(source_record_id || customer_id)) as varchar) from assignment"
)
ASSIGNMENT_OF_WAREHOUSE = (
    "create or replace temp table assignment as select source_record_id, customer_id from identity.customer_record"
)
# one row per source_record_id whose customer changed; null customer: it belongs to none any more
RECORD_CHANGE_ROWS = """
select coalesce(now.source_record_id, previous.source_record_id) as source_record_id, now.customer_id,
    cast($night_date as date) as valid_from, cast($night_date as date) as night_date, cast($commit_number as bigint) as commit_number, $assignment_key as assignment_key
from assignment as now full join previous_assignment as previous using (source_record_id)
where now.customer_id is distinct from previous.customer_id
order by source_record_id
"""
HISTORY_CHANGE_ROWS = """
select now.*, cast($night_date as date) as night_date, cast($commit_number as bigint) as commit_number
from identity.customer_history as now left join previous_history as previous using (customer_id)
where previous.customer_id is null or previous.id_status <> now.id_status or previous.current_customer_id is distinct from now.current_customer_id
order by now.customer_id
"""

# --- the steward's list ----------------------------------------------------------------------------------------------------------------------------
# steward_link (source_record_id_1, source_record_id_2, decision) comes from Python. A record named in it has a profile of its own.

STEWARD_RECORD = """
create or replace temp table steward_record as
select source_record_id_1 as source_record_id from steward_link union select source_record_id_2 from steward_link
"""
STEWARD_PAIR = """
create or replace temp table steward_pair as
select least(a.profile_number, b.profile_number) as first_profile, greatest(a.profile_number, b.profile_number) as second_profile, decision
from steward_link
inner join profile as a on steward_link.source_record_id_1 = a.steward_record
inner join profile as b on steward_link.source_record_id_2 = b.steward_record
"""
DELETE_DECIDED_EDGE = """
delete from edge using steward_pair as steward where edge.first_profile = steward.first_profile and edge.second_profile = steward.second_profile
"""
INSERT_STEWARD_EDGE = """
insert into edge by name
select first_profile, second_profile, 0 as pair_count, case when decision = 'cannot_link' then 'steward' end as refused_reason, $must_link_weight as match_weight,
    'steward' as match_rule, 'steward' as match_rules
from steward_pair
"""
INSERT_STEWARD_CONTRADICTION = """
insert into contradiction by name
select least(a.facet_number, b.facet_number) as first_facet, greatest(a.facet_number, b.facet_number) as second_facet, 'steward' as refused_reason
from steward_pair
inner join profile_component as a on steward_pair.first_profile = a.profile_number
inner join profile_component as b on steward_pair.second_profile = b.profile_number
where decision = 'cannot_link'
"""
STEWARD_PAIR_ROWS = (
    "select first_profile, second_profile, decision = 'must_link' as is_must_link from steward_pair order by all"
)
EDGE_ROWS = "select first_profile, second_profile, match_weight, pair_count from edge where refused_reason is null order by first_profile, second_profile"
CONTRADICTION_ROWS = "select first_facet, second_facet from contradiction order by all"
LINK_ROWS = "select match_rule from edge where refused_reason is null order by first_profile, second_profile"
PROFILE_LABEL_ROWS = "select cluster from profile_label order by profile_number"
WORK_TABLES = (
    "person_raw", "property_country", "name_value", "name_form", "compared_name", "person_name", "email_form", "phone_value", "phone_form", "person", "shared_limit", "shared_found",
    "steward_link", "steward_record", "steward_pair", "matchable", "profile", "record_profile", "facet", "pair_candidate", "name_pair", "pair", "edge", "profile_component",
    "facet_pair", "contradiction", "profile_label", "customer_verdict", "profile_cluster", "assignment", "record_log", "history_log", "previous_assignment", "previous_history",
)  # fmt: skip


def drop_work_table(name: str) -> str:
    """Give the memory of a work table back."""
    return f"drop table if exists temp.{identifier(name)}"
