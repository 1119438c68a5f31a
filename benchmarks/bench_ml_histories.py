"""Histories of other trades against the bars of issue 5: python -m benchmarks.bench_ml_histories [set] [folder].

Trains and scores as a night does, at several cut-offs of each set, and judges what came. Real sets: CDNOW and the
donations-like example of the `lifetimes` package, and every `*.parquet` of a folder given (customer_id, day, amount).
Made-up sets: benchmarks.history_worlds and benchmarks.trade_worlds. The model was tuned on seeds 1 to 69 and looked at
on 211, 307, 409, 613, 1009 and (value) 1511: judge on others.

A bar can be missed by luck. `ece_floor` says how much, `brier_by_luck` and the like how often: the calibration error,
and the share of missed bars, that the same probabilities would have if they were exactly true.
"""

import importlib.util
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.history_worlds import WORLDS
from benchmarks.trade_worlds import TRADES
from ml.churn_judging import BASELINE_DESIGNS, baseline_probability
from ml.churn_training import train_churn
from ml.history import CutOff, p_none, training_cut_offs
from ml.horizon import has_season
from ml.judge import auc, calibration_error, calibration_line, judge_amount, lift_gain, top_decile_lift
from ml.training import cut_off_dates
from ml.value_model import ValueModel
from ml.value_training import train_value
from tests.unit.ml.histories import cdnow, cut_off, lifetimes_file

RESAMPLES = 40
RNG_SEED = 5
JUDGING_SEED = 1709  # one that nobody has looked at
ECE_BARS = {False: 0.035, True: 0.07}  # by whether the season turns
SLOPE_BARS = {False: (0.85, 1.25), True: (0.85, 1.3)}
SEASONAL = ("seasonal", "christmas_buyers", "quarterly_promotions", "ski_lift", "gift_wholesale", "library")
WORLDS_JUDGED = (  # name, days of history, customers, horizon, window
    ("rhythms_of_many_kinds", 1460, 4000, 180, 365),
    ("rhythms_of_many_kinds", 1100, 700, 180, 365),
    ("seasonal", 1825, 5000, 90, 365),
    ("seasonal", 1825, 5000, 180, 365),
    ("seasonal", 1825, 5000, 365, 730),
    ("monthly_contracts", 1100, 3000, 60, 120),
    ("clumpy", 1100, 3000, 90, 180),
    ("growing", 900, 6000, 90, 180),
    ("one_cohort", 700, 8000, 90, 180),
    ("yearly_givers", 2200, 5000, 365, 730),
    ("weekly_groceries", 500, 1500, 30, 90),
    ("christmas_buyers", 1825, 5000, 90, 400),
    ("regime_change", 1100, 3000, 90, 180),
    ("quarterly_promotions", 1100, 5000, 60, 180),
    ("quarterly_orders", 1100, 3000, 90, 365),
    ("campaigns", 1100, 5000, 90, 270),
    ("trial_then_loyal", 1100, 4000, 60, 180),
    ("canteen", 760, 1500, 21, 60),
    ("ski_lift", 1825, 5000, 120, 400),
    ("ski_lift", 1825, 5000, 365, 730),
    ("gift_wholesale", 373, 4300, 60, 180),
    ("gift_wholesale", 730, 4300, 90, 365),
    ("corner_shop", 122, 9000, 30, 60),
    ("one_promotion", 900, 5000, 90, 270),
    ("twice_then_gone", 900, 6000, 90, 365),
    ("shutdown", 1100, 4000, 90, 180),
    ("listeners", 500, 1200, 30, 60),
    ("lapsed_donors", 2200, 8000, 180, 730),
    ("shrinking", 900, 4000, 90, 180),
    ("library", 1300, 5000, 60, 180),
    ("growing", 500, 600, 60, 120),
)
LUCK = ("brier", "lift", "ece", "slope")  # bars that exactly true probabilities may miss


@dataclass(frozen=True)
class Case:
    """A set with its settings and cut-offs."""

    name: str
    purchases: pd.DataFrame
    horizon_days: int
    window_days: int
    dates: tuple[date, ...]
    turns: bool = False  # the season turns: the wider bars of calibration


