"""Marts of care and programmes computed again in pandas: who was lost and why, tiers earned, what to do, segments."""

import numpy as np
import pandas as pd

from tests.end_to_end.marts_in_pandas import UNITS, Facts

DAY = pd.Timedelta(days=1)
YEAR = 365 * DAY
#: Tier, nights and visits that earn it, from the top; either is enough.
TIER_RULE = (("platinum", 40, 15), ("gold", 20, 8), ("silver", 10, 4), ("classic", 0, 0))
TIER_ORDER = [name for name, *_ in TIER_RULE]
ANSWER_MINUTES = {"critical": 60, "high": 240}
RESOLVE_HOURS = {"critical": 24, "high": 48, "medium": 72}


def complaints(facts: Facts) -> pd.DataFrame:
    """One row per complaint: in time or not, repeated or not, returned or not; null while it can't be said."""
    rows = facts.ask(
        """select *, timezone('UTC', opened_at)::date::timestamp as opened,
            epoch(first_answered_at - opened_at) / 60 as minutes, epoch(resolved_at - opened_at) / 3600 as hours
        from core.fct_case where is_complaint"""
    ).sort_values(["opened_at", "source_system", "case_id"])
    visits = facts.visit.groupby("customer_id").arrival.apply(sorted).to_dict()
    told = []
    for number, row in enumerate(rows.itertuples()):
        answer = ANSWER_MINUTES.get(row.case_severity, 1440)
        resolve = RESOLVE_HOURS.get(row.case_severity, 168)
        sooner = rows.iloc[:number]
        mine = sooner[(sooner.customer_id == row.customer_id) & (sooner.opened >= row.opened - YEAR)]
        known = isinstance(row.customer_id, str)
        back = next((day for day in visits.get(row.customer_id, ()) if day > row.opened), None)
        told.append(
            {
                "month": row.opened.replace(day=1),
                "property": row.property_code if isinstance(row.property_code, str) else "none",
                "cause": row.case_category if isinstance(row.case_category, str) else "unknown",
                "is_repeat": known and len(mine) > 0,
                "is_answered": _kept(row.minutes, answer, row.opened + DAY * (1 + answer // 1440), facts.night),
                "is_resolved": _kept(row.hours, resolve, row.opened + DAY * (1 + resolve // 24), facts.night),
                "has_returned": None
                if not known
                else True
                if back is not None and back <= row.opened + YEAR
                else False
                if row.opened + YEAR <= facts.night
                else None,
            }
        )
    return pd.DataFrame(told)


def _kept(taken: float, limit: float, over_on: pd.Timestamp, night: pd.Timestamp) -> bool | None:
    if pd.notna(taken):
        return bool(taken <= limit)
    return False if over_on <= night else None


def complaint_counts(rows: pd.DataFrame) -> list[tuple]:
    """Per month, hotel and cause: complaints, repeated; answered, resolved, back after fast or slow, with judged."""
    counted = []
    for key, group in rows.groupby(["month", "property", "cause"]):
        fast, slow = (group[group.is_resolved.eq(kept)].has_returned.tolist() for kept in (True, False))
        answered, resolved = group.is_answered.tolist(), group.is_resolved.tolist()
        figures = [
            figure
            for judged in (answered, resolved, fast, slow)
            for figure in (sum(kept is not None for kept in judged), sum(kept is True for kept in judged))
        ]
        counted.append((*key, len(group), int(group.is_repeat.sum()), *figures))
    return sorted(counted)


def members(facts: Facts) -> list[tuple]:
    """Per member: nights and visits of the year, active or dormant, tier earned, what is proposed."""
    rows = facts.ask("select customer_id, lower(loyalty_tier_code) as tier from core.dim_customer where is_member")
    stay, visit, reservation = facts.stay, facts.visit, facts.reservation
    since = facts.night - YEAR
    nights = stay[(stay.arrival > since) & (stay.arrival <= facts.night)].groupby("customer_id").los_nights.sum()
    visits = visit[visit.arrival > since].groupby("customer_id").size()
    booked = set(reservation[reservation.status.eq("reserved") & (reservation.arrival > facts.night)].customer_id)
    here = set(facts.ask("select customer_id from core.fct_visit where is_in_house").customer_id)
    told = []
    for row in rows.itertuples():
        tier = row.tier if isinstance(row.tier, str) else "classic"
        night_count, visit_count = int(nights.get(row.customer_id, 0)), int(visits.get(row.customer_id, 0))
        earned = next(name for name, least, often in TIER_RULE if night_count >= least or visit_count >= often)
        active = visit_count > 0 or row.customer_id in booked | here
        step = TIER_ORDER.index(tier) - TIER_ORDER.index(earned) if tier in TIER_ORDER else None
        proposal = "unknown" if step is None else "up" if step > 0 else "down" if step < 0 else "keep"
        told.append(
            (row.customer_id, tier, night_count, visit_count, "active" if active else "dormant", earned, proposal)
        )
    return sorted(told)


def actions(facts: Facts) -> dict[str, str]:
    """Per customer the first action that fits."""
    customers = facts.ask("select customer_id, is_member from core.dim_customer").itertuples()
    scored = facts.ask("select customer_id, lifecycle_stage_code from ml.customer_segment")
    score = {row.customer_id: row for row in scored.itertuples()}
    open_case = facts.ask("select customer_id from core.fct_case where coalesce(case_status, 'open') = 'open'")
    left = facts.ask("select customer_id, max(departure_date)::timestamp as day from core.fct_visit group by all")
    last_departure = dict(zip(left.customer_id, left.day, strict=True))
    coming = facts.reservation[facts.reservation.status.eq("reserved") & (facts.reservation.arrival > facts.night)]
    next_arrival = coming.groupby("customer_id").arrival.min().to_dict()
    visits = facts.visit[facts.visit.arrival > facts.night - YEAR].groupby("customer_id").size().to_dict()
    warned = facts.ask("select customer_id, value_at_stake_amount::double as worth from marts.early_warning")
    worth = dict(zip(warned.customer_id, warned.worth, strict=True))
    may_call = set(facts.ask("select customer_id from core.customer_reach where may_phone").customer_id)
    spent = facts.ask(
        """select spend_trailing_year_amount::double as spent from ml.customer_segment
        where value_tier_code in ('vip', 'key')"""
    ).spent.min()
    direct = facts.ask("select customer_id, direct_share from core.customer_360")
    direct_share = dict(zip(direct.customer_id, direct.direct_share, strict=True))
    offered, cases = offers(facts), set(open_case.customer_id)
    chosen = {}
    for customer in customers:
        who = customer.customer_id
        stage = score[who].lifecycle_stage_code if who in score else None
        away = facts.night - last_departure.get(who, pd.Timestamp.max)
        ladder = {
            "solve_open_case": who in cases,
            "prepare_arrival": next_arrival.get(who, pd.Timestamp.max) <= facts.night + 14 * DAY,
            "thank_after_stay": 0 * DAY <= away <= 7 * DAY,
            "win_back_call": worth.get(who, -1) >= spent and who in may_call,
            "win_back_offer": who in worth,
            "invite_to_programme": not customer.is_member and visits.get(who, 0) >= 2,
            "cross_sell": who in offered and stage in ("new", "active", "won_back"),
            "second_stay_offer": stage == "new" and who not in next_arrival,
            "book_direct": stage in ("active", "won_back") and direct_share[who] < 0.5,
        }
        chosen[who] = next((action for action, fits in ladder.items() if fits), "none")
    return chosen


def offers(facts: Facts) -> set[str]:
    """Customers with an outlet of a hotel of theirs that goes with what they chose and that they never tried."""
    checks = facts.ask(
        """select customer_id, property_code, coalesce(outlet_name, outlet_code) as choice, line_count
        from core.fct_pos_check"""
    )
    stays = facts.ask("select customer_id, property_code, 'stay at ' || property_code as choice from core.fct_stay")
    outlets = checks.groupby("property_code").choice.apply(set).to_dict()
    used = pd.concat([checks[checks.line_count > 0], stays]).dropna(subset=["customer_id"])
    chosen, hotels = (used.groupby("customer_id")[name].apply(set) for name in ("choice", "property_code"))
    sold = set(checks.choice.dropna())
    rules = facts.ask("select * from marts.basket_rule where basket_code = 'choice_of_customer' and lift_ratio >= 1.1")
    usual_share = rules.consequent_count / rules.basket_count
    doubt = 2 * np.sqrt(usual_share * (1 - usual_share) / rules.antecedent_count)
    is_proven = rules.confidence_share > usual_share + doubt
    rules = rules[is_proven & rules.consequent_value.isin(sold)].sort_values(
        ["confidence_share", "lift_ratio", "consequent_value"], ascending=[False, False, True]
    )
    best = rules.groupby(["antecedent_value", "other_antecedent_value"], dropna=False).head(10)
    goes_with = [
        ({row.antecedent_value, row.other_antecedent_value} - {None, np.nan}, row.consequent_value)
        for row in best.itertuples()
    ]
    return {
        customer
        for customer, choices in chosen.items()
        if any(
            have <= choices and to not in choices and any(to in outlets.get(p, ()) for p in hotels[customer])
            for have, to in goes_with
        )
    }


def segments(facts: Facts) -> pd.DataFrame:
    """Per segment: customers, spend ever and of the year, expected revenue (units), visits, complaints per visit."""
    rows = facts.ask(
        f"""select segment.customer_id, segment.segment_code, churn.churn_probability,
            (clv.expected_revenue_amount * {UNITS})::bigint as expected_units
        from ml.customer_segment as segment
        left join ml.customer_churn as churn using (customer_id) left join ml.customer_clv as clv using (customer_id)"""
    ).set_index("customer_id")
    stay = facts.stay[facts.stay.customer_id.notna()]
    year = stay[stay.arrival > facts.night - YEAR]
    complaint = facts.ask("select customer_id from core.fct_interaction where reason_code = 'complaint'")
    rows["units"] = stay.groupby("customer_id").units.sum().reindex(rows.index, fill_value=0)
    rows["units_year"] = year.groupby("customer_id").units.sum().reindex(rows.index, fill_value=0)
    rows["visits"] = facts.visit.groupby("customer_id").size().reindex(rows.index, fill_value=0)
    rows["complaints"] = complaint.groupby("customer_id").size().reindex(rows.index, fill_value=0)
    grouped = rows.groupby("segment_code")
    table = grouped[["units", "units_year", "expected_units", "visits", "complaints"]].sum().astype("int64")
    return table.assign(customers=grouped.size(), churn=grouped.churn_probability.mean())


def lost(facts: Facts) -> list[tuple]:
    """Per customer and day of loss (from the stage periods): what the last visit was, what came before and after."""
    periods = facts.ask(
        """select customer_id, stage_from_date::timestamp as lost_on, stage_to_date::timestamp as until,
            last_visit_on::timestamp as last_visit, is_current
        from marts.customer_stage_period where lifecycle_stage_code = 'lost'"""
    )
    money = f"(coalesce(room_revenue_reporting_amount, 0) * {UNITS})::bigint as room_units"
    work = """coalesce(regexp_matches(lower(purpose_code), '^(bus|work|corp|conf|meet)'), company_id is not null
        or coalesce(regexp_matches(lower(market_segment_code), '^(bus|corp|negot|gov)'), false)) as is_business"""
    stays = facts.ask(f"select stay_id, {money}, {work} from core.fct_stay").merge(facts.stay, on="stay_id")
    cases = complaint_days(facts)
    missed = facts.reservation[facts.reservation.status.eq("no_show")]
    billed = facts.ask(
        """select call.customer_id, timezone('UTC', call.started_at)::date::timestamp as started,
            timezone('UTC', billing.resolved_at)::date::timestamp as resolved
        from core.fct_interaction as call
        inner join core.fct_case as billing using (source_system, case_id)
        where call.reason_code = 'billing'"""
    )
    told = []
    for row in periods.itertuples():
        mine = stays[stays.customer_id == row.customer_id].sort_values(["arrival", "stay_id"])
        before = mine[mine.arrival <= row.last_visit]
        complained = sum(row.last_visit - 30 * DAY <= day <= row.lost_on for day in cases.get(row.customer_id, ()))
        own = missed[missed.customer_id == row.customer_id].arrival
        no_shows = int(own.between(row.last_visit, row.lost_on).sum())
        bills = billed[billed.customer_id == row.customer_id]
        is_open = bills.resolved.isna() | (bills.resolved > row.lost_on)
        owes = bool((bills.started.between(row.last_visit, row.lost_on) & is_open).any())
        after = mine[(mine.arrival > row.until) & (mine.arrival <= row.until + YEAR)]
        told.append(
            (
                row.customer_id,
                row.lost_on,
                before.property_code.iloc[-1],
                complained,
                no_shows,
                _churn_type(before, row.last_visit, complained, owes, no_shows),
                int(before.units.sum()),
                int(before[before.arrival > row.last_visit - YEAR].units.sum()),
                0 if row.is_current else int(after.units.sum()),
            )
        )
    return sorted(told)


def complaint_days(facts: Facts) -> dict[str, list[pd.Timestamp]]:
    """Days on which a customer's complaints were opened."""
    rows = facts.ask(
        """select customer_id, timezone('UTC', opened_at)::date::timestamp as opened from core.fct_case
        where is_complaint and customer_id is not null"""
    )
    return rows.groupby("customer_id").opened.apply(list).to_dict()


def _churn_type(before: pd.DataFrame, last_visit: pd.Timestamp, complained: int, owes: bool, no_shows: int) -> str:
    at_last, sooner = before[before.arrival == last_visit], before[before.arrival < last_visit]
    if complained:
        return "service_failure"
    if owes:
        return "bad_debt"
    if no_shows:
        return "no_show"
    if sooner.empty:
        return "first_timer"
    # last rate over 1.25 of the earlier one, without dividing: nights are whole, money is whole units
    nights, nights_before = int(at_last.los_nights.sum()), int(sooner.los_nights.sum())
    last, earlier = int(at_last.room_units.sum()), int(sooner.room_units.sum())
    if nights and nights_before and 4 * last * nights_before > 5 * earlier * nights:
        return "price"
    return "travel_reason" if before.is_business.mean() >= 0.5 else "natural"
