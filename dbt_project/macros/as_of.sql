{# Night since which a newer version of the same key is known; null while a version is the newest. A version is what was
   known at a date when known_on <= date and date < superseded_on: exactly one version of a key for every date. #}
{% macro superseded_on(key) -%}
min(known_on) over (
    partition by {{ key | join(', ') }}
    order by updated_at desc, row_hash desc
    rows between unbounded preceding and 1 preceding
)
{%- endmacro %}

{# The hash_number of a customer, made once per row; null where no date has a sample and it is not needed. #}
{% macro sample_number(customer_id) -%}
case when (select max(sample_one_in) from {{ ref('feat_as_of') }}) > 1 then {{ hash_number(customer_id) }} end
{%- endmacro %}

{# Whether features of a customer with a hash_number are built at a date of feat_as_of (alias as_of). #}
{% macro is_sampled(number) -%}
(as_of.sample_one_in = 1 or {{ number }} % as_of.sample_one_in = 0)
{%- endmacro %}

{# Friday and Saturday nights of a stay, counted without expanding it into nights (2000-01-03 is a Monday). #}
{% macro weekend_nights(arrival_date, departure_date) -%}
({{ weekend_nights_before(departure_date) }} - {{ weekend_nights_before(arrival_date) }})
{%- endmacro %}

{% macro weekend_nights_before(day) -%}
(({{ day }} - date '2000-01-03') // 7 * 2 + greatest(least(({{ day }} - date '2000-01-03') % 7, 6) - 4, 0))
{%- endmacro %}
