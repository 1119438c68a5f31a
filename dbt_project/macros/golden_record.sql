{# The golden record's fields as data: field group -> fields with the expression that reads them from a person record,
   and what makes a
   value unfit to win; consent is read from the statements of all versions. Which fit value wins is in seeds/survivorship_rule.csv. #}
{% macro golden_field_groups() %}
{{ return(fromyaml("
name:
  fields: {first_name: first_name, last_name: last_name}
  needs: coalesce(first_name, last_name)
  unfit: is_name_placeholder
title:
  fields: {title: title}
  needs: title
  unfit: is_name_placeholder
native_name:
  fields: {native_name: native_name}
  needs: native_name
email:
  fields: {email: email}
  needs: email
  unfit: is_email_shared or email_normalised is null or is_email_of_strangers
phone:
  fields: {phone_e164: phone_e164}
  needs: phone_e164
  unfit: is_phone_shared
birth_date:
  fields: {birth_date: 'cast(birth_date as varchar)'}
  needs: birth_date
  unfit: is_birth_date_shared
gender:
  fields: {gender: gender}
  needs: gender
nationality_code:
  fields: {nationality_code: nationality_code}
  needs: nationality_code
language_code:
  fields: {language_code: language_code}
  needs: language_code
address:
  fields: {address: address, city: city, state: state, postal_code: postal_code, country_code: country_code}
  needs: coalesce(address, city, state, postal_code, country_code)
loyalty:
  fields: {loyalty_number: loyalty_number, loyalty_tier_code: loyalty_tier_code}
  needs: loyalty_number
consent_email:
  fields: {consent_email: 'cast(consent_email as varchar)'}
  needs: consent_email
  read_from: statement
consent_sms:
  fields: {consent_sms: 'cast(consent_sms as varchar)'}
  needs: consent_sms
  read_from: statement
consent_phone:
  fields: {consent_phone: 'cast(consent_phone as varchar)'}
  needs: consent_phone
  read_from: statement
")) }}
{% endmacro %}

{# A survivorship criterion as a number, higher is better. #}
{% macro survivorship_score(criterion) -%}
case {{ criterion }}
    when 'source_rank' then -source_rank
    when 'most_complete' then filled_count
    when 'confirmed' then cast(record_count > 1 as integer)
    when 'most_frequent' then record_count
    when 'most_recent' then epoch_us(last_observed_at)
    when 'consented' then cast(is_consented as integer)
    when 'prudent' then cast(field_values[1] = 'false' as integer)
end
{%- endmacro %}
