"""Where all tables of the records are listed."""

from sqlalchemy import MetaData

METADATA = MetaData()
