"""The running service and its records: the store may come and go, processes may die; each record arrives once."""

import os
import signal
import urllib.request
from datetime import UTC, datetime

import psutil
import pytest
from sqlalchemy import func, select

from cds_service.records.schema import ANSWERS, CARDS, FEEDBACK, QUIETED
from tests.calls import patient_view
from tests.machine import LONG_S, wait_for
from tests.store.serving import PATH, Load, Serving

REST_S = 0.02  # of clients that ask while something else is waited for
POSTGRESQL = pytest.mark.parametrize("database", ["postgresql"], indirect=True)


@pytest.fixture
def start(database, tmp_path):
    """Starts instances of one deployment, each on a machine (a state folder) of its own."""
    started = []

    def make(machine="a", **env):
        started.append(Serving(database, tmp_path / machine, SECRET="s" * 32, **env))
        return started[-1]

    yield make
    for serving in started:
        serving.stop()


def count(engine, table):
    with engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar()


def arrived(engine, load):
    """Wait for the answers of a load, and compare them with what the clients have seen."""
    wait_for(lambda: count(engine, ANSWERS) >= load.answered, "every answer arrives")
    with engine.connect() as connection:
        cards = set(connection.execute(select(CARDS.c.id)).scalars())
    assert load.failed == [] and (count(engine, ANSWERS), cards) == (load.answered, load.cards)


def test_every_answer_arrives_once_and_what_is_left_when_the_service_stops(start, engine):
    serving = start()
    with Load(serving) as load:
        wait_for(lambda: load.answered > 200, "it answers")
    arrived(engine, load)
    wait_for(lambda: serving.get("/readyz")["store"] == "reachable", "it says so")
    with Load(serving) as last:
        wait_for(lambda: last.answered > 100, "it answers")
    serving.stop()
    assert last.failed == [] and count(engine, ANSWERS) == load.answered + last.answered
    assert not list(serving.state.glob("*.jsonl"))


def in_memory(serving):
    """What the workers tell of the records in the memory of all, as often asked as each is asked several times."""
    return {int(serving.get("/readyz").get("records_in_memory_bytes", 0)) for _ in range(20)}


def metrics_of(serving) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{serving.port}/metrics", timeout=LONG_S) as answer:
        return answer.read().decode()


def test_what_waits_in_the_memory_of_all_workers_is_told_and_written_at_last(start, engine):
    """No file of the service grows, as on a full disk; any worker tells what waits in all of them."""
    resource = pytest.importorskip("resource")
    serving = start()
    # the first may answer before the second has begun, and one that can make no file of the metrics cannot begin
    wait_for(lambda: "magnesium_cds_workers 2.0" in metrics_of(serving), "both workers have begun")
    workers = serving.workers()

    def let_files_grow(to):
        for process in workers:
            resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (to, resource.RLIM_INFINITY))

    let_files_grow(0)
    with Load(serving) as load:
        wait_for(lambda: load.answered > 50, "it answers")
    wait_for(lambda: len(told := in_memory(serving)) == 1 and told.pop() > 50 * 100, "each worker tells what all hold")
    let_files_grow(resource.RLIM_INFINITY)
    wait_for(lambda: "records_in_memory_bytes" not in serving.get("/readyz"), "nothing waits in memory")
    arrived(engine, load)


def test_a_killed_shipping_process_and_a_killed_worker_are_followed_by_others(start, engine):
    """And a comment is kept where the site wants it."""
    serving = start(KEEP_COMMENTS="1")
    wait_for(serving.shipping, "a process ships")
    with Load(serving, rest_s=REST_S) as load:
        first = serving.shipping()[0].pid
        os.kill(first, signal.SIGKILL)
        wait_for(lambda: [p.pid for p in serving.shipping()] not in ([], [first]), "another ships")
    arrived(engine, load)
    second = serving.shipping()[0]
    keeper = second.parent()
    for _ in range(20):
        serving.cards()
    keeper.kill()
    wait_for(lambda: any(p.pid != second.pid for p in serving.shipping()), "another worker takes over")
    wait_for(lambda: count(engine, ANSWERS) == load.answered + 20, "every answer arrives")
    serving.post(f"{PATH}/feedback", overridden(serving.cards()[0], overrideReason=COMMENT))
    serving.stop()
    assert comments(engine) == ["comfort care"]


def has_ended(process):
    """Whether it has, though nobody may have asked how."""
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def test_a_shipping_process_that_was_stopped_holds_up_no_end_and_no_other_worker(start, engine):
    """As the debugger of an operator, or a machine short of memory, leaves it."""
    serving = start()
    wait_for(serving.shipping, "a process ships")
    first = serving.shipping()[0]
    worker = first.parent()
    first.suspend()
    for _ in range(20):
        serving.cards()
    worker.kill()
    wait_for(lambda: count(engine, ANSWERS) == 20, "every answer arrives")
    wait_for(lambda: has_ended(first), "the first ends")
    wait_for(serving.shipping, "another ships")
    last = serving.shipping()[0]
    last.suspend()
    for _ in range(20):
        serving.cards()
    serving.stop()
    assert count(engine, ANSWERS) == 40 and has_ended(last)
    assert not list(serving.state.glob("*.jsonl"))


@POSTGRESQL
def test_the_store_is_killed_and_started_again_under_load(start, postgres, engine):
    serving = start()
    with Load(serving, rest_s=REST_S) as load:
        for _ in range(3):
            before = load.answered
            wait_for(lambda seen=before: load.answered > seen + 100, "it answers")
            postgres.kill()
            before = load.answered
            wait_for(lambda: "unreachable" in serving.get("/readyz")["store"], "it is noticed")
            wait_for(lambda seen=before: load.answered > seen + 100, "it answers without the store")
            postgres.start()
    arrived(engine, load)


def overridden(card, **more):
    """Feedback that a card was overridden just now."""
    now = datetime.now(UTC).isoformat()
    return {"feedback": [{"card": card, "outcome": "overridden", "outcomeTimestamp": now, **more}]}


COMMENT = {"userComment": "comfort care"}


def comments(engine):
    """What was said with each feedback."""
    with engine.connect() as connection:
        return list(connection.execute(select(FEEDBACK.c.comment)).scalars())


def test_what_was_answered_is_quiet_at_once_at_every_worker_and_sent_again_it_is_one_row(start, engine):
    """Its comment is not kept: no site is said to want it."""
    serving = start()
    low, *others = serving.cards()
    told = overridden(low, overrideReason=COMMENT)
    assert serving.post(f"{PATH}/feedback", told)[0] == 200
    assert {len(serving.cards()) for _ in range(20)} == {len(others)}
    wait_for(lambda: count(engine, FEEDBACK) == 1 and count(engine, QUIETED) >= 20, "it is counted")
    for _ in range(4):
        assert serving.post(f"{PATH}/feedback", told)[0] == 200
    serving.stop()
    assert comments(engine) == [""]


@POSTGRESQL
def test_what_was_answered_at_one_machine_is_quiet_at_the_other(start):
    one, other = start("a"), start("b")
    body = patient_view()
    cards = [card["uuid"] for card in one.post(PATH, body)[1]["cards"]]
    one.post(f"{PATH}/feedback", overridden(cards[0]))
    wait_for(lambda: len(other.post(PATH, body)[1]["cards"]) < len(cards), "the other learns of it")
