"""`magnesium-cds demo`: requests with invented patients, dated from now, to try the service with."""

import json
import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from importlib import resources
from pathlib import Path

from cds_service.errors import JsonDict
from cds_service.fhir import as_dict, as_text, parse_json

_OFFSET = re.compile(r"@(now|date)(?:-(\d+)([hd]))?")
_HOURS = {"h": 1, "d": 24}


def demo_requests(now: datetime) -> dict[str, JsonDict]:
    """Name to request, with every `@now-2h` and `@date-30d` resolved."""
    folder = resources.files("cds_service.demo_requests")
    files = sorted((item for item in folder.iterdir() if item.name.endswith(".json")), key=lambda item: item.name)
    return {item.name: as_dict(_resolved(parse_json(item.read_bytes()), now)) for item in files}


def write_requests(folder: Path, now: datetime) -> Iterable[tuple[Path, str]]:
    """Write the requests into the folder; (file, hook) of each."""
    for name, request in demo_requests(now).items():
        path = folder / name
        path.write_text(json.dumps(request, indent=2) + "\n", encoding="utf-8")
        yield path, as_text(request.get("hook")) or ""


def welcome(base: str, requests: Iterable[tuple[Path, str]]) -> str:
    """What the demo says when it starts."""
    curls = [
        f"  curl -s -H 'Content-Type: application/json' --data @{path} {base}/cds-services/magnesium-{hook}"
        for path, hook in requests
    ]
    return "\n".join(
        [
            f"magnesium-cds demo on {base}",
            f"  what this is   {base}/",
            f"  discovery      {base}/cds-services",
            "Requests with invented patients; each answers with cards:",
            *curls,
            "Ctrl-C stops it.",
        ]
    )


def _resolved(value: object, now: datetime) -> object:
    if isinstance(value, dict):
        return {key: _resolved(item, now) for key, item in value.items()}
    if isinstance(value, list):
        return [_resolved(item, now) for item in value]
    match = _OFFSET.fullmatch(value) if isinstance(value, str) else None
    return _moment(match, now) if match else value


def _moment(match: re.Match[str], now: datetime) -> str:
    hours = int(match[2]) * _HOURS[match[3]] if match[2] else 0
    moment = now.astimezone(UTC) - timedelta(hours=hours)
    return moment.date().isoformat() if match[1] == "date" else moment.isoformat(timespec="seconds")
