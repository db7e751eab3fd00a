"""Requests to try the service with from a command line, dated from now."""

import re
from datetime import UTC, datetime, timedelta
from importlib import resources

from cds_service.fhir_json import JsonDict, as_dict, parse_json

_OFFSET = re.compile(r"@(now|date)(?:-(\d+)([hd]))?")
_HOURS = {"h": 1, "d": 24}


def demo_requests(now: datetime) -> dict[str, JsonDict]:
    """Name to request, with every `@now-2h` and `@date-30d` resolved."""
    folder = resources.files("cds_service.demo") / "requests"
    files = sorted((item for item in folder.iterdir() if item.name.endswith(".json")), key=lambda item: item.name)
    return {item.name: as_dict(_resolved(parse_json(item.read_bytes()), now)) for item in files}


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
