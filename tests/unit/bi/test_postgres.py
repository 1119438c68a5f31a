"""Publishing to a real PostgreSQL server on loopback, seen through the eyes of each role."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import psycopg
import pytest

import bi
from bi.errors import PublishError
from bi.masking import mask_of
from guestbook.errors import UsageError
from guestbook.settings import Settings
from tests.unit.bi.conftest import publish_guests

NIGHT = date(2026, 11, 19)
PASSWORD = "loopback-only"
Make = Callable[..., None]
Ask = Callable[..., list[tuple]]

pytestmark = pytest.mark.end_to_end


def server_binaries() -> Path | None:
    """Folder of initdb and postgres, if this machine has them."""
    found = shutil.which("initdb")
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    candidates = [*folders, *([Path(found).resolve().parent] if found else [])]
    return next(
        (folder for folder in candidates if (folder / "initdb").exists() and (folder / "postgres").exists()), None
    )


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """URL of a server of its own; PostgreSQL refuses to run as root, so root runs it as nobody."""
    binaries = server_binaries()
    if binaries is None:
        pytest.skip("no PostgreSQL server binaries (initdb, postgres): install the package postgresql")
    folder = Path(tempfile.mkdtemp(prefix="guestbook_postgres_"))
    password = folder / "password"
    password.write_text(PASSWORD)
    as_user = {"user": "nobody"} if os.geteuid() == 0 else {}
    if as_user:
        for path in (folder, password):
            shutil.chown(path, "nobody")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    make = [
        binaries / "initdb",
        "-D",
        folder / "data",
        "-U",
        "owner",
        "-A",
        "scram-sha-256",
        f"--pwfile={password}",
        "-E",
        "UTF8",
        "--locale=C",
        "-N",
    ]
    subprocess.run(make, check=True, capture_output=True, cwd=folder, **as_user)
    options = {"listen_addresses": "127.0.0.1", "port": port, "unix_socket_directories": "", "fsync": "off"}
    run = [
        binaries / "postgres",
        "-D",
        folder / "data",
        *(part for name, value in options.items() for part in ("-c", f"{name}={value}")),
    ]
    process = subprocess.Popen(run, cwd=folder, stderr=subprocess.DEVNULL, **as_user)
    url = f"postgresql://owner:{PASSWORD}@127.0.0.1:{port}/postgres"
    try:
        wait_for(url)
        yield url
    finally:
        process.terminate()
        process.wait(30)
        shutil.rmtree(folder, ignore_errors=True)


def wait_for(url: str) -> None:
    for _ in range(200):
        try:
            psycopg.connect(url, connect_timeout=2).close()
        except psycopg.OperationalError:
            time.sleep(0.1)
        else:
            return
    pytest.fail("the PostgreSQL server did not start")


@pytest.fixture
def published(settings: Settings) -> Callable[..., None]:
    """published(night, customers): the snapshot of a night."""

    def publish(night_date: date = NIGHT, customers: int = 3) -> None:
        publish_guests(settings, night_date, customers)

    return publish


@pytest.fixture(scope="module")
def on_server(server: str, tmp_path_factory: pytest.TempPathFactory) -> tuple[Settings, dict[str, int]]:
    """A night on the server, for the first tests, which only look: its settings, and the rows published by table."""
    settings = Settings.load({}, home=tmp_path_factory.mktemp("published") / "home")
    publish_guests(settings, NIGHT, 3)
    return settings, bi.publish_to(settings, server)


@pytest.fixture
def ask(server: str) -> Ask:
    """ask(query, role=None): rows as the owner, or as somebody who is a member of that role only."""

    def rows(query: str, role: str | None = None) -> list[tuple]:
        if role is None:
            with psycopg.connect(server) as con:
                return con.execute(query).fetchall()
        with psycopg.connect(server) as con:
            con.execute(
                f"do $$ begin create role {role}_login login password '{PASSWORD}' in role {role};"
                " exception when duplicate_object then end $$"
            )
        with psycopg.connect(server.replace("owner:", f"{role}_login:")) as con:
            return con.execute(query).fetchall()

    return rows


def test_every_table_arrives_with_its_rows_types_and_comments(
    on_server: tuple[Settings, dict[str, int]], ask: Ask
) -> None:
    settings, counts = on_server
    assert set(counts) == set(bi.status(settings)["tables"])
    assert (counts["core.dim_customer"], counts["ml.customer_churn"]) == (3, 0)
    [guest] = ask(
        "select customer_id, first_name, birth_date, nights, facts, spend_amount, big, seen_at, phone, small, is_member"
        " from core.guest"
    )
    assert [str(value) for value in guest] == [
        "C1", "Mei", "1980-05-17", "[{'n': 1}]", "{'a': 1}", "12.3456", "98765432109876543210",
        "2026-11-19 10:00:00+00:00", "None", "1", "True",
    ]  # fmt: skip
    assert ask(
        "select obj_description('core.dim_customer'::regclass),"
        " col_description('masked_core.dim_customer'::regclass, 1)"
    ) == [("One row per customer_id, it's the golden record", "Stable id")]


@pytest.mark.usefixtures("on_server")
def test_the_default_role_sees_masked_data_and_nothing_else(ask: Ask) -> None:
    query = (
        "select customer_id, first_name, email, phone, birth_date, postal_code, spend_amount::text from {}core.guest"
    )
    masked = [("C1", "***", "***", None, date(1980, 1, 1), "12***", "12.3456")]
    assert ask(query.format("masked_"), "guestbook_reader") == masked
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        ask(query.format(""), "guestbook_reader")
    assert ask("select display_name from masked_core.dim_customer limit 1", "guestbook_reader") == [("***",)]


@pytest.mark.usefixtures("on_server")
def test_the_named_role_sees_clear_data_and_writes_nothing(ask: Ask) -> None:
    assert ask("select first_name, email from core.guest", "guestbook_clear") == [("Mei", "mei@example.org")]
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        ask("delete from core.guest returning 1", "guestbook_clear")


def test_publishing_again_switches_grants_and_views_with_the_tables(
    settings: Settings, published: Make, server: str, ask: Ask
) -> None:
    for offset in range(3):
        published(NIGHT + timedelta(days=offset), 3 + offset)
        bi.publish_to(settings, server)
        assert ask("select count(*), max(night_date) from masked_core.dim_customer", "guestbook_reader") == [
            (3 + offset, NIGHT + timedelta(days=offset))
        ]
    schemas = {
        row[0] for row in ask("select nspname from pg_namespace where nspname !~ '^(pg_|information_schema|public)'")
    }
    names = ("core", "marts", "ml", "ops")
    assert schemas == {
        prefix + name + suffix for name in names for prefix in ("", "masked_") for suffix in ("", "__previous")
    }


def test_rows_that_got_lost_are_noticed_and_the_old_night_stays(
    settings: Settings, published: Make, server: str, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    published()
    bi.publish_to(settings, server)
    published(NIGHT + timedelta(days=1), 50)
    real = bi.postgres.queries.select_for_server
    monkeypatch.setattr(bi.postgres.queries, "select_for_server", lambda *names: f"{real(*names)} limit 1")
    with pytest.raises(
        PublishError, match=r"core.dim_customer arrived with rows 1 instead of 50; what was published stays"
    ):
        bi.publish_to(settings, server)
    assert ask("select count(*) from core.dim_customer") == [(3,)]


READER = """
import sys, os, psycopg
url, stop = sys.argv[1:]
reads, mixed, errors, nights = 0, 0, [], set()
query = (
    "select (select max(night_date) from core.dim_customer), night_date, (select night_date from masked_marts.revenue)"
    " from ops.published_night"
)
with psycopg.connect(url, autocommit=True) as con:
    while not os.path.exists(stop):
        try:
            row = con.execute(query).fetchone()
            reads += 1
            mixed += len(set(row)) != 1
            nights.add(row[1])
        except psycopg.Error as error:
            errors.append(str(error))
        if reads == 1:
            print("reading", flush=True)