def cases(folder: str | None) -> Iterator[Case]:
    """Real sets first, then made-up ones: three cut-offs each, the last one a horizon before the end."""
    yield _case("cdnow", cdnow(), 90, 180)
    yield _case("cdnow", cdnow(), 60, 180)
    yield _case("example", _example(), 60, 180)
    for path in sorted(Path(folder).glob("*.parquet")) if folder else ():
        yield _case(path.stem, pd.read_parquet(path), 30, 90)
    for name, days, count, horizon, window in WORLDS_JUDGED:
        make = WORLDS.get(name) or TRADES[name]
        purchases = make(np.random.default_rng(JUDGING_SEED), days, count)
        yield _case(f"{name} of {count}", purchases, horizon, window, name in SEASONAL and has_season(horizon))


def judge_case(case: Case, as_of: date) -> dict[str, Any]:
    """Figures of one cut-off: ours, and the margins that the bars speak of."""
    first = case.purchases["day"].min().date()
    past = [cut_off(case.purchases, day, case.horizon_days) for day in cut_off_dates(first, as_of, case.horizon_days)]
    came = cut_off(case.purchases, as_of, case.horizon_days)
    training = train_churn(CutOff(as_of, came.features), past, case.horizon_days, case.window_days, RNG_SEED)
    window = came.keep(came.in_window(case.window_days))
    label, ours = window.has_left(), training.scorer.probability(window.features)
    if ours is None:
        return {"set": case.name, "as_of": as_of, "method": "none"}
    others = {name: p_none(model, window.features, case.horizon_days) for name, model in came.rhythms.items()}
    known = [c for c in past if c.as_of_date <= as_of - timedelta(days=case.horizon_days)]
    train = training_cut_offs(past, as_of, case.horizon_days) or known[:1]
    for name, make in BASELINE_DESIGNS.items() if train else ():
        others[name] = baseline_probability(make, train, window, case.window_days)
    area = auc(label, ours)
    return {
        "set": f"{case.name} {case.horizon_days}/{case.window_days}",
        "turns": case.turns,
        "as_of": as_of,
        "n": len(label),
        "method": training.scorer.method,
        "auc": area,
        "over_hiatus": area - auc(label, others["hiatus"]) if "hiatus" in others else np.nan,
        "over_bgnbd": area - auc(label, others["bgnbd"]),
        "bgnbd_se": _auc_error(label, ours, others["bgnbd"]),
        **_against_best(label, ours, others),
        **_by_luck(ours, others, case.turns),
        **_value_figures(came, past, case.horizon_days),
    }


def failures(row: dict[str, Any]) -> list[str]:
    """The bars of one cut-off that were missed."""
    if row["method"] == "none":
        return ["not scored"]
    missed = {
        "below hiatus": row["over_hiatus"] < 0,
        "below bgnbd": row["over_bgnbd"] < -2 * row["bgnbd_se"],
        **_missed(row, row["turns"]),
        "leak?": row["auc"] > 0.9,
        **{f"{part} {name}": row[f"{part}_{name}"] > limit for part in ("stays", "money") for name, limit in LIMITS},
    }
    return [name for name, is_missed in missed.items() if is_missed]


LIMITS = (("mae", 1.0005), ("rank", 0.0005), ("total", 0.1))


def _value_figures(came: CutOff, past: list[CutOff], horizon_days: int) -> dict[str, float]:
    """Error over that of BG/NBD with Gamma-Gamma, rank lost against it, and error of the total beyond its own."""
    night = CutOff(came.as_of_date, came.features)
    model = train_value(night, past, horizon_days, RNG_SEED).model
    plain = replace(model, rhythm=came.rhythms["bgnbd"], pace=1.0, correction=None)
    figures = {}
    for part, column, actual in (
        ("stays", "expected_stays", came.future_visit_count),
        ("money", "expected_revenue_amount", came.future_revenue_amount),
    ):
        ours, theirs = (_amounts(m, came, column, actual) for m in (model, plain))
        error = [abs(f["total_expected"] / max(f["total_actual"], 1e-9) - 1.0) for f in (ours, theirs)]
        figures[f"{part}_mae"] = ours["mean_absolute_error"] / max(theirs["mean_absolute_error"], 1e-9)
        figures[f"{part}_rank"] = theirs["rank_correlation"] - ours["rank_correlation"]
        figures[f"{part}_total"] = error[0] - error[1]
    return figures


def _amounts(model: ValueModel, came: CutOff, column: str, actual: Any) -> dict[str, float]:
    return judge_amount(actual, model.predict(came.features)[column].to_numpy())


