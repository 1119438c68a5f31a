"""Does the world hold together: dates, money, rooms, people, scenarios."""

import json

import numpy as np
import pandas as pd
import phonenumbers
import pytest

from simulator.people import QUOTA
from tests.unit.simulator.conftest import World, make
from tests.unit.simulator.files import current, read_feed

RESERVATION = ["source_system", "property_code", "reservation_id"]
CHECK = ["source_system", "property_code", "pos_check_id"]


@pytest.fixture(scope="module")
def reservations(clean: World) -> pd.DataFrame:
    rows = current(read_feed(clean.landing, "reservations"), RESERVATION)
    for name in ("arrival_date", "departure_date"):
        rows[name] = pd.to_datetime(rows[name].astype(str))
    for name in [name for name in rows if name.endswith("_amount")] + ["room_count"]:
        rows[name] = rows[name].astype(float)
    return rows


@pytest.fixture(scope="module")
def lines(clean: World) -> pd.DataFrame:
    rows = current(read_feed(clean.landing, "pos_checks"), [*CHECK, "line_number"])
    for name in [name for name in rows if name.endswith("_amount")]:
        rows[name] = rows[name].astype(float)
    rows["is_void"] = rows["is_void"].astype(str).str.lower() == "true"
    return rows


def test_every_reservation_is_delivered_and_has_one_guest_in_truth(clean: World, reservations: pd.DataFrame) -> None:
    guests = clean.known("reservation_person").query("role == 'guest' and is_current")
    assert len(reservations) == clean.summary["reservations"] == len(guests)
    assert len(reservations.merge(guests, on=RESERVATION)) == len(guests)


def test_dirt_hides_no_reservation_and_no_line(usual: World) -> None:
    rows = read_feed(usual.landing, "reservations").dropna(subset=["reservation_id"])
    rows = rows[rows["updated_at"].astype(str) != "yesterday"].dropna(subset=["updated_at"])
    guests = usual.known("reservation_person").query("role == 'guest' and is_current")
    assert len(rows.drop_duplicates(RESERVATION)) == len(guests)


def test_no_one_leaves_before_arriving(reservations: pd.DataFrame) -> None:
    assert (reservations["departure_date"] >= reservations["arrival_date"]).all()
    booked = pd.to_datetime(reservations["booked_at"], utc=True, format="ISO8601")
    assert (booked.dt.tz_localize(None).dt.normalize() <= reservations["arrival_date"] + pd.Timedelta("1D")).all()


def test_statuses_at_the_end(reservations: pd.DataFrame) -> None:
    assert set(reservations["status"]) >= {"reserved", "in_house", "checked_out", "cancelled", "no_show"}
    future = reservations["arrival_date"] > "2026-11-20"
    assert set(reservations.loc[future, "status"]) <= {"reserved", "waitlisted", "cancelled"}
    gone = reservations["departure_date"] < "2026-11-20"
    assert set(reservations.loc[gone, "status"]) == {"checked_out", "cancelled", "no_show"}


def test_versions_follow_the_life_of_a_reservation(clean: World) -> None:
    order = {"waitlisted": 0, "reserved": 0, "in_house": 1, "checked_out": 2, "cancelled": 2, "no_show": 2}
    rows = read_feed(clean.landing, "reservations")
    rows["step"] = rows["status"].map(order)
    rows["at"] = pd.to_datetime(rows["updated_at"], utc=True, format="ISO8601")
    rows = rows.sort_values([*RESERVATION, "at"])
    assert rows.groupby(RESERVATION)["step"].apply(lambda step: step.is_monotonic_increasing).all()
    assert (rows.groupby(RESERVATION).size() > 1).sum() > 20


def test_totals_are_the_sum_of_their_parts(reservations: pd.DataFrame) -> None:
    parts = reservations[["room_revenue_amount", "fnb_revenue_amount", "other_revenue_amount"]].sum(axis=1)
    assert np.allclose(parts, reservations["total_revenue_amount"], atol=0.005)


def test_nightly_amounts_add_up_to_the_room_revenue(reservations: pd.DataFrame) -> None:
    sent = reservations.dropna(subset=["nightly_amounts"])
    assert len(sent) > 100
    for row in sent.itertuples():
        value = row.nightly_amounts
        nights = json.loads(value) if isinstance(value, str) else value
        assert len(nights) == (row.departure_date - row.arrival_date).days
        assert round(sum(night["room_amount"] for night in nights), 2) == row.room_revenue_amount


def test_no_hotel_sells_more_rooms_than_it_has(clean: World, reservations: pd.DataFrame) -> None:
    held = reservations[reservations["status"].isin(["in_house", "checked_out"])]
    held = held.drop_duplicates(["property_code", "arrival_date", "room_number"])
    nights = np.maximum((held["departure_date"] - held["arrival_date"]).dt.days, 1)
    rooms = held.loc[held.index.repeat(nights)]
    rooms = rooms.assign(stay_date=rooms["arrival_date"] + pd.to_timedelta(rooms.groupby(level=0).cumcount(), unit="D"))
    sold = rooms.groupby(["property_code", "stay_date"])["room_count"].sum().groupby("property_code").max()
    size = pd.read_csv(clean.landing / "reference" / "property.csv").set_index("property_code")["room_count"]
    assert len(sold) == 5
    assert (sold <= size[sold.index]).all()


