"""SQL over the scores as of the night: one query per measure, for one row (how many are bad, of how many)."""

_SEGMENT = "(select * from ml.customer_segment_history where as_of_date = $night_date)"
_CHURN = "(select * from ml.customer_churn_history where as_of_date = $night_date)"
_CLV = "(select * from ml.customer_clv_history where as_of_date = $night_date)"
_REPEATED = "select count(*) - count(distinct customer_id), count(*) from {}"
_TIER = "select count_if(value_tier_code = '{}'), count(*) from {}"
_UNVERSIONED = "select count_if({} is not null and model_version is null), count(*) from {}"
_NO_PROBABILITY = "select count_if(isnan({0}) or not {0} between 0 and 1), count({0}) from {1}"

_SCORED = f"(select count(churn_probability) from {_CHURN})"
_TONIGHT = "(select * from ml.model_drift_history where model_name = 'churn' and as_of_date = $night_date)"
#: Largest population stability index tonight, and the columns of another population, at most five.
_DRIFT = f"""
select max(psi), {_SCORED},
    'largest in ' || arg_max(column_name, (psi, column_name)) || coalesce(
        '; drifted: ' || array_to_string(
            list_slice(list_sort(list(column_name) filter (where drift_code = 'drifted')), 1, 5), ', '
        ), ''
    )
from {_TONIGHT}
where {{}}
"""
#: Nights in a row, up to tonight, on which the scores of the model in use were those of another population.
_DRIFTED_NIGHTS = f"""
with night as (
    select as_of_date, drift_code = 'drifted' as is_drifted
    from ml.model_drift_history
    where model_name = 'churn' and column_name = 'churn_probability' and as_of_date <= $night_date
        and model_version = (select any_value(model_version) from {_TONIGHT})
)
select count(*) filter (
    where as_of_date > coalesce((select max(as_of_date) from night where not is_drifted), date '0001-01-01')
), {_SCORED}, null
from night
"""

#: What ml.model_health says of scores whose horizon is over: 0 healthy, 1 degraded, 2 failed.
_MATURED = """
select list_position(['healthy', 'degraded', 'failed'], health_code) - 1, row_count,
    health_code || ': Brier ' || round(brier, 4) || ', of visits alone ' || round(fallback_brier, 4)
    || ', calibration error ' || round(calibration_error, 4) || ', scores of ' || judged_as_of_date
from ml.model_health_history
where model_name = 'churn' and as_of_date = $night_date and health_code <> 'unjudged'
"""
#: Nights in a row, up to tonight, on which matured scores of the version in use failed.
_FAILED_NIGHTS = f"""
with night as (
    select as_of_date, health_code = 'failed' as is_failed
    from ml.model_health_history
    where model_name = 'churn' and as_of_date <= $night_date
        and model_version = (select any_value(model_version) from {_CHURN} where churn_probability is not null)
)
select count(*) filter (
    where is_failed
        and as_of_date > coalesce((select max(as_of_date) from night where not is_failed), date '0001-01-01')
), {_SCORED}, null
from night
"""

#: Measures of the scores as of the night: the column they speak of, and a query as above.
SCORE_MEASURES: dict[str, tuple[str, str]] = {
    "segment_repeated": ("customer_id", _REPEATED.format(_SEGMENT)),
    "churn_repeated": ("customer_id", _REPEATED.format(_CHURN)),
    "clv_repeated": ("customer_id", _REPEATED.format(_CLV)),
    "churn_outside": ("churn_probability", _NO_PROBABILITY.format("churn_probability", _CHURN)),
    "p_alive_outside": ("p_alive", _NO_PROBABILITY.format("p_alive", _CLV)),
    "clv_not_a_value": (
        "expected_revenue_amount",
        f"""
        select count_if(
            expected_revenue_amount < 0 or expected_stays < 0 or isnan(expected_stays) or isinf(expected_stays)
        ), count(*)
        from {_CLV}
        """,
    ),
    "segment_version_missing": ("model_version", _UNVERSIONED.format("segment_code", _SEGMENT)),
    "churn_version_missing": ("model_version", _UNVERSIONED.format("churn_probability", _CHURN)),
    "clv_version_missing": ("model_version", _UNVERSIONED.format("expected_stays", _CLV)),
    "visitor_without_segment": (
        "customer_id",
        f"""
        select count_if(customer_id not in (select customer_id from {_SEGMENT})), count(*)
        from (
            select distinct customer_id from core.fct_visit
            where customer_id is not null and arrival_date <= $night_date
        )
        """,
    ),
    "score_without_customer": (
        "customer_id",
        f"""
        select count_if(customer_id not in (select customer_id from core.dim_customer)), count(*)
        from {_SEGMENT}
        """,
    ),
    "churn_not_scored": ("churn_probability", f"select count_if(churn_probability is null), count(*) from {_CHURN}"),
    "vip_tier": ("value_tier_code", _TIER.format("vip", _SEGMENT)),
    "key_tier": ("value_tier_code", _TIER.format("key", _SEGMENT)),
    "regular_tier": ("value_tier_code", _TIER.format("regular", _SEGMENT)),
    "largest_segment": (
        "segment_code",
        f"""
        select coalesce(max(customer_count), 0), coalesce(sum(customer_count), 0)::bigint
        from (select count(*) as customer_count from {_SEGMENT} group by segment_code)
        """,
    ),
    "churn_mean_shift": (
        "churn_probability",
        f"""
        select abs(tonight.mean - earlier.mean), tonight.customer_count
        from (select avg(churn_probability) as mean, count(*) as customer_count from {_CHURN}) as tonight
        cross join (
            select avg(churn_probability) as mean from ml.customer_churn_history
            where as_of_date = (
                select max(as_of_date) from ml.customer_churn_history where as_of_date < $night_date
            )
        ) as earlier
        """,
    ),
    "score_drift": ("churn_probability", _DRIFT.format("column_name = 'churn_probability'")),
    "input_drift": ("features", _DRIFT.format("column_name <> 'churn_probability'")),
    "score_drift_nights": ("churn_probability", _DRIFTED_NIGHTS),
    "matured_health": ("churn_probability", _MATURED),
    "matured_failed_nights": ("churn_probability", _FAILED_NIGHTS),
}

#: Measures whose first figure is a plain number.
NUMBER_MEASURES = frozenset(
    {"churn_mean_shift", "score_drift", "input_drift", "score_drift_nights", "matured_health", "matured_failed_nights"}
)
