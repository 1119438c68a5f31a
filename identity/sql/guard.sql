-- Guards: what forbids that two facets are one person.

-- name: macro_is_same_phone
-- equal, or one without its country whose digits end the other (+447800505636 and 7800505636)
create or replace temp macro is_same_phone(a, b) as
    a = b
    or (starts_with(a, '+') and not starts_with(b, '+') and ends_with(a, b))
    or (starts_with(b, '+') and not starts_with(a, '+') and ends_with(b, a))

-- name: macro_birth_level
-- birth dates agree, nearly agree (one digit, two neighbouring digits, day and month swapped), differ by slips (two of year, month
-- and day agree, or two digits differ; two of the year alone only where no generation lies between), differ in two digits of the year
-- on one day of it (which a parent and a child share once in 365; 1 January stands for an unknown day), are doubtful (within 400
-- days), differ, or one is unknown
create or replace temp macro birth_level(a, b) as
    case
        when a is null or b is null then 'unknown'
        when a = b then 'same'
        when year(a) = year(b) and month(a) = day(b) and day(a) = month(b) then 'near'
        when (month(a) = month(b))::int + (day(a) = day(b))::int + (year(a) = year(b))::int = 2
            and damerau_levenshtein(strftime(a, '%Y%m%d'), strftime(b, '%Y%m%d')) = 1 then 'near'
        when month(a) = month(b) and day(a) = day(b) and dayofyear(a) > 1 and damerau_levenshtein(year(a)::varchar, year(b)::varchar) = 2
            and abs(year(a) - year(b)) > 12 then 'year'
        when abs(year(a) - year(b)) <= 12
            and (month(a) = month(b))::int + (day(a) = day(b))::int + (year(a) = year(b))::int = 2 then 'slips'
        when (abs(year(a) - year(b)) <= 12 or month(a) <> month(b) or day(a) <> day(b))
            and damerau_levenshtein(strftime(a, '%Y%m%d'), strftime(b, '%Y%m%d')) = 2 then 'slips'
        when abs(date_diff('day', a, b)) <= 400 then 'doubtful'
        else 'differs'
    end

-- name: macro_contradiction
-- What forbids that two facets are one person, whatever links them; null when nothing does.
-- Argued case by case in tests/unit/identity/test_guards.py: couples, parent and child, twins. Another document is no contradiction,
-- since documents are renewed: it is weighed (identity.groups).
create or replace temp macro contradiction_of(
    a_suffix, b_suffix, a_document, b_document, a_loyalty, b_loyalty, a_gender, b_gender, birth, first_level,
    is_other_first_name, is_other_surname, is_document_slip
) as
    case
        when a_suffix <> b_suffix then 'suffix'
        when birth = 'differs' and not coalesce(a_document = b_document, false) then 'birth_date'
        when birth = 'year' and not coalesce(a_document = b_document, false) then 'birth_year'
        when a_loyalty <> b_loyalty and birth not in ('same', 'near') and not coalesce(a_document = b_document, false)
            then 'loyalty_number'
        when is_other_surname and birth not in ('same', 'near') and not coalesce(a_document = b_document, false)
            and not coalesce(a_loyalty = b_loyalty, false) then 'second_surname'
        when is_other_first_name and birth not in ('same', 'near') and not coalesce(a_document = b_document, false)
            and not is_document_slip then 'first_name'
        when is_other_first_name and not (birth in ('same', 'near') and coalesce(a_document = b_document, false))
            then 'twin'
        when a_gender <> b_gender and first_level < 4 then 'gender'
    end

-- name: facet_pair
-- one row per pair of distinct facets that stand in one component
create or replace temp table facet_pair as
with held as (
    select distinct member.linked, facet_of_profile.facet_number
    from member
    inner join facet_of_profile on member.profile_number = facet_of_profile.profile_number
)
select distinct
    least(a.facet_number, b.facet_number) as first_facet,
    greatest(a.facet_number, b.facet_number) as second_facet
from held as a
inner join held as b on a.linked = b.linked and a.facet_number < b.facet_number

-- name: contradiction
-- one row per pair of facets of one component that can't be one person
create or replace temp table contradiction as
with named as (
    select
        facet_pair.*,
        case when a.name_number is null or b.name_number is null then 0
             else coalesce(names.first_level, 5) end as first_level,
        coalesce(names.is_other_first_name, false) as is_other_first_name,
        coalesce(names.is_other_surname, false) as is_other_surname,
        birth_level(a.birth_date, b.birth_date) as birth_level,
        a.suffix_code as a_suffix, b.suffix_code as b_suffix,
        a.document_key as a_document, b.document_key as b_document,
        slip.first_document is not null as is_document_slip,
        a.loyalty_number_key as a_loyalty, b.loyalty_number_key as b_loyalty,
        a.gender as a_gender, b.gender as b_gender
    from facet_pair
    inner join facet as a on facet_pair.first_facet = a.facet_number
    inner join facet as b on facet_pair.second_facet = b.facet_number
    left join document_slip as slip
        on least(a.document_key, b.document_key) = slip.first_document
        and greatest(a.document_key, b.document_key) = slip.second_document
    left join name_pair as names
        on least(a.name_number, b.name_number) = names.first_name_number
        and greatest(a.name_number, b.name_number) = names.second_name_number
)
select
    first_facet, second_facet,
    coalesce(contradiction_of(
        a_suffix, b_suffix, a_document, b_document, a_loyalty, b_loyalty, a_gender, b_gender, birth_level, first_level,
        is_other_first_name, is_other_surname, is_document_slip
    ), 'none') as refused_reason
from named
-- one list, and no "is not null": DuckDB would push that down as a tree of a thousand nodes, which costs more than a small night
where refused_reason not in (select refused_reason from waived_guard union all select 'none')

-- name: contradiction_rows
select distinct first_facet, second_facet
from contradiction
order by first_facet, second_facet
