"""Document and card numbers exist only as keyed hashes: in rows, in quarantine, in extra, in reasons."""

import json

import pytest

from guestbook.privacy import keyed_hash
from ingest.redact import is_sensitive_name
from tests.unit.ingest.conftest import Stage, csv_text, reservation

DOCUMENT = "P 123-456 X"
CARD = "4111 1111 1111 1111"


def everything(stage: Stage) -> str:
    return json.dumps([stage.rows(), stage.quarantined()], default=str)


def test_a_document_number_is_hashed_alike_however_it_is_written(stage: Stage):
    stage.deliver(
        "a.csv",
        csv_text(
            [
                reservation(guest_document_number=DOCUMENT),
                reservation(reservation_id="R2", guest_document_number="p123456x"),
            ]
        ),
    )
    stage.run()
    expected = keyed_hash(stage.settings.installation_key, "P123456X")
    assert [row["guest_document_number"] for row in stage.rows()] == [expected, expected]


@pytest.mark.parametrize("place", ["good", "quarantined", "short", "long"])
def test_no_document_number_is_left_anywhere(stage: Stage, place: str):
    lines = csv_text([reservation(guest_document_number=DOCUMENT, guest_city="Rome")]).splitlines()
    line = {
        "good": lines[1],
        "quarantined": lines[1].replace("2026-12-01", "soon"),
        "short": lines[1].split(",", 1)[1],
        "long": "x,y," + lines[1],
    }[place]
    stage.deliver("a.csv", f"{lines[0]}\n{line}\n")
    stage.run()
    assert stage.rows() or stage.quarantined()
    assert DOCUMENT not in everything(stage)


def test_a_broken_json_line_shows_no_document_number(stage: Stage):
    line = json.dumps(reservation(guest_document_number=DOCUMENT))
    stage.deliver("a.jsonl", f"{line[:-1]}\n{json.dumps(reservation())}\n")
    stage.run()
    assert stage.quarantined()
    assert DOCUMENT not in everything(stage)


def test_unmapped_columns_and_free_text_show_no_card_number(stage: Stage):
    stage.deliver(
        "a.csv", csv_text([reservation(passport_no=DOCUMENT, note=CARD, special_requests=f"pay with {CARD} please")])
    )
    stage.run()
    assert DOCUMENT not in everything(stage)
    assert CARD not in everything(stage)
    assert stage.rows()[0]["special_requests"].startswith("pay with ")


def test_a_card_number_in_place_of_a_token(stage: Stage):
    header = "source_system,property_code,pos_check_id,line_number,updated_at,business_date,outlet_code,item_code"
    good = "pos,H1,C1,{},2026-11-20T10:00:00Z,2026-11-20,BAR,B1,5,EUR,{}\n"
    lines = f"{header},net_amount,currency_code,card_token\n" + good.format(1, "tok_9f") + good.format(2, CARD)
    stage.deliver("a.csv", lines, feed="pos_checks")
    stage.run("pos_checks")
    hashed = keyed_hash(stage.settings.installation_key, "4111111111111111")
    assert [row["card_token"] for row in stage.rows("pos_checks")] == ["tok_9f", hashed]


@pytest.mark.parametrize("name", ["passportNumber", "ID No", "card_number", "guest_document_number", "idNumber", "CVV"])
def test_names_that_say_document_or_card(name: str):
    assert is_sensitive_name(name)


@pytest.mark.parametrize(
    "name", ["confirmation_number", "room_number", "id", "reservation_id", "valid", "discard", "loyalty_number"]
)
def test_names_that_do_not(name: str):
    assert not is_sensitive_name(name)
