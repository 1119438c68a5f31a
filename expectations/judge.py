"""Great Expectations judges what was measured: one row per check, one expectation per pair of limits."""

import logging
import os
from collections.abc import Sequence
from typing import Any

import pandas as pd

from expectations.errors import GateError
from expectations.outcome import Check, GateStatus, Result

EXPECTATION = "expect_column_values_to_be_between"
#: at_least and at_most of a rule.
Limits = tuple[float | None, float | None]


def judge(checks: Sequence[Check], overridden: frozenset[str] = frozenset()) -> tuple[Result, ...]:
    """One result per check, in their order. `overridden` are rules that may fail tonight.

    Great Expectations is imported (3-5 s) only when there is something to judge.
    """
    failed = _failed({place: check for place, check in enumerate(checks) if check.is_judged})
    return tuple(_result(check, place in failed, overridden) for place, check in enumerate(checks))


def _result(check: Check, is_failed: bool, overridden: frozenset[str]) -> Result:
    status: GateStatus = "passed" if check.is_judged else "not_judged"
    if is_failed:
        status = "warned" if check.rule.severity == "warn" else "blocked"
        status = "overridden" if status == "blocked" and check.rule.rule in overridden else status
    return Result(check, EXPECTATION, not is_failed, status)


def _failed(checks: dict[int, Check]) -> set[int]:
    """Places of the checks that their rule does not allow.

    Rules with the same limits share a column: an expectation costs 15 ms, whatever its rows.
    """
    if not checks:
        return set()
    columns: dict[Limits, dict[int, float | None]] = {}
    for place, check in checks.items():
        columns.setdefault((check.rule.at_least, check.rule.at_most), {})[place] = check.measure.value
    frame = pd.DataFrame({_name(limits): pd.Series(values, dtype="float64") for limits, values in columns.items()})
    frame["place"] = frame.index
    return _validate(frame, list(columns))


def _name(limits: Limits) -> str:
    return f"from {limits[0]} to {limits[1]}"


def _validate(frame: pd.DataFrame, columns: list[Limits]) -> set[int]:
    gx, expectations = _great_expectations()
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    asset = context.data_sources.add_pandas("measures").add_dataframe_asset("batches")
    batch = asset.add_batch_definition_whole_dataframe("all").get_batch({"dataframe": frame})
    suite = gx.ExpectationSuite(
        name="gate",
        expectations=[
            expectations.ExpectColumnValuesToBeBetween(column=_name(limits), min_value=limits[0], max_value=limits[1])
            for limits in columns
        ],
    )
    report = batch.validate(
        suite, result_format={"result_format": "COMPLETE", "unexpected_index_column_names": ["place"]}
    )
    failed: set[int] = set()
    for result in report.results:
        failed |= _unexpected_places(result)
    return failed


def _unexpected_places(result: Any) -> set[int]:
    """Places of one expectation's failures. A check that broke also says success False: an error, not a verdict."""
    failure = result.exception_info
    if failure.get("raised_exception", bool(failure)):
        raise GateError(f"limits {result.expectation_config.kwargs['column']} could not be evaluated: {failure}")
    return {int(entry["place"]) for entry in result.result.get("unexpected_index_list") or ()}


def _great_expectations() -> tuple[Any, Any]:
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    logging.getLogger("great_expectations").setLevel(logging.WARNING)
    import great_expectations as gx
    import great_expectations.expectations as expectations

    logging.getLogger("great_expectations.data_context.types.base").setLevel(
        logging.WARNING
    )  # sets itself to INFO when imported
    return gx, expectations
