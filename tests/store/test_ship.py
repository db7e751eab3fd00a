"""From the spool to the tables: every entry once, however often and by however many it is sent."""

import os
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, timedelta

import orjson
import pytest
from sqlalchemy import create_engine, event, func, select
from sqlalchemy.exc import SQLAlchemyError

from cds_service.records.log import JsonLines
from cds_service.records.purge import purge
from cds_service.records.rolled_tables import ROLLED_DAYS, ROLLED_TABLES
from cds_service.records.schema import (
    ANSWERS,
    BY_DAY,
    CANDIDATE_CALLS,
    CANDIDATE_RULES,
    CARD_RULES,
    CARDS,
    FEEDBACK,
    MISSING_DATA,
    ON_TRIAL,
    QUIETED,
    READING,
    SUGGESTIONS,
    UNREAD,
)
from cds_service.records.ship import Shipper
from cds_service.records.spool import Spool
from cds_service.records.spool_files import waiting
from tests.store.made import NOW, answer, candidate, feedback

CARD = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"
EVERY = (ANSWERS, MISSING_DATA, CARDS, CARD_RULES, SUGGESTIONS, QUIETED, READING, UNREAD, ON_TRIAL, FEEDBACK)

BESIDE = (CANDIDATE_CALLS, CANDIDATE_RULES)
SUMS = (ROLLED_DAYS, *ROLLED_TABLES)


@pytest.fixture
def spool(tmp_path):
    spool = Spool(tmp_path / "state")
    yield spool
    spool.close()


@pytest.fixture
def shipper(spool, engine):
    return Shipper(spool.folder, engine)


def counts(engine, tables=EVERY):
    with engine.connect() as connection:
        return [connection.execute(select(func.count()).select_from(table)).scalar() for table in tables]


def test_an_answer_and_its_feedback_arrive_in_every_table(spool, shipper, engine):
    told = answer(cards=2)
    spool.append(told)
    spool.append(feedback(told["cards"][0]["id"], suggestion=told["cards"][0]["suggestions"][0]))
    assert shipper.ship() == 2
    assert counts(engine) == [1, 1, 2, 4, 2, 1, 1, 1, 1, 1]
    with engine.connect() as connection:
        row = connection.execute(select(ANSWERS)).mappings().one()
        assert (row["id"], row["day"], row["ms"], row["cards"]) == (told["id"], NOW.date(), 3.25, 2)
        # SQLite keeps no zone; PostgreSQL gives the moment in the zone of the machine
        kept = row["at"] if row["at"].tzinfo else row["at"].replace(tzinfo=UTC)
        assert kept.timestamp() == NOW.timestamp()  # in an hour that comes twice moments of two zones are never equal
        joined = select(CARDS.c.rule, FEEDBACK.c.outcome).join(FEEDBACK, FEEDBACK.c.card_id == CARDS.c.id)
        assert connection.execute(joined).all() == [("magnesium_is_severely_low", "overridden")]


def test_shipping_again_sends_only_what_is_new(spool, shipper, engine):
    spool.append(answer())
    assert [shipper.ship(), shipper.ship()] == [1, 0]
    spool.append(answer())
    assert shipper.ship() == 1 and counts(engine)[0] == 2


def test_a_new_shipper_sends_all_again_and_nothing_is_counted_twice(spool, shipper, engine):
    for _ in range(5):
        spool.append(answer())
    shipper.ship()
    assert Shipper(spool.folder, engine).ship() == 5
    assert counts(engine)[0] == 5


def test_two_shippers_at_once_lose_and_double_nothing(spool, engine):
    for _ in range(600):
        spool.append(answer())
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: Shipper(spool.folder, engine).ship(), range(2)))
    assert counts(engine)[:3] == [600, 600, 600]


@pytest.mark.parametrize(
    ("second", "rows"),
    [
        ({}, 1),
        ({"reason": "policy-contradicts"}, 1),
        ({"at": (NOW + timedelta(seconds=1)).isoformat()}, 2),
        ({"outcome": "accepted"}, 2),
        ({"suggestion": CARD}, 2),
    ],
)
def test_feedback_is_one_row_per_card_outcome_suggestion_and_time(spool, shipper, engine, second, rows):
    spool.append(feedback(CARD))
    spool.append(feedback(CARD, **second))
    shipper.ship()
    assert counts(engine)[-1] == rows


def test_a_file_that_was_let_go_is_gone_once_shipped(spool, shipper):
    spool.append(answer())
    shipper.ship()
    assert waiting(spool.folder)
    spool.close()
    shipper.ship()
    assert not waiting(spool.folder)


@pytest.mark.parametrize(
    "entry",
    [
        {"kind": "other"},
        {"kind": "answer"},
        answer(at=NOW, service="x" * 10_000, id="y" * 10_000),
        answer(status="two hundred"),
        answer(id=None),
        answer(service=0),
        answer(client=[1]),
        answer(ms=True),
        {**answer(), "at": -1e18},
        answer(cards=0, on_trial=[{"rule": None, "leads": False, "problem": "", "indicator": ""}]),
        {**answer(cards=0), "cards": [{"id": CARD, "problem": "", "indicator": "", "rules": [], "suggestions": []}]},
        {**candidate(answer()), "rules": [[]]},
    ],
    ids=[
        *("unknown kind", "empty", "too long", "text for a number", "no id", "number for a text", "list for a text"),
        *("truth for a number", "no such time", "no rule", "card of no rule", "candidate of nothing"),
    ],
)
def test_an_entry_that_no_database_takes_is_kept_aside_and_holds_up_nobody(spool, shipper, engine, entry):
    good = [answer(), answer()]
    for told in (good[0], entry, good[1]):
        spool.append(told)
    shipper.ship()
    with engine.connect() as connection:
        arrived = set(connection.execute(select(ANSWERS.c.id)).scalars())
    assert {g["id"] for g in good} <= arrived
    aside = spool.folder / "rejected.txt"
    kept = [orjson.loads(line) for line in aside.read_bytes().splitlines()] if aside.exists() else []
    assert kept == [entry] or (engine.dialect.name == "sqlite" and len(arrived) == 3)  # which takes any length


