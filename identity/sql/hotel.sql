-- How guests choose hotels: what the match model learns from the guests of one night (identity.match.habits).

-- name: hotel_stays
-- one row per hotel
select property_code, count(*) as stay_count
from guest_visit
group by property_code
order by property_code

-- name: hotels_of_one_person
-- stays of people whom a document or membership number knows (who has both counts twice): how often two of them are at one hotel. Who stays more often
-- counts more, not by all pairs
with stay as (
    select document_key as number, first_key, last_key, property_code, arrival_date
    from guest_visit
    inner join profile using (profile_number)
    where document_key is not null
    union
    select loyalty_number_key, first_key, last_key, property_code, arrival_date
    from guest_visit
    inner join profile using (profile_number)
    where loyalty_number_key is not null
),
at_hotel as (
    select number, first_key, last_key, count(*) as stays
    from stay
    group by number, first_key, last_key, property_code
)
select coalesce(sum(stays - 1), 0) as counted, coalesce(sum(pairs / stays), 0) as at_one_hotel
from (
    select sum(stays) as stays, sum(stays * (stays - 1)) as pairs
    from at_hotel
    group by number, first_key, last_key
    having sum(stays) > 1
)

-- name: hotels_of_relatives
-- pairs of two of one family name and one e-mail, phone or home (once for each of these): how often their stays are at one hotel. That they are two, their
-- given names and birth years or gender say, or a generation between two of one name. A day on which both came there is a journey together
with stay as (
    select
        unnest([profile.email_key, profile.phone_key, profile.postal_code_key || profile.address_key]) as contact,
        profile.first_key, profile.last_key, profile.gender, year(profile.birth_date) as birth_year,
        guest_visit.property_code, guest_visit.arrival_date
    from guest_visit
    inner join profile on guest_visit.profile_number = profile.profile_number
    where profile.first_key is not null and profile.last_key is not null and not profile.is_initial
),
at_contact as (select distinct * from stay where contact is not null),
met as (
    select distinct
        a.contact, a.last_key, a.first_key, b.first_key as other_first_key,
        a.property_code, b.property_code as other_property_code, a.arrival_date, b.arrival_date as other_arrival_date
    from at_contact as a
    inner join at_contact as b on a.contact = b.contact and a.last_key = b.last_key
    where (
            a.first_key < b.first_key and left(a.first_key, 1) <> left(b.first_key, 1)
            and (a.gender <> b.gender or a.birth_year <> b.birth_year)
        )
        or (a.first_key = b.first_key and b.birth_year - a.birth_year between 15 and 50)
)
select count(*) as counted, coalesce(sum(share), 0) as at_one_hotel
from (
    select avg(cast(property_code = other_property_code as int)) as share
    from met
    where property_code <> other_property_code or arrival_date <> other_arrival_date
    group by contact, last_key, first_key, other_first_key
)
