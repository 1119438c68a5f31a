-- How well two names agree.

-- name: wanted_names_of_profiles
create or replace temp table wanted_name_pair as
select distinct
    least(a.name_number, b.name_number) as first_name_number,
    greatest(a.name_number, b.name_number) as second_name_number
from pair_candidate as candidate
inner join profile as a on candidate.first_profile = a.profile_number
inner join profile as b on candidate.second_profile = b.profile_number
where a.name_number <> b.name_number

-- name: wanted_names_of_facets
create or replace temp table wanted_name_pair as
select distinct
    least(a.name_number, b.name_number) as first_name_number,
    greatest(a.name_number, b.name_number) as second_name_number
from facet_pair
inner join facet as a on facet_pair.first_facet = a.facet_number
inner join facet as b on facet_pair.second_facet = b.facet_number
where a.name_number <> b.name_number

-- name: name_pair
-- one row per pair of distinct compared names that has to be compared. Given names: 5 equal, 4 nickname, part or another spelling, 3 typo,
-- 2 initial, 1 two typos (no support, no contradiction), 0 unknown, -1 another. Family names: 4 equal, 3 part of a compound or another spelling, 2 typo, 0 unknown, -1 another.
-- One or two consonants fit almost any short name (לאה Leah, Eli, Ella), so they count as an initial, of family names as a typo; none as nothing.
create or replace temp table name_pair as
with measured as (
    select
        wanted.*,
        a.native_key as a_native, b.native_key as b_native,
        (a.sorted_words = b.sorted_words and contains(a.sorted_words, ' '))
            or a.first_compact || a.last_compact in (b.first_compact || b.last_compact, b.last_compact || b.first_compact)
            or a.last_compact || a.first_compact = b.first_compact || b.last_compact as has_same_words,
        a.is_pinyin <> b.is_pinyin as is_pinyin_pair,
        coalesce(a.given_script <> b.given_script and a.last_compact = b.last_compact, false) as has_other_script,
        list_contains(a.first_parts, b.first_compact) or list_contains(b.first_parts, a.first_compact)
            or (len(a.long_first_words) > 0 and list_has_all(b.long_first_words, a.long_first_words))
            or (len(b.long_first_words) > 0 and list_has_all(a.long_first_words, b.long_first_words)) as is_first_part,
        shared_consonants(a.first_consonants, b.first_consonants, a.first_parts, b.first_parts) as first_shared,
        shared_consonants(
            a.last_consonants, b.last_consonants, list_append(a.last_words, a.last_compact), list_append(b.last_words, b.last_compact)
        ) as last_shared,
        case
            when a.first_key is null or b.first_key is null then 0
            when (a.first_consonants is null) <> (b.first_consonants is null) then
                case
                    when first_shared >= 3 then 4
                    when first_shared > 0 then 2
                    when first_shared = 0 then 1
                    when a.is_initial or b.is_initial then case when left(a.first_compact, 1) = left(b.first_compact, 1) then 2 else 1 end
                    when is_slip_of_consonants(a.first_consonants, b.first_consonants, a.first_compact, b.first_compact) then 1
                    else -1
                end
            when a.is_initial then initial_level(a.first_compact, b.first_compact, b.first_roots, b.first_parts)
            when b.is_initial then initial_level(b.first_compact, a.first_compact, a.first_roots, a.first_parts)
            when a.first_compact = b.first_compact then 5
            when is_first_part then 4
            when list_has_any(a.first_roots, b.first_roots)
                then case when is_other_second_name(a.long_first_words, b.long_first_words) then -1 else 4 end
            when has_other_script then 1
            when a.is_known_first and b.is_known_first then -1
            when is_typo(a.first_compact, b.first_compact, 4, 7) then 3
            when least(len(a.long_first_words), len(b.long_first_words)) = 1 and is_typo(a.long_first_words[1], b.long_first_words[1], 4, 7) then 3
            when starts_with(a.first_compact, b.first_compact) or starts_with(b.first_compact, a.first_compact)
                or jaro_winkler_similarity(a.first_compact, b.first_compact) >= 0.8 or is_misread(a.first_compact, b.first_compact)
                or is_typo(a.first_compact, b.first_compact, case when a.is_pinyin or b.is_pinyin then 3 else 2 end, 5)
                or is_typo_of_any(a.first_compact, b.first_roots) or is_typo_of_any(b.first_compact, a.first_roots)
                or is_like_any(a.first_compact, b.first_parts) or is_like_any(b.first_compact, a.first_parts)
                or is_like(a.long_first_words[1], b.long_first_words[1]) then 1
            else -1
        end as first_level,
        case
            when a.last_key is null or b.last_key is null then 0
            when (a.last_consonants is null) <> (b.last_consonants is null) then
                case
                    when last_shared >= 3 then 3
                    when last_shared > 0 then 2
                    when last_shared = 0 then 0
                    when is_slip_of_consonants(a.last_consonants, b.last_consonants, a.last_compact, b.last_compact) then 2
                    else -1
                end
            when a.last_key = b.last_key or a.last_compact = b.last_compact then 4
            when a.last_spelling = b.last_spelling or list_has_all(a.last_words, b.last_words) or list_has_all(b.last_words, a.last_words) then 3
            when list_has_any(list_filter(a.last_words, word -> length(word) > 2), b.last_words) then 3
            when is_typo(a.last_compact, b.last_compact, 4, 8) or is_typo(a.last_spelling, b.last_spelling, 4, 8) then 2
            else -1
        end as last_level,
        list_filter(a.last_words, word -> not list_contains(b.last_words, word)) as a_surnames,
        list_filter(b.last_words, word -> not list_contains(a.last_words, word)) as b_surnames,
        list_has_any(a.last_words, b.last_words) and is_other_surname(a_surnames, b_surnames)
            and not list_has_any(a_surnames, b.first_words) and not list_has_any(b_surnames, a.first_words) as is_other_surname,
        list_has_any(a.last_words, b.first_words) or list_contains(b.first_parts, a.last_compact) as is_last_in_first,
        list_has_any(b.last_words, a.first_words) or list_contains(a.first_parts, b.last_compact) as is_first_in_last,
        case
            when a.is_initial then is_last_in_first and starts_with(b.last_compact, left(a.first_compact, 1))
            when b.is_initial then is_first_in_last and starts_with(a.last_compact, left(b.first_compact, 1))
            when is_last_in_first then is_first_in_last or is_like_any(a.first_compact, b.last_words) or list_has_any(a.first_roots, b.last_roots)
            when is_first_in_last then is_like_any(b.first_compact, a.last_words) or list_has_any(b.first_roots, a.last_roots)
            else is_typo(a.last_compact, b.first_compact, 4, 8) and is_typo(b.last_compact, a.first_compact, 4, 8)
        end as is_swapped,
        is_family_alone(a.first_words, a.last_words, a.is_known_first, b.last_words)
            or is_family_alone(b.first_words, b.last_words, b.is_known_first, a.last_words) as is_without_given_name,
        -- fields changed places and the family name is another one, as before a marriage: Koch | Sandra and Sandra | Ludwig
        first_level <> 0 and (
            (list_contains(b.first_parts, a.last_compact) and a.is_known_last and not a.is_known_first)
            or (list_contains(a.first_parts, b.last_compact) and b.is_known_last and not b.is_known_first)
        ) as is_turned_and_married,
        -- a family name in the given name's field, and no given name that is known in the other: Ribas | Torres and Ainara | Ribas
        (is_first_in_last and not a.is_known_first and not a.is_known_last)
            or (is_last_in_first and not b.is_known_first and not b.is_known_last) as is_doubtful_given_name
    from wanted_name_pair as wanted
    inner join compared_name as a on wanted.first_name_number = a.name_number
    inner join compared_name as b on wanted.second_name_number = b.name_number
)
select
    first_name_number, second_name_number, first_level, last_level,
    coalesce(
        (is_first_part and first_level >= 4 and last_level >= 2) or (is_swapped and is_last_in_first and is_first_in_last), false
    ) as is_part,
    case
        when coalesce(a_native <> b_native, false) then 'different'
        when has_same_words or coalesce(a_native = b_native, false) then
            case when is_pinyin_pair then 'close' else 'same' end
        when is_without_given_name then 'partial'
        when first_level >= 4 and last_level >= 3 then case when is_pinyin_pair then 'close' else 'same' end
        when (first_level >= 2 and last_level >= 2) or is_swapped then 'close'
        when (first_level >= 4 and last_level = -1) or is_turned_and_married or has_other_script then 'married'
        when first_level = 0 and (last_level >= 2 or is_last_in_first or is_first_in_last) then 'partial'
        when last_level = 0 and (first_level >= 3 or is_last_in_first or is_first_in_last) then 'partial'
        else 'different'
    end as name_class,
    coalesce(a_native <> b_native, false)
        or (first_level = -1 and not coalesce(has_same_words or is_swapped or is_without_given_name or is_turned_and_married or is_doubtful_given_name, false)
            and not coalesce(a_native = b_native, false)) as is_other_first_name,
    is_other_surname and not coalesce(has_same_words or is_swapped or is_turned_and_married, false)
        and not coalesce(a_native = b_native, false) as is_other_surname
