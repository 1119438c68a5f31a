{# Who may have made a call: what speaks for a customer, in bits. #}

{# Words of a name in the keys that identity compares: lower case, no diacritics, one alphabet. #}
{% macro key_words(first_name_key, last_name_key) -%}
list_filter(string_split(concat_ws(' ', {{ first_name_key }}, {{ last_name_key }}), ' '), lambda word: word <> '')
{%- endmacro %}

{# A whole name whatever the order and the spaces of its two parts; null when one of them is missing or an initial. #}
{% macro whole_name(first_name_key, last_name_key) -%}
case when length(replace({{ first_name_key }}, ' ', '')) > 1 and length(replace({{ last_name_key }}, ' ', '')) > 1
    then least(replace({{ first_name_key }}, ' ', ''), replace({{ last_name_key }}, ' ', ''))
        || ' ' || greatest(replace({{ first_name_key }}, ' ', ''), replace({{ last_name_key }}, ' ', '')) end
{%- endmacro %}

{# The rows of a table that has first_name_key, with the given names that its first word, or all of it, may stand for (William of Bill) as a list, empty when the
   lists of identity do not know it. #}
{% macro with_given_names(table) -%}
select shown.*, list_sort(list_distinct(list_concat(by_word.given_names, by_all.given_names))) as given_names
from {{ table }} as shown
{% for key, form in {'by_word': "string_split(shown.first_name_key, ' ')[1]", 'by_all': "replace(shown.first_name_key, ' ', '')"}.items() %}
left join (
    select name_form, list(given_name) as given_names from {{ source('identity', 'given_name') }} group by name_form
) as {{ key }} on {{ key }}.name_form = {{ form }}
{% endfor %}
{%- endmacro %}

{# Words of the list `some` that stand in `words` as well: the same, with one slip, or one of the two an initial. #}
{% macro words_alike(some, words) -%}
len(list_filter({{ some }}, lambda word: list_bool_or(list_transform({{ words }}, lambda other:
    word = other
    or (least(length(word), length(other)) = 1 and left(word, 1) = left(other, 1))
    or (least(length(word), length(other)) >= 4 and damerau_levenshtein(word, other) = 1)
))))
{%- endmacro %}

{# How the name said agrees with one the customer is known by: 2 all that both give, at least two words; 1 the one word that one of them gives; 0 the given name beside
   another family name (people marry, and have several); -1 another part of it (who shares a family name is family); -2 nothing; null when one side has no name. A nickname is the name that it stands for, unless both give a second name (José Luis and José Antonio are brothers). Both sides are tables with first_name_key, last_name_key and given_names. #}
{% macro said_name_level(said, known) -%}
{% set said_words = key_words(said ~ '.first_name_key', said ~ '.last_name_key') %}
{% set known_words = key_words(known ~ '.first_name_key', known ~ '.last_name_key') %}
{% set said_given = key_words(said ~ '.first_name_key', 'null') %}
{% set known_given = key_words(known ~ '.first_name_key', 'null') %}
{% set said_family = key_words('null', said ~ '.last_name_key') %}
{% set known_family = key_words('null', known ~ '.last_name_key') %}
{% set said_text = "replace(concat(" ~ said ~ ".first_name_key, " ~ said ~ ".last_name_key), ' ', '')" %}
{% set known_text = "replace(concat(" ~ known ~ ".first_name_key, " ~ known ~ ".last_name_key), ' ', '')" %}
case
    when {{ said_text }} = '' or {{ known_text }} = '' then null
    when {{ whole_name(said ~ '.first_name_key', said ~ '.last_name_key') }} = {{ whole_name(known ~ '.first_name_key', known ~ '.last_name_key') }} then 2
    when least(length({{ said_text }}), length({{ known_text }})) >= 6 and damerau_levenshtein({{ said_text }}, {{ known_text }}) <= 1 then 2
    when {{ words_alike(said_words, known_words) }} = len({{ said_words }}) then case when len({{ said_words }}) > 1 then 2 else 1 end
    when {{ words_alike(known_words, said_words) }} = len({{ known_words }}) then case when len({{ known_words }}) > 1 then 2 else 1 end
    when least(len(string_split({{ said }}.first_name_key, ' ')), len(string_split({{ known }}.first_name_key, ' '))) = 1
        and list_has_any({{ said }}.given_names, {{ known }}.given_names)
        and greatest({{ words_alike(said_family, known_family) }}, {{ words_alike(known_family, said_family) }}) >= least(len({{ said_family }}), len({{ known_family }}))
        then case when least(len({{ said_family }}), len({{ known_family }})) > 0 then 2 else 1 end
    when {{ said_text }} in (replace({{ known }}.first_name_key, ' ', ''), replace({{ known }}.last_name_key, ' ', '')) then 1
    when least(length({{ said }}.first_name_key), length({{ known }}.first_name_key)) > 1 and {{ words_alike(said_family, known_family) }} = 0
        and {{ words_alike(said_given, known_given) }} >= least(len({{ said_given }}), len({{ known_given }}))
        then 0
    when {{ words_alike(said_words, known_words) }} > 0 then -1
    else -2
end
{%- endmacro %}

{# What speaks for a customer and against, in bits (log2 of how many times likelier what was said is if it was they than if it was not). Rounded from fits to
   calls with truth of two generators; who is named by anything at all starts at call_start_bits(). Another name counts nothing where identity, which knows
   nicknames and married names, has made the caller's record the customer's. #}
{% macro call_evidence() -%}
{{ return([
    {'name': 'loyalty_number', 'bits': 6, 'condition': 'is_loyalty_number_held'},
    {'name': 'contact', 'bits': 4, 'condition': 'is_email_held or is_phone_held'},
    {'name': 'confirmation_number', 'bits': 3, 'condition': 'is_number_agreed'},
    {'name': 'similar_confirmation_number', 'bits': 3, 'condition': 'is_number_similar'},
    {'name': 'done_in_call', 'bits': 2, 'condition': 'is_done_in_call'},
    {'name': 'same_record', 'bits': 1, 'condition': 'is_linked'},
    {'name': 'name', 'bits': 2, 'condition': 'name_level = 2'},
    {'name': 'part_of_name', 'bits': 1, 'condition': 'name_level = 1'},
    {'name': 'other_family_name', 'bits': -1, 'condition': 'name_level = 0 and not is_companion and not is_linked'},
    {'name': 'other_part_of_name', 'bits': -5, 'condition': 'name_level = -1 and not is_companion and not is_linked'},
    {'name': 'other_name', 'bits': -7, 'condition': 'name_level = -2 and not is_companion and not is_linked'},
    {'name': 'matter_of_the_guest', 'bits': -2, 'condition': "is_booker_only and reason_code in ('complaint', 'billing')"},
    {'name': 'booker_contact', 'bits': 2, 'condition': 'is_booker_contact'},
    {'name': 'never_at_that_hotel', 'bits': -3, 'condition': 'not is_hotel_agreed'},
]) }}
{%- endmacro %}

{% macro call_start_bits() -%}
3
{%- endmacro %}

{# What makes a stranger of that name likelier, in bits, where nothing but a name points to somebody: how many the register lets expect, and how far away their
   stay is, since guests call around their stays and strangers whenever. Rounded from a fit to calls with truth (a generator of 180,000 reservations). A register
   says nothing of names rarer than one in a thousand. #}
{% macro bits_of_strangers(expected_bearers, days_away) -%}
greatest(0, 6 + log2(greatest({{ expected_bearers }}, 0.001)) + 3 * log2((60 + {{ days_away }}) / 60.0))
{%- endmacro %}
