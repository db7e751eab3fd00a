"""Used tokens, shared by all machines through PostgreSQL (SQLite: tests/trust/test_replay.py)."""

import threading
import time
from contextlib import ExitStack

import pytest

from cds_service.trust.used_token_stores import PostgresSeen, SqliteSeen
from cds_service.trust.used_tokens import SharedSeen, shared_tokens, token_hash
from tests.machine import LONG_S

pytestmark = pytest.mark.parametrize("database", ["postgresql"], indirect=True)
FIRST, SECOND = token_hash("ehr", "1"), token_hash("ehr", "2")


def later():
    return time.time() + 300


@pytest.fixture
def machine(settings, engine):
    """Makes what one machine knows of used tokens."""
    made = []

    def make():
        made.append(shared_tokens(settings))
        return made[-1]

    yield make
    for seen in made:
        if seen._opening:
            seen._opening.join(LONG_S)
        seen.close()


def test_a_token_is_used_once_at_all_machines(machine):
    one, other = SharedSeen(machine()), SharedSeen(machine())
    assert isinstance(machine(), PostgresSeen)
    assert one.first_time(FIRST, later()) and not other.first_time(FIRST, later())
    assert other.first_time(SECOND, later()) and not one.first_time(SECOND, later())


def test_an_expired_token_may_come_again(machine):
    assert machine().first_time(FIRST, time.time() - 1) and machine().first_time(FIRST, later())


def test_with_the_database_down_each_process_remembers_and_says_so(machine, postgres, caplog):
    one, other = SharedSeen(machine(), rest_s=0), SharedSeen(machine(), rest_s=0)
    assert one.first_time(FIRST, later())
    postgres.kill()
    assert not one.first_time(FIRST, later()) and one.first_time(SECOND, later())
    assert other.first_time(FIRST, later())  # nobody can tell
    assert "database unusable" in caplog.text
    postgres.start()
    assert not SharedSeen(machine()).first_time(FIRST, later())


def test_a_database_that_is_down_is_left_alone_for_a_while(database):
    asked = []

    class Counting:
        def first_time(self, token, expires):
            asked.append(token)
            raise OSError("down")

        def check(self):
            raise OSError("down")

        def close(self):
            pass

    seen = SharedSeen(Counting())
    assert [seen.first_time(bytes([n]), later()) for n in range(5)] == [True] * 5
    assert len(asked) == 1


def test_prepare_leaves_no_connection_open_for_workers_to_share(machine):
    seen = machine()
    SharedSeen(seen).prepare()
    assert (seen._file if isinstance(seen, SqliteSeen) else seen)._connection is None


@pytest.fixture
def stopped(postgres):
    """Stops the database so that it keeps its connections and says nothing; it goes on at the end."""
    with ExitStack() as kept:
        yield lambda: kept.enter_context(postgres.suspended())


@pytest.mark.parametrize("connected", [True, False])
def test_a_database_that_is_silent_holds_no_answer(machine, stopped, connected, caplog):
    """It goes on only after the test: that there is an answer at all is what is tested."""
    database, told = machine(), []
    seen = SharedSeen(database, fell_back=lambda: told.append("fell back"))
    assert not connected or seen.first_time(FIRST, later())
    database._wait_s = 0.05
    stopped()
    answers = []
    asking = threading.Thread(target=lambda: answers.append(seen.first_time(SECOND, later())), daemon=True)
    asking.start()
    asking.join(LONG_S)
    assert answers == [True] and told == ["fell back"] and "database unusable" in caplog.text
    assert not seen.first_time(SECOND, later())  # by the memory of this process