def _against_best(label: Any, ours: Any, others: dict[str, Any]) -> dict[str, float]:
    """Brier score and lift against the best baseline's, in paired standard errors; calibration error and slope."""
    best = others[min(others, key=lambda name: float(np.mean((others[name] - label) ** 2)))]
    brier = (best - label) ** 2 - (ours - label) ** 2
    best = others[max(others, key=lambda name: top_decile_lift(label, others[name]))]
    lift, lift_error = lift_gain(label, best, ours)
    return {
        "brier_se": float(brier.mean() / max(brier.std() / np.sqrt(len(brier)), 1e-12)),
        "lift_se": lift / max(lift_error, 1e-12) if lift else 0.0,
        "ece": calibration_error(label, ours),
        "slope": calibration_line(label, ours)[1],
    }


def _missed(row: dict[str, Any], turns: bool) -> dict[str, bool]:
    low, high = SLOPE_BARS[turns]
    return {
        "brier": row["brier_se"] < -1,
        "lift": row["lift_se"] < -1,
        "ece": row["ece"] > ECE_BARS[turns],
        "slope": not low <= row["slope"] <= high,
    }


def _by_luck(ours: Any, others: dict[str, Any], turns: bool) -> dict[str, float]:
    """Mean calibration error, and shares of missed bars, over labels drawn from our own probabilities."""
    rng = np.random.default_rng(RNG_SEED)
    drawn = [_against_best((rng.random(len(ours)) < ours).astype(np.float64), ours, others) for _ in range(RESAMPLES)]
    return {
        "ece_floor": float(np.mean([row["ece"] for row in drawn])),
        **{f"{bar}_by_luck": float(np.mean([_missed(row, turns)[bar] for row in drawn])) for bar in LUCK},
    }


def _auc_error(label: Any, ours: Any, theirs: Any) -> float:
    rng = np.random.default_rng(RNG_SEED)
    draws = (rng.integers(0, len(label), len(label)) for _ in range(RESAMPLES))
    return float(np.std([auc(label[i], ours[i]) - auc(label[i], theirs[i]) for i in draws]))


def _case(name: str, purchases: pd.DataFrame, horizon: int, window: int, turns: bool = False) -> Case:
    last = purchases["day"].max().date()
    dates = tuple(last - timedelta(days=horizon + back) for back in (0, horizon // 2 + 5, horizon + 13))
    return Case(name, purchases, horizon, window, dates, turns)


def _example() -> pd.DataFrame:
    rows = pd.read_csv(lifetimes_file("example_transactions.csv"))
    amount = np.random.default_rng(RNG_SEED).lognormal(4, 0.5, len(rows)).round(2)
    return pd.DataFrame({"customer_id": rows["id"].astype(str), "day": pd.to_datetime(rows["date"]), "amount": amount})


def main() -> None:
    """One line per set and cut-off, then the means by set and how many bars were missed."""
    if importlib.util.find_spec("lifetimes") is None:
        sys.exit("needs the development dependencies: make setup")
    wanted, folder = ([*sys.argv[1:], "", ""])[:2]
    rows = []
    for case in cases(folder or None):
        for as_of in case.dates if wanted in case.name else ():
            row = judge_case(case, as_of)
            rows.append(row)
            shown = " ".join(f"{k}={v:.3f}" if isinstance(v, float) else f"{v}" for k, v in row.items())
            print(shown, "|", ", ".join(failures(row)) or "all bars", flush=True)
    print_summary(rows)


def print_summary(rows: list[dict[str, Any]]) -> None:
    """Means by set, misses by bar beside what luck alone would miss, and the bars on means."""
    table = pd.DataFrame(rows).dropna(subset=["auc"])
    missed = [failures(row) for row in table.to_dict("records")]
    means = table.assign(missed=[len(names) for names in missed])
    means = means.drop(columns=["as_of", "method", "turns"]).groupby("set", sort=False).mean()
    print(means.round(3).to_string())
    counts = pd.Series([name for names in missed for name in names]).value_counts().rename("missed").to_frame()
    counts["by luck"] = [table[f"{bar}_by_luck"].sum() if bar in LUCK else np.nan for bar in counts.index]
    print(f"bars missed, of {len(table)} cut-offs, and how often exactly true probabilities would miss them:")
    print(counts.round(1).to_string())
    print(f"sets whose mean AUC is 0.06 over hiatus: {(means['over_hiatus'] >= 0.06).sum()} of {len(means)}")
    print(f"sets whose mean AUC is no less than that of BG/NBD: {(means['over_bgnbd'] >= 0).sum()} of {len(means)}")
    print(f"bars missed: {sum(map(len, missed))} of {len(table) * 13}")


if __name__ == "__main__":
    main()
