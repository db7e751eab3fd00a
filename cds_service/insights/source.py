"""Figures from the database of the settings."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from cards import What
from cds_service.errors import NoRecords
from cds_service.insights.figures import Insights, Share
from cds_service.insights.period import Period
from cds_service.insights.read import read_insights
from cds_service.insights.scope import EVERYTHING, Scope
from cds_service.insights.unread import NotUnderstood, calls_answered, read_not_understood, read_shares
from cds_service.records.engine import database_url, open_engine
from cds_service.records.purge import purge
from cds_service.run.settings import Settings


def insights_of(settings: Settings, period: Period, scope: Scope = EVERYTHING) -> Insights:
    """The figures; NoRecords when there is no database yet, or none that answers."""
    with records_of(settings) as engine, engine.connect() as connection:
        return read_insights(connection, period, scope)


def not_understood_of(settings: Settings, period: Period) -> tuple[NotUnderstood, Mapping[str, Share]]:
    """What was not understood, and how much was; NoRecords as above."""
    with records_of(settings) as engine, engine.connect() as connection:
        return read_not_understood(connection, period), read_shares(connection, period)


def magnesium_read(settings: Settings, days: int, today: date) -> tuple[int, int]:
    """Magnesium results that could be read in the last days, and calls that brought anything; NoRecords as above."""
    period = Period(today - timedelta(days=days), today)
    with records_of(settings) as engine, engine.connect() as connection:
        found = read_shares(connection, period).get(What.MAGNESIUM.value)
        return found.part if found else 0, calls_answered(connection, period)


def purge_records(settings: Settings, before: date) -> int:
    """Remove the records of the days before this one; how many rows. NoRecords as above."""
    with records_of(settings) as engine:
        return purge(engine, before)


@contextmanager
def records_of(settings: Settings) -> Iterator[Engine]:
    """The database, if it is there; its troubles without address and password."""
    url = database_url(settings)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file():  # looking must not create one
        raise NoRecords("There are no records yet. The service makes their database when it is started.")
    engine = open_engine(url)
    try:
        yield engine
    except SQLAlchemyError as problem:
        raise NoRecords(
            f"The database of the records cannot be read ({type(problem).__name__}): it is down, too slow, or has no "
            "tables yet. Advice is given all the same, and records wait until they can be stored."
        ) from None
    finally:
        engine.dispose()
