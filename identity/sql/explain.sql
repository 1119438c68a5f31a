-- What is known of one customer, for a person who asks why.

-- name: explain_history
select customer_id, id_status, current_customer_id, changed_on, change_reason
from identity.customer_history
where customer_id = $customer_id

-- name: explain_record
-- one row per record of the customer, its anchor first; links_at: of a record without links of its own, the one that says the same and bears them
with linked as (
    select person.profile_number, person.source_record_id
    from compared_pair as pair
    inner join identity.person_normalised as person
        on person.source_record_id in (pair.source_record_id_1, pair.source_record_id_2)
),
bearer as (select profile_number, min(source_record_id) as links_at from linked group by profile_number)
select
    record.source_record_id, record.source_system, record.property_code, record.record_kind, record.reference_id, record.role,
    record.match_rule, record.match_probability,
    case when record.source_record_id not in (select source_record_id from linked) then bearer.links_at end as links_at,
    record.valid_from, record.is_anchor
from identity.customer_record as record
left join identity.person_normalised as person using (source_record_id)
left join bearer using (profile_number)
where record.customer_id = $customer_id
order by is_anchor desc, valid_from, source_record_id

-- name: explain_person
-- one row per record of the customer: what it says about the person; the e-mail as delivered
select
    source_record_id, concat_ws(' ', person.first_name, person.last_name) as person_name, person.native_name,
    coalesce(lower(record.email), person.email_normalised) as email,
    person.phone_e164, person.birth_date, person.is_email_shared, person.is_phone_shared, person.is_birth_date_shared
from identity.person_normalised as person
left join staging.stg_person_record as record using (source_record_id)
where source_record_id in (select source_record_id from identity.customer_record where customer_id = $customer_id)
order by source_record_id

-- name: explain_pair
-- one row per proposed pair with at least one record of the customer: kept, cut or refused
create or replace temp table compared_pair as
select edge.*
from identity.match_edge as edge
where edge.source_record_id_1 in (select source_record_id from identity.customer_record where customer_id = $customer_id)
    or edge.source_record_id_2 in (select source_record_id from identity.customer_record where customer_id = $customer_id)

-- name: known_of_customer
-- one row per customer at either end of a cut pair: all values of what keeps two customers apart when none agrees
create or replace temp table known_of_customer as
with cut_record as (
    select unnest([source_record_id_1, source_record_id_2]) as source_record_id from compared_pair where edge_status = 'cut'
),
of_customer as (
    select record.customer_id, person.*, concat_ws('|', person.source_system, person.property_code) as place
    from identity.customer_record as record
    inner join identity.person_normalised as person using (source_record_id)
    where record.customer_id in (
        select customer_id from identity.customer_record
        where source_record_id in (select source_record_id from cut_record)
    )
)
select
    customer_id,
    list(email_normalised) filter (where email_normalised is not null and is_email_shared is not true) as emails,
    list(phone_number) filter (where phone_number is not null and is_phone_shared is not true) as phones,
    list(loyalty_number_key) filter (where loyalty_number_key is not null) as loyalty_numbers,
    list(document_key) filter (where document_key is not null) as documents,
    list(birth_date) filter (where birth_date is not null and is_birth_date_shared is not true) as birth_dates,
    list(postal_code_key) filter (where postal_code_key is not null) as postal_codes,
    list(city_key) filter (where city_key is not null) as cities,
    list(address_key) filter (where address_key is not null) as addresses,
    list(guest_profile_key) filter (where guest_profile_key is not null) as profiles,
    list(place) filter (where guest_profile_key is not null) as places
from of_customer
group by customer_id

-- name: lost_link_of_customers
-- one row per link that was refused or cut between another customer and one at either end of a cut pair, both ways round
create or replace temp table lost_link_of_customers as
with lost as (
    select one.customer_id, other.customer_id as other_id, edge.match_weight, edge.refused_reason
    from identity.match_edge as edge
    inner join identity.customer_record as one on edge.source_record_id_1 = one.source_record_id
    inner join identity.customer_record as other on edge.source_record_id_2 = other.source_record_id
    where edge.edge_status in ('refused', 'cut') and one.customer_id <> other.customer_id
        and (
            one.customer_id in (select customer_id from known_of_customer)
            or other.customer_id in (select customer_id from known_of_customer)
        )
)
select * from lost
union all
select other_id, customer_id, match_weight, refused_reason from lost

-- name: contradiction_of_customers
-- one row per two customers of whom a guard refused a link: why
create or replace temp table contradiction_of_customers as
select customer_id, other_id, string_agg(distinct refused_reason, ', ' order by refused_reason) as reasons
from lost_link_of_customers
where refused_reason is not null
group by customer_id, other_id