print(reads, mixed, len(errors), len(nights), errors[:1])
"""


def test_a_reader_in_a_loop_sees_no_error_and_no_mixed_night(settings: Settings, published: Make, server: str) -> None:
    published(NIGHT, 2_000)
    bi.publish_to(settings, server)
    stop = settings.home / "stop"
    with subprocess.Popen(
        [sys.executable, "-c", READER, server, str(stop)], stdout=subprocess.PIPE, text=True
    ) as reader:
        assert reader.stdout is not None
        assert reader.stdout.readline() == "reading\n"
        for offset in (1, 2, 3):
            published(NIGHT + timedelta(days=offset), 2_000)
            bi.publish_to(settings, server)
        stop.touch()
        reads, mixed, errors, nights, *first = reader.stdout.read().split(" ", 4)
    assert (mixed, errors, nights) == ("0", "0", "4"), first
    assert int(reads) > 100


def test_an_address_that_does_not_answer_is_named_without_its_password(
    settings: Settings, make_warehouse: Make
) -> None:
    make_warehouse(NIGHT)
    bi.publish(settings, NIGHT)
    with pytest.raises(PublishError, match=r"PostgreSQL at 127.0.0.1:1/bi can't be reached") as error:
        bi.publish_to(settings, f"postgresql://ana:{PASSWORD}@127.0.0.1:1/bi")
    assert PASSWORD not in str(error.value)


def test_a_user_who_may_not_publish_is_told_what_to_be_granted(
    on_server: tuple[Settings, dict[str, int]], server: str
) -> None:
    with psycopg.connect(server) as con:
        con.execute(f"create role plain login password '{PASSWORD}'")
    with pytest.raises(PublishError, match="; plain needs CREATE on the database, CREATEROLE the first time"):
        bi.publish_to(on_server[0], server.replace("owner:", "plain:"))


@pytest.mark.parametrize("url", ["mysql://ana:secret@host/bi", "guestbook.db"])
def test_another_kind_of_address_is_refused(settings: Settings, url: str) -> None:
    with pytest.raises(UsageError, match="allowed: postgresql://") as error:
        bi.publish_to(settings, url)
    assert "secret" not in str(error.value)


def test_every_personal_column_of_the_contracts_is_masked() -> None:
    """The names that the contracts call personal, and those that the golden record gives them."""
    from guestbook.contracts import contract
    from guestbook.settings import FEEDS

    shown = {"guest_title", "guest_gender", "guest_city"}  # groups, not persons
    personal = {column.name for feed in FEEDS for column in contract(feed).columns if column.personal} - shown
    golden = {
        "display_name",
        "first_name",
        "last_name",
        "native_name",
        "email",
        "phone_e164",
        "birth_date",
        "postal_code",
        "loyalty_number",
    }
    assert [name for name in sorted(personal | golden) if mask_of(name) is None] == []
    assert [
        name for name in ("property_name", "segment_name", "outlet_name", "customer_id", "city") if mask_of(name)
    ] == []
