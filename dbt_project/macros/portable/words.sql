{# Words of a text, folded: lower case, no diacritics, no signs. #}
{% macro folded_words(text) -%}
list_filter(string_split_regex(lower(strip_accents({{ text }})), '[^\p{L}\p{N}]+'), lambda word: word <> '')
{%- endmacro %}

{# Whether every word of `some` stands in `all`; null when either says nothing. #}
{% macro has_all_words(all, some) -%}
case when nullif(trim({{ all }}), '') is not null and nullif(trim({{ some }}), '') is not null
    then list_has_all({{ folded_words(all) }}, {{ folded_words(some) }}) end
{%- endmacro %}

{# Whether a single letter among the words of `all` is the first letter of `name`; null when either says nothing. #}
{% macro has_initial_of(all, name) -%}
list_contains({{ folded_words(all) }}, left({{ folded_words(name) }}[1], 1))
{%- endmacro %}
