"""Figures from the database of the settings."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from cds_service.errors import NoRecords
from cds_service.insights.figures import Insights
from cds_service.insights.period import Period
from cds_service.insights.read import read_insights
from cds_service.records.engine import database_url, open_engine
from cds_service.records.purge import purge
from cds_service.run.settings import Settings


def insights_of(settings: Settings, period: Period, service: str = "") -> Insights:
    """The figures; NoRecords when there is no database yet, or none that answers."""
    with _records(settings) as engine, engine.connect() as connection:
        return read_insights(connection, period, service)


def purge_records(settings: Settings, before: date) -> int:
    """Remove the records of the days before this one; how many rows. NoRecords as above."""
    with _records(settings) as engine:
        return purge(engine, before)


@contextmanager
def _records(settings: Settings) -> Iterator[Engine]:
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