from measured

-- name: name_macros
-- is_misread: a scanner took two letters for one (rn for m, vv for w, cl for d, ri for n);
-- initial_level: an initial of the given name, of the name behind a nickname (W. of William and of Bill), or of a later given name;
-- is_typo: one slip in a word of at least `one` letters, two in one of at least `two`;
-- is_other_second_name: of two given names of each the second ones differ (José Luis and José Antonio are brothers);
-- is_family_alone: two fields that hold nothing but family names of the other, the given name was lost
-- is_other_surname: of two double surnames that share a word, what each has beside it (mother's names that tell father
-- and son apart), no slip and no short form of one another
-- latin_consonants: what a Latin spelling has in common with one in Arabic or Hebrew letters (identity.abjad);
-- shared_consonants: where one of the names alone is in those letters and some word of the other shows its consonants, how many every spelling of it shows,
-- else null; is_slip_of_consonants: all but one
create or replace temp macro undoubled(a) as
    replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(
        a, 'ck', 'k'), 'bb', 'b'), 'cc', 'c'), 'dd', 'd'), 'ff', 'f'), 'gg', 'g'), 'll', 'l'), 'mm', 'm'), 'nn', 'n'), 'rr', 'r'), 'ss', 's'), 'tt', 't');
create or replace temp macro latin_consonants(a) as
    regexp_replace(
        translate(
            replace(replace(replace(replace(replace(replace(replace(replace(replace(
                undoubled(a), 'sch', 's'), 'kh', 'k'), 'ch', 'k'), 'sh', 's'), 'ph', 'f'), 'tz', 's'), 'ts', 's'), 'zh', 's'), 'x', 'ks'),
            'cqvpz', 'kkbfs'
        ),
        '[aeiouhyw]', '', 'g'
    );
