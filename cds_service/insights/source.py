"""Figures from the database of the settings."""

from pathlib import Path

from sqlalchemy.engine import URL
from sqlalchemy.exc import SQLAlchemyError

from cds_service.errors import NoRecords
from cds_service.insights.figures import Insights
from cds_service.insights.period import Period
from cds_service.insights.read import read_insights
from cds_service.settings import Settings
from cds_service.store.engine import database_url, open_engine


def insights_of(settings: Settings, period: Period, service: str = "") -> Insights:
    """The figures; NoRecords when there is no database yet, or none that answers."""
    url = database_url(settings)
    check_there(url)
    engine = open_engine(url)
    try:
        with engine.connect() as connection:
            return read_insights(connection, period, service)
    except (SQLAlchemyError, OSError) as problem:
        raise NoRecords(
            f"The database of the records cannot be read ({type(problem).__name__}): it is down, too slow, or has no "
            "tables yet. Advice is given all the same, and records wait until they can be stored."
        ) from None
    finally:
        engine.dispose()


def check_there(url: URL) -> None:
    """NoRecords when the SQLite file is not there; looking must not create one."""
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file():
        raise NoRecords(
            "There are no records yet: the database comes into being when the service is started with `serve`."
        )