def test_room_charges_fall_into_the_stay_and_the_room_of_their_guest(
    clean: World, reservations: pd.DataFrame, lines: pd.DataFrame
) -> None:
    charged = clean.known("pos_check_person").query("is_room_charge")
    checks = lines.drop_duplicates(CHECK).merge(charged, on=CHECK, suffixes=("", "_truth"))
    stays = reservations[["property_code", "reservation_id", "arrival_date", "departure_date", "room_number"]]
    checks = checks.merge(
        stays, left_on=["property_code", "reservation_id_truth"], right_on=["property_code", "reservation_id"]
    )
    day = pd.to_datetime(checks["business_date"].astype(str))
    assert len(checks) > 100
    assert ((day >= checks["arrival_date"]) & (day <= checks["departure_date"])).all()
    assert (checks["room_number_x"] == checks["room_number_y"]).mean() > 0.95  # the rest moved


def test_net_is_gross_minus_discount_and_shares_are_as_planned(lines: pd.DataFrame) -> None:
    assert np.allclose(lines["gross_amount"] - lines["discount_amount"], lines["net_amount"], atol=0.005)
    shares = lines.drop_duplicates(CHECK)["payment_method_code"].value_counts(normalize=True)
    assert 0.45 < shares["room_charge"] < 0.7
    assert lines["is_void"].mean() < 0.05


def test_the_folio_shows_at_least_the_room_charged_food(
    clean: World, reservations: pd.DataFrame, lines: pd.DataFrame
) -> None:
    charged = clean.known("pos_check_person").query("is_room_charge")[[*CHECK, "reservation_id"]]
    food = lines[~lines["is_void"] & lines["item_category"].isin(["food", "beverage"])].drop(columns="reservation_id")
    posted = (
        food.merge(charged, on=CHECK).groupby(["property_code", "reservation_id"])["net_amount"].sum().rename("posted")
    )
    out = reservations[reservations["status"] == "checked_out"].join(posted, on=["property_code", "reservation_id"])
    assert (out["fnb_revenue_amount"] >= out["posted"].fillna(0) - 0.01).all()


def test_every_scenario_occurs_and_pairs_come_in_twos(clean: World) -> None:
    people = clean.known("person")
    assert set(people["scenario"]) == {*QUOTA, "plain", "assistant"}
    pairs = people.dropna(subset=["partner_id"]).set_index("person_id")
    assert (pairs.loc[pairs["partner_id"], "partner_id"].to_numpy() == pairs.index).all()


def test_scenarios_share_what_they_say(clean: World) -> None:
    people = clean.known("person").set_index("person_id")
    pairs = people.dropna(subset=["partner_id"])
    other = people.loc[pairs["partner_id"]].set_index(pairs.index)

    def equal(scenario: str, name: str) -> pd.Series:
        at = pairs["scenario"] == scenario
        return pairs.loc[at, name] == other.loc[at, name]

    assert equal("couple", "email").all()
    assert equal("couple", "phone").all()
    assert not equal("couple", "first_name").any()
    for name in ("first_name", "last_name"):
        assert equal("parent_child", name).all()
        assert equal("homonym", name).all()
    assert not equal("homonym", "email").any()
    years = (pairs["birth_date"] - other["birth_date"]).abs().dt.days / 365
    assert (years[pairs["scenario"] == "parent_child"] > 17).all()
    recycled = pairs["scenario"] == "recycled_phone"
    assert ((pairs["phone"] == other["new_phone"]) | (pairs["new_phone"] == other["phone"]))[recycled].all()


def test_selected_scenarios_leave_the_rest_plain(tmp_path) -> None:
    world = make(tmp_path, customers=200, scenarios={"couple": 0.5})
    assert set(world.summary["scenarios"]) == {"couple", "plain"}
    assert world.summary["scenarios"]["couple"] == 100


def test_most_phone_numbers_are_possible_ones(clean: World) -> None:
    people = clean.known("person").dropna(subset=["phone"])
    people = people[people["scenario"] != "assistant"]
    valid = [phonenumbers.is_valid_number(phonenumbers.parse(phone)) for phone in people["phone"]]
    assert np.mean(valid) > 0.95


def test_mail_addresses_of_people_are_on_reserved_domains(clean: World) -> None:
    domain = clean.known("person")["email"].str.partition("@")[2]
    assert domain.str.match(r"(example\.(com|org|net)|.*\.example)$").all()


def test_cases_are_answered_after_they_are_opened(clean: World) -> None:
    calls = current(read_feed(clean.landing, "interactions"), ["source_system", "interaction_id"])
    assert len(calls) == len(clean.known("interaction_person"))
    cases = calls.dropna(subset=["case_id"])
    times = {
        name: pd.to_datetime(cases[name], utc=True, format="ISO8601")
        for name in ("case_opened_at", "case_first_answered_at", "case_resolved_at")
    }
    assert len(cases) > 10
    assert (
        times["case_first_answered_at"].dropna() >= times["case_opened_at"][times["case_first_answered_at"].notna()]
    ).all()
    assert (times["case_resolved_at"].dropna() >= times["case_opened_at"][times["case_resolved_at"].notna()]).all()
    chained = calls.dropna(subset=["initial_interaction_id"])
    assert set(chained["initial_interaction_id"]) <= set(calls["interaction_id"])
