"""The long fault run says that all held only when it did."""

import uuid
from collections import Counter
from types import SimpleNamespace

import pytest
from sqlalchemy import create_engine

from bench.faults import AT_LEAST_S, _held
from bench.harm import KINDS
from bench.once import differences, recorded, told
from cds_service.records.migrate import migrate
from cds_service.records.rows import rows_of
from cds_service.records.ship import insert_new
from tests.store.made import answer, feedback


def call_of(entry):
    return frozenset(card["id"] for card in entry["cards"])


ANSWERED = [answer(cards=1 + n % 3) for n in range(20)]
CALLS = [call_of(entry) for entry in ANSWERED]
GIVEN = [min(call) for call in CALLS[:5]]
SAID = [feedback(card) for card in GIVEN]


def again(entry):
    """The same under another id, as a shipper that lost its place would write it were there no id."""
    return {**entry, "id": str(uuid.uuid4())}


@pytest.fixture
def database(tmp_path):
    engine = create_engine(f"sqlite:///{tmp_path / 'mg.sqlite'}")
    migrate(engine)
    yield engine
    engine.dispose()


def wrong(database, entries, cut_off=0):
    """What is told of these records."""
    with database.begin() as connection:
        for table, rows in rows_of(entries).items():
            insert_new(connection, table, rows)
    return list(differences(told(CALLS, GIVEN), recorded(database), cut_off))


def test_nothing_is_told_when_each_is_recorded_once(database):
    assert wrong(database, ANSWERED + SAID) == []


def test_a_double_and_a_loss_do_not_even_out(database):
    _lost, *rest = ANSWERED
    found = wrong(database, [*rest, again(rest[0]), *SAID], cut_off=1)
    assert found == ["1 answers are not recorded", "1 are recorded more than once"]


def test_a_double_is_no_call_that_was_cut_off(database):
    assert wrong(database, [*ANSWERED, again(ANSWERED[3]), *SAID], cut_off=1) == ["1 are recorded more than once"]


@pytest.mark.parametrize(("unseen", "cut_off", "told_of"), [(2, 2, 0), (2, 1, 1)])
def test_of_calls_that_nobody_saw_answered_so_many_as_were_cut_off(unseen, cut_off, told_of, database):
    assert len(wrong(database, ANSWERED + SAID + [answer() for _ in range(unseen)], cut_off)) == told_of


def test_calls_without_cards_are_compared_in_number(database):
    assert wrong(database, [*ANSWERED, *SAID, answer(cards=0)]) != []


def test_cards_of_an_answer_that_was_none_are_nobodys(database):
    refused = answer(status=412)
    records = [*ANSWERED, *SAID, refused]
    with database.begin() as connection:
        for table, rows in rows_of(records).items():
            insert_new(connection, table, rows)
    assert list(differences(told([*CALLS, frozenset()], GIVEN), recorded(database), 0)) == []


def test_feedback_is_compared_too(database):
    _lost, *rest = SAID
    found = wrong(database, [*ANSWERED, *rest, {**rest[0], "id": "0" * 64}])
    assert found == [
        "1 feedbacks are not recorded",
        "1 feedbacks are recorded more than once, or were never given",
    ]


@pytest.mark.parametrize(
    ("kept", "cut_off", "slowest", "held"),
    [(20, 0, 0.1, True), (19, 0, 0.1, False), (20, 9, 0.1, False), (20, 0, AT_LEAST_S * 2, False)],
)
def test_what_is_lost_failed_or_slow_is_told(kept, cut_off, slowest, held, capsys):
    load = SimpleNamespace(failed=["cut"] * cut_off, slowest=slowest)
    seen = told(CALLS, GIVEN), told(CALLS[:kept], GIVEN)
    assert _held(load, *seen, 0.01, Counter(worker_killed=1)) is held
    assert f"20 answered, {kept} recorded; 5 feedbacks, 5 recorded" in capsys.readouterr().out


def test_harm_is_done_to_the_database_workers_files_clock_and_by_clients():
    of = {name.split("_")[0] for name in KINDS}
    assert {"database", "worker", "shipping", "folder", "disk", "clock", "clients"} <= of
