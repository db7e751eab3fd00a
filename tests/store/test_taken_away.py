"""State folder or SQLite file taken away under the running service: noticed, said, and nothing that waits is lost."""

import os
import shutil
import sqlite3

import orjson
import pytest

from cds_service.records.answered import AnsweredFile
from cds_service.records.engine import database_url
from cds_service.records.shipping import Shipping
from cds_service.records.spool import Spool
from cds_service.records.spool_files import lines, waiting
from cds_service.records.state import read_status, state_folder
from cds_service.trust.used_token_stores import SqliteSeen
from tests.conftest import settings_with
from tests.machine import wait_for
from tests.store.conftest import recorded
from tests.store.made import answer
from tests.store.serving import Load, Serving


@pytest.fixture
def settings(tmp_path):
    return settings_with(database_url=f"sqlite:///{tmp_path / 'db' / 'mg.sqlite'}", state_dir=tmp_path / "state")


def test_what_was_written_to_a_folder_that_is_gone_is_written_anew(settings, shipping, caplog):
    spool = Spool(state_folder(settings))
    assert spool.append(answer()) and spool.look()
    shutil.rmtree(spool.folder)
    assert spool.append(answer())  # it went where nobody finds it
    assert not spool.look() and spool.look() and spool.append(answer())
    assert "state folder taken away" in caplog.text and spool.status().taken_away
    assert shipping.round() and recorded(shipping) == 3
    spool.close()


@pytest.mark.parametrize("by", ["removed", "replaced"])
def test_a_database_file_that_is_gone_is_begun_anew_and_what_waits_is_shipped_again(settings, shipping, by, caplog):
    spool = Spool(state_folder(settings))
    path = database_url(settings).database
    assert shipping.round()
    shutil.copy(path, f"{path}.copy")
    spool.append(answer())
    assert shipping.round() and recorded(shipping) == 1
    os.remove(path) if by == "removed" else os.replace(f"{path}.copy", path)
    spool.append(answer())
    assert shipping.round() and recorded(shipping) == 2
    assert "database file taken away" in caplog.text and read_status(spool.folder).taken_away
    spool.close()


def cut(path):
    os.truncate(path, 0)


def without(*ends):
    return lambda path: [os.remove(f"{path}{end}") for end in ends]


def overwritten(path):
    shutil.copyfile(f"{path}.copy", path)


@pytest.mark.parametrize(
    "harm",
    [without("-wal", "-shm"), without("-wal"), without("-shm"), cut, overwritten],
    ids=["both beside it", "log", "index", "cut", "overwritten"],
)
@pytest.mark.parametrize("settled", [False, True], ids=["in the log", "in the file"])
def test_nothing_is_removed_that_nobody_would_find(settings, shipping, tmp_path, harm, settled, caplog):
    """What was written after the harm went where no other process looks, or to pages that are gone."""
    spool, path = Spool(state_folder(settings)), database_url(settings).database
    assert shipping.round()
    with shipping._engine.connect() as connection:
        connection.exec_driver_sql(f"VACUUM INTO '{path}.copy'")
    given = [answer() for _ in range(4)]
    for told in given[:2]:
        spool.append(told)
    assert shipping.round()
    if settled:
        with shipping._engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    harm(path)
    for told in given[2:]:
        spool.append(told)
        spool.close()
        shipping.round()
        shipping.round()
    assert found_after_a_crash(path, tmp_path) | waiting_in(spool.folder) >= {told["id"] for told in given}
    if harm is not overwritten:
        assert "database file taken away" in caplog.text and read_status(spool.folder).taken_away


def found_after_a_crash(path, folder):
    """The ids of answers that are in the files, whatever the memory of this process holds."""
    for end in ("", "-wal"):
        if os.path.exists(f"{path}{end}"):
            shutil.copyfile(f"{path}{end}", folder / f"crashed.sqlite{end}")
    connection = sqlite3.connect(folder / "crashed.sqlite")
    try:
        return {ident for (ident,) in connection.execute("SELECT id FROM answers")}
    except sqlite3.DatabaseError:
        return set()
    finally:
        connection.close()


def waiting_in(folder):
    return {orjson.loads(line)["id"] for path in waiting(folder) for line, _ in lines(path, 0, 1000)}


def test_what_stays_in_place_is_never_begun_anew(settings, shipping, caplog):
    """Checkpoints, other connections that come and go, and a purge are no harm."""
    spool, path = Spool(state_folder(settings)), database_url(settings).database
    for number in range(20):
        spool.append(answer())
        spool.close()
        assert shipping.round()
        other = sqlite3.connect(path)
        other.execute("SELECT count(*) FROM answers").fetchone()
        other.execute(f"PRAGMA wal_checkpoint({'TRUNCATE' if number % 2 else 'PASSIVE'})")
        other.close()
        shipping._tidy()
    assert recorded(shipping) == 20 and not waiting(spool.folder) and "taken away" not in caplog.text


def test_only_the_owner_may_read_what_is_written(settings, shipping, tmp_path):
    before = os.umask(0o022)
    try:
        spool, seen = Spool(state_folder(settings)), SqliteSeen(tmp_path / "seen" / "tokens.sqlite", 10)
        answered = AnsweredFile(spool.folder / "answered.sqlite")
        spool.append(answer())
        spool.append({"kind": "none of ours"})
        shipping.round()
        assert (spool.folder / "rejected.txt").exists()
        seen.check()
        answered.keep([])
        modes = {path.name: path.stat().st_mode & 0o077 for path in tmp_path.rglob("*") if path != spool.folder}
        assert len(modes) > 6 and not any(modes.values()), modes
    finally:
        os.umask(before)
        for part in (spool, seen, answered):
            part.close()


def test_a_running_service_says_so_and_loses_nothing(tmp_path):
    serving = Serving(f"sqlite:///{tmp_path / 'mg.sqlite'}", tmp_path / "state", SECRET="s" * 32)
    try:
        with Load(serving, clients=2) as load:
            wait_for(lambda: load.answered > 20, "it answers")
            (tmp_path / "state").rename(tmp_path / "elsewhere")
            wait_for(lambda: "files_taken_away" in (serving.get("/readyz") or {}), "it says so")
            goal = load.answered + 20
            wait_for(lambda: load.answered > goal, "it goes on")
    finally:
        serving.stop()
    engine = Shipping(settings_with(database_url=f"sqlite:///{tmp_path / 'mg.sqlite'}", state_dir=tmp_path / "state"))
    assert not load.failed and recorded(engine) == load.answered
    engine._engine.dispose()
