-- What a steward should look at: links near the line, strong links that a guard refused, clusters that were cut.

-- name: review_value
-- one row per customer_id with its revenue in the reporting currency
create or replace temp table review_value as
select customer_id, cast(sum(revenue_amount) as decimal(18, 4)) as revenue_amount
from identity.customer_record
inner join preview_value using (source_record_id)
group by customer_id

-- name: profile_value
-- one row per profile with its revenue: that of all records that say the same
create or replace temp table profile_value as
select profile_number, cast(sum(revenue_amount) as decimal(18, 4)) as revenue_amount
from identity.person_normalised
inner join preview_value using (source_record_id)
group by profile_number

-- name: review_doubt
-- one row per pair of customers that a cut or a guard keeps apart, with its strongest link; one per customer with weak links: its weakest
create or replace temp table compared_pair as
with doubtful as (
    select
        edge.*,
        first_one.customer_id as customer_id_1,
        second_one.customer_id as customer_id_2,
        case
            when edge_status = 'refused' and match_weight >= $strong_bits then 'refused'
            when edge_status = 'cut' then 'cut'
            when edge_status = 'kept' and match_weight < $strong_bits then 'weak'
        end as doubt_code
    from identity.match_edge as edge
    left join identity.customer_record as first_one on edge.source_record_id_1 = first_one.source_record_id
    left join identity.customer_record as second_one on edge.source_record_id_2 = second_one.source_record_id
    where edge.match_rule <> 'steward'
),
-- A weak link between records that stronger links hold together anyway is no doubt: only those that tie a record are asked about.
asked as (
    select *
    from doubtful
    where doubt_code in ('refused', 'cut') and customer_id_1 is distinct from customer_id_2
        or (
            doubt_code = 'weak'
            and exists (
                select 1 from identity.customer_record as tied
                where tied.source_record_id in (source_record_id_1, source_record_id_2)
                    and tied.match_probability <= doubtful.match_probability
            )
        )
),
strongest as (
    select
        *,
        count(*) over (partition by least(customer_id_1, customer_id_2), greatest(customer_id_1, customer_id_2)) as link_count
    from asked
    qualify row_number() over (
        partition by least(customer_id_1, customer_id_2), greatest(customer_id_1, customer_id_2)
        order by case when doubt_code = 'weak' then match_weight else -match_weight end, source_record_id_1, source_record_id_2
    ) = 1
),
valued as (
    select
        strongest.*,
        -- what the decision moves: the smaller customer's revenue, or that of the smaller end of a link within one
        least(
            coalesce(case when customer_id_1 = customer_id_2 then first_end.revenue_amount else one.revenue_amount end, 0),
            coalesce(case when customer_id_1 = customer_id_2 then second_end.revenue_amount else other.revenue_amount end, 0)
        ) as revenue_at_stake_amount,
        greatest(coalesce(one.revenue_amount, 0), coalesce(other.revenue_amount, 0)) as larger_amount
    from strongest
    left join review_value as one on strongest.customer_id_1 = one.customer_id
    left join review_value as other on strongest.customer_id_2 = other.customer_id
    left join profile_value as first_end on strongest.first_profile = first_end.profile_number
    left join profile_value as second_end on strongest.second_profile = second_end.profile_number
)
select *
from valued
order by revenue_at_stake_amount desc, larger_amount desc, doubt_code, source_record_id_1, source_record_id_2
limit $row_limit

-- name: compared_field
-- one row per pair of compared_pair and field that both records show: whether it is equal as compared
create or replace temp table compared_field as
select
    pair.source_record_id_1, pair.source_record_id_2, compared.position, compared.field_name,
    compared.values[1] = compared.values[2] as is_equal
from compared_pair as pair
inner join identity.person_normalised as a on pair.source_record_id_1 = a.source_record_id
inner join identity.person_normalised as b on pair.source_record_id_2 = b.source_record_id
cross join lateral (
    select unnest([
        {'position': 1, 'field_name': 'first name', 'values': [a.first_name_key, b.first_name_key]},
        {'position': 2, 'field_name': 'last name', 'values': [a.last_name_key, b.last_name_key]},
        {'position': 3, 'field_name': 'name suffix', 'values': [a.name_suffix_code, b.name_suffix_code]},
        {'position': 4, 'field_name': 'e-mail', 'values': [a.email_normalised, b.email_normalised]},
        {'position': 5, 'field_name': 'phone', 'values': [a.phone_e164, b.phone_e164]},
        {'position': 6, 'field_name': 'birth date', 'values': [cast(a.birth_date as varchar), cast(b.birth_date as varchar)]},
        {'position': 7, 'field_name': 'gender', 'values': [a.gender, b.gender]},
        {'position': 8, 'field_name': 'postal code', 'values': [a.postal_code_key, b.postal_code_key]},
        {'position': 9, 'field_name': 'loyalty number', 'values': [a.loyalty_number_key, b.loyalty_number_key]},
        {'position': 10, 'field_name': 'document', 'values': [a.document_key, b.document_key]},
        {'position': 11, 'field_name': 'profile', 'values': [a.guest_profile_key, b.guest_profile_key]}
    ], recursive := true)
) as compared
where compared.values[1] is not null and compared.values[2] is not null

-- name: evidence
-- one row per pair of compared_pair: fields that agree and that differ
create or replace temp view evidence as
select
    source_record_id_1, source_record_id_2,
    string_agg(field_name, ', ' order by position) filter (where is_equal) as agrees,
    string_agg(field_name, ', ' order by position) filter (where not is_equal) as differs
from compared_field
group by source_record_id_1, source_record_id_2

-- name: review_rows
select
    doubt_code, revenue_at_stake_amount, customer_id_1, customer_id_2, top.source_record_id_1, top.source_record_id_2,
    match_rules, match_weight, match_probability, refused_reason, link_count, evidence.agrees, evidence.differs
from compared_pair as top
left join evidence using (source_record_id_1, source_record_id_2)
order by revenue_at_stake_amount desc, larger_amount desc, doubt_code, top.source_record_id_1, top.source_record_id_2