create or replace temp macro shared_consonants(a_consonants, b_consonants, a_words, b_words) as
    case
        when (a_consonants is null) = (b_consonants is null) then null
        when len(list_filter(
            case when a_consonants is null then a_words else b_words end,
            word -> regexp_full_match(latin_consonants(word), coalesce(a_consonants, b_consonants))
        )) > 0
            then length(regexp_replace(regexp_replace(coalesce(a_consonants, b_consonants), '\[..\]', 'c', 'g'), '.\?', '', 'g'))
    end;
create or replace temp macro is_slip_of_consonants(a_consonants, b_consonants, a, b) as
    case
        when (a_consonants is null) = (b_consonants is null) then false
        else is_typo(latin_consonants(a), latin_consonants(b), 3, 6)
    end;
create or replace temp macro scanned(a) as
    replace(replace(replace(replace(a, 'vv', 'w'), 'rn', 'm'), 'cl', 'd'), 'ri', 'n');
create or replace temp macro is_misread(a, b) as
    abs(length(a) - length(b)) = 1 and scanned(a) = scanned(b);
create or replace temp macro is_other_surname(a, b) as
    len(a) > 0 and len(b) > 0
    and len(list_filter(a, one -> length(one) < 3 or len(list_filter(b, other ->
        length(other) < 3 or starts_with(one, other) or starts_with(other, one) or jaro_winkler_similarity(one, other) >= 0.8)) > 0)) = 0;
create or replace temp macro initial_level(initials, given_name, roots, parts) as
    case
        when starts_with(given_name, left(initials, 1))
            or len(list_filter(roots, root -> starts_with(root, left(initials, 1)))) > 0 then 2
        when len(list_filter(parts, part -> starts_with(part, left(initials, 1)))) > 0 then 1
        else -1
    end;
create or replace temp macro is_typo(a, b, one, two) as
    least(length(a), length(b)) >= one
    and abs(length(a) - length(b)) <= 2
    and damerau_levenshtein(a, b) <= case when least(length(a), length(b)) >= two then 2 else 1 end;
create or replace temp macro is_typo_of_any(a, words) as
    len(list_filter(words, word -> is_typo(word, a, 5, 7))) > 0;
create or replace temp macro is_like(a, b) as
    is_typo(a, b, 3, 7) or jaro_winkler_similarity(a, b) >= 0.85;
create or replace temp macro is_like_any(a, words) as
    len(list_filter(words, word -> is_like(word, a))) > 0;
create or replace temp macro is_other_second_name(a, b) as
    len(a) >= 2 and len(b) >= 2 and not is_typo(array_to_string(a, ''), array_to_string(b, ''), 7, 99)
    and not is_like(array_to_string(a[2:], ''), array_to_string(b[2:], ''))
    and not starts_with(a[2], b[2]) and not starts_with(b[2], a[2]);
create or replace temp macro is_family_alone(first_words, last_words, is_known_first, family_words) as
    len(family_words) >= 2 and not is_known_first
    and list_has_all(family_words, first_words) and list_has_all(family_words, last_words)
