{# Booked with the hotel itself: no agency, no platform in between. #}
{% macro is_direct_channel(channel_code) -%}
coalesce(regexp_matches(lower({{ channel_code }}), '^(direct|web|website|brand|own|phone|voice|call|app|mobile|walk|front|email|hotel|member|loyalty)'), false)
{%- endmacro %}

{# Travels for work: the purpose says so, or the booking came through a company. #}
{% macro is_business_trip(purpose_code, market_segment_code, company_profile_id, company_name) -%}
coalesce(
    regexp_matches(lower({{ purpose_code }}), '^(bus|work|corp|conf|meet)'),
    coalesce({{ company_profile_id }}, {{ company_name }}) is not null
    or coalesce(regexp_matches(lower({{ market_segment_code }}), '^(bus|corp|negot|gov)'), false)
)
{%- endmacro %}
