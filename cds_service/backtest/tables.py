"""`alerts.csv` and `alerts.parquet`: one row a card, without identifiers, names, dates or free text."""

import csv
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from importlib.util import find_spec
from itertools import islice
from pathlib import Path

from cds_service.backtest.tally import Row

COLUMNS = (
    ("patient", "int64"),
    ("day", "int32"),
    ("hour", "int8"),
    ("hook", "string"),
    ("setting", "string"),
    ("indicator", "string"),
    ("rule", "string"),
    ("rules", "string"),
    ("suggestions", "int8"),
    ("knowledge", "string"),
)
NAMES = tuple(name for name, _ in COLUMNS)
ROWS_AT_ONCE = 50_000
Alert = tuple[int | str, ...]


def alerts(rows: Iterable[Row], before: int, start: int, version: str) -> Iterator[Alert]:
    """The rows of a bucket: patients numbered after those `before`, days counted from the ordinal `start`."""
    for row in rows:
        when = datetime.fromtimestamp(row.second, UTC)
        day = when.date().toordinal() - start
        number = before + row.patient + 1
        said = (row.hook, row.setting, row.indicator, row.rule, row.rules, row.suggestions)
        yield (number, day, when.hour, *said, version)


def write_csv(path: Path, told: Iterable[Alert]) -> None:
    """Write the table as CSV."""
    with path.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened, lineterminator="\n")
        writer.writerow(NAMES)
        writer.writerows(told)


def can_write_parquet() -> bool:
    """Whether pyarrow is installed."""
    return find_spec("pyarrow") is not None


def write_parquet(path: Path, told: Iterable[Alert]) -> None:
    """Write the table as Parquet, in row groups of a fixed size."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    fields = [pa.field(name, getattr(pa, kind)(), nullable=False) for name, kind in COLUMNS]
    schema, rest = pa.schema(fields), iter(told)
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        while group := list(islice(rest, ROWS_AT_ONCE)):
            arrays = [
                pa.array(values, field.type) for values, field in zip(zip(*group, strict=True), fields, strict=True)
            ]
            writer.write_batch(pa.record_batch(arrays, schema=schema))