-- name: rival_of_customers
-- one row per two customers with a cut link: others who contradict one of them and whom a link about as strong ties to the other
create or replace temp table rival_of_customers as
select cut.customer_id, cut.other_id, string_agg(distinct rival.other_id, ', ' order by rival.other_id) as rivals
from lost_link_of_customers as cut
inner join lost_link_of_customers as rival
    on cut.customer_id = rival.customer_id and cut.other_id <> rival.other_id
    and rival.refused_reason is null and rival.match_weight > cut.match_weight - $rival_bits
semi join contradiction_of_customers as contradiction
    on rival.other_id = contradiction.customer_id and cut.other_id = contradiction.other_id
where cut.refused_reason is null
group by cut.customer_id, cut.other_id

-- name: macro_have_none_alike
create or replace temp macro have_none_alike(ours, theirs) as
    len(list_filter(ours, one -> len(list_filter(theirs, other -> damerau_levenshtein(one, other) <= 1)) > 0)) = 0

-- name: explain_link
-- the same with the fields that agree and differ, and the other customer when the pair is not together; of a pair that was cut:
-- customers_differ what both customers know and no value of agrees, customers_contradict why a guard refused other links between
-- the two, also_fits other customers that the one or the other fits as well
select
    pair.source_record_id_1, pair.source_record_id_2, pair.match_rule, pair.match_rules, pair.match_weight,
    pair.match_probability, pair.edge_status, pair.refused_reason, evidence.agrees, evidence.differs,
    nullif(coalesce(nullif(one.customer_id, $customer_id), other.customer_id), $customer_id) as other_customer_id,
    nullif(concat_ws(
        ', ',
        case when have_none_alike(a.emails, b.emails) then 'e-mail' end,
        case when have_none_alike(a.phones, b.phones) then 'phone' end,
        case when not list_has_any(a.loyalty_numbers, b.loyalty_numbers) then 'loyalty number' end,
        case when not list_has_any(a.documents, b.documents) then 'document' end,
        case when not list_has_any(a.birth_dates, b.birth_dates) then 'birth date' end,
        case when have_none_alike(a.cities, b.cities) and coalesce(not list_has_any(a.postal_codes, b.postal_codes), true)
             then 'town' end,
        case when not list_has_any(a.addresses, b.addresses) then 'street' end,
        case when list_has_any(a.places, b.places) and not list_has_any(a.profiles, b.profiles) then 'guest profile' end
    ), '') as customers_differ,
    contradiction.reasons as customers_contradict,
    nullif(concat_ws(', ', fits_other.rivals, fits_one.rivals), '') as also_fits
from compared_pair as pair
left join evidence using (source_record_id_1, source_record_id_2)
left join identity.customer_record as one on pair.source_record_id_1 = one.source_record_id
left join identity.customer_record as other on pair.source_record_id_2 = other.source_record_id
left join known_of_customer as a on pair.edge_status = 'cut' and one.customer_id = a.customer_id
left join known_of_customer as b on pair.edge_status = 'cut' and other.customer_id = b.customer_id
left join contradiction_of_customers as contradiction
    on pair.edge_status = 'cut' and one.customer_id = contradiction.customer_id and other.customer_id = contradiction.other_id
left join rival_of_customers as fits_other
    on pair.edge_status = 'cut' and one.customer_id = fits_other.customer_id and other.customer_id = fits_other.other_id
left join rival_of_customers as fits_one
    on pair.edge_status = 'cut' and other.customer_id = fits_one.customer_id and one.customer_id = fits_one.other_id
order by pair.edge_status, pair.match_weight desc, pair.source_record_id_1, pair.source_record_id_2

-- name: explain_field
-- one row per field of the golden record
select field_name, field_value, source_system, source_record_id, observed_at, survivorship_rule
from core.dim_customer_field_source
where customer_id = $customer_id
order by field_name

-- name: explain_candidate
-- one row per value that competed for a group of fields, the winner first
select field_group, candidate_rank, field_values, is_fit, record_count, last_observed_at, source_system, source_record_id, survivorship_rule
from helper.customer_field_candidate
where customer_id = $customer_id
order by field_group, candidate_rank

-- name: waterfall_person
-- one row per asked source_record_id as delivered, without contact data and birth dates that link nobody
select record.* replace (
    case when person.is_email_shared then null else record.email end as email,
    case when person.is_phone_shared then null else record.phone end as phone,
    case when person.is_birth_date_shared then null else record.birth_date end as birth_date
)
from staging.stg_person_record as record
left join identity.person_normalised as person on record.source_record_id = person.source_record_id
where list_contains($record_ids, record.source_record_id)

-- name: waterfall_document
-- neighbourhoods of the documents of the asked records
select known.*
from known_document as known
where document_hash in (
    select document_hash from staging.stg_person_record where list_contains($record_ids, source_record_id)
)

-- name: waterfall_staging
create or replace table staging.stg_person_record as
select * from waterfall_record;
create or replace table staging.stg_document as
select * from waterfall_document

-- name: waterfall_place_rows
-- one row per source record: its profile
select matchable.source_record_id, profile.profile_number
from matchable
inner join profile on matchable.profile_id = profile.profile_id