def test_a_line_that_is_not_json_is_kept_aside(spool, shipper, engine):
    spool.folder.mkdir(parents=True, exist_ok=True)
    (spool.folder / "1-a.jsonl").write_bytes(b"not json\n" + orjson.dumps(answer()) + b"\n")
    shipper.ship()
    assert counts(engine)[0] == 1 and (spool.folder / "rejected.txt").read_bytes() == b"not json\n"
    assert shipper.rejected_bytes() == len(b"not json\n")


def test_what_cannot_be_sent_waits(spool, new_engine):
    """The tables are not there yet: a database that is of no use now may be later."""
    from cds_service.records.migrate import migrate

    spool.append(answer())
    shipper = Shipper(spool.folder, new_engine)
    with pytest.raises(Exception, match=r"(?i)no such table|does not exist"):
        shipper.ship()
    migrate(new_engine)
    assert shipper.ship() == 1 and counts(new_engine)[0] == 1


REFUSALS = {
    "sqlite": ["PRAGMA query_only = 1"],
    "postgresql": [
        "SET default_transaction_read_only = on",  # after a fail-over
        "SET ROLE pg_monitor",  # who may not write
        "SET search_path = information_schema",  # where our tables are not
    ],
}


def refusing(engine, refusal):
    """The same database, but every connection to it begins with the refusal."""
    odd = create_engine(engine.url)

    def begin(connection, _):
        cursor = connection.cursor()
        cursor.execute(refusal)
        connection.commit()

    event.listen(odd, "connect", begin)
    return odd


def test_a_database_that_takes_nothing_now_gets_all_later(spool, engine):
    """Whatever the fault, if it is not the entry's: it waits, and nothing is set aside."""
    for _ in range(3):
        spool.append(answer())
    for refusal in REFUSALS[engine.dialect.name]:
        odd = refusing(engine, refusal)
        with pytest.raises(SQLAlchemyError):
            Shipper(spool.folder, odd).ship()
        odd.dispose()
    assert not (spool.folder / "rejected.txt").exists()
    assert Shipper(spool.folder, engine).ship() == 3 and counts(engine)[0] == 3


def test_a_table_that_lacks_a_column_waits_for_it(spool, shipper, engine):
    spool.append(answer())
    with engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE answers RENAME COLUMN ms TO other")
    with pytest.raises(SQLAlchemyError):
        shipper.ship()
    with engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE answers RENAME COLUMN other TO ms")
    assert shipper.ship() == 1 and shipper.rejected_bytes() == 0


def test_what_is_no_readable_file_in_the_spool_holds_up_nobody(spool, shipper, engine, caplog):
    spool.append(answer())
    (spool.folder / "0-folder.jsonl").mkdir()
    (spool.folder / "0-nowhere.jsonl").symlink_to(spool.folder / "gone")
    assert [shipper.ship(), shipper.ship()] == [1, 0] and counts(engine)[0] == 1
    assert sum("cannot be shipped" in record.getMessage() for record in caplog.records) == 2  # once each
    assert (spool.folder / "0-folder.jsonl").is_dir() and shipper.waiting_bytes() >= 0


def test_a_file_whose_name_is_no_text_is_told(spool, shipper, caplog):
    spool.append(answer())
    os.mkdir(os.fsencode(spool.folder) + b"/0-\xff.jsonl")
    assert shipper.ship() == 1
    (line,) = [JsonLines().format(record) for record in caplog.records if "cannot be shipped" in record.getMessage()]
    assert orjson.loads(line)["file"] == "0-\\xff.jsonl"


def test_an_odd_entry_that_cannot_be_set_aside_waits_and_holds_up_no_other_file(spool, shipper, engine):
    spool.append(answer())
    (spool.folder / "0-odd.jsonl").write_bytes(b"not json\n")
    aside = spool.folder / "rejected.txt"
    aside.mkdir()
    assert shipper.ship() == 1 and counts(engine)[0] == 1 and (spool.folder / "0-odd.jsonl").exists()
    aside.rmdir()
    shipper.ship()
    assert aside.read_bytes() == b"not json\n" and not (spool.folder / "0-odd.jsonl").exists()


def test_purging_removes_whole_days_from_every_table(spool, shipper, engine):
    old = answer(at=NOW - timedelta(days=10))
    new = answer()
    for told in (old, candidate(old), new, candidate(new), feedback(CARD)):
        spool.append(told)
    shipper.ship()
    assert purge(engine, (NOW - timedelta(days=3)).date()) == 12
    assert counts(engine) == [1, 1, 1, 2, 1, 1, 1, 1, 1, 1] and counts(engine, BESIDE) == [1, 1]
    assert purge(engine, (NOW + timedelta(days=1)).date()) == 13
    assert not any(counts(engine, BY_DAY)) and {*BY_DAY} == {*EVERY, *BESIDE, *SUMS}
