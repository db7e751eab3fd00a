"""The log: one JSON object a line. Ids, counts and times only; never patient data."""

import json
import logging
import re
import sys
import traceback
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import orjson

from cds_service.records.log_writer import PatientWriter

if TYPE_CHECKING:  # the process that ships decides nothing: it starts in half the time without
    from cards import Decision, Silence

AUDIT = logging.getLogger("magnesium_cds.audit")
PROBLEMS = logging.getLogger("magnesium_cds.problems")
_FIELDS = "fields"
_OURS = ("magnesium_cds", "cds_service", "gunicorn", "waitress")
_HALF_A_SIGN = re.compile("[\ud800-\udfff]")
Who = Mapping[str, str]


class JsonLines(logging.Formatter):
    """A log record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Time, level, logger, event, and the fields the caller gave."""
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
        }
        line |= getattr(record, _FIELDS, {})
        try:
            return orjson.dumps(line, default=str).decode()
        except TypeError:  # half a sign, as in a name of a file that is no UTF-8, or a number that is too large
            return _HALF_A_SIGN.sub(_spelled, json.dumps(line, default=str, ensure_ascii=False))


def _spelled(half: re.Match[str]) -> str:
    """Half a sign, which no UTF-8 holds, as text that names it: `\\udcff` behind a backslash that is one."""
    return f"\\\\u{ord(half[0]):04x}"


def is_ours(record: logging.LogRecord) -> bool:
    """Whether the line may be written: libraries log addresses and queries, which name patients."""
    return record.name.startswith(_OURS)


def configure_logging(level: str) -> PatientWriter:
    """Log to standard error from now on, by what is returned. Audit lines are written at every level."""
    handler = PatientWriter(sys.stderr, _left_out)
    handler.setFormatter(JsonLines())
    handler.addFilter(is_ours)
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    AUDIT.setLevel(logging.INFO)
    logging.raiseExceptions = False  # a line that cannot be written is not shown with all it was made of
    return handler


def _left_out(lines: int) -> str:
    told = PROBLEMS.makeRecord(PROBLEMS.name, logging.WARNING, "", 0, "log lines left out: nobody read them", (), None)
    setattr(told, _FIELDS, {"lines": lines})
    return JsonLines().format(told)


def record_call(
    request_id: str,
    service: str,
    status: int,
    decision: "Decision | None",
    milliseconds: float,
    who: Who,
    data: Mapping[str, object],
    trial_status: int | None = None,
    called_as: str = "",
) -> None:
    """One line for an answered call; `who` names the client, `data` counts prefetch keys by how they were answered.

    `trial_status`: how it would have been answered but for a trial of the whole service. `called_as`: the hook that
    the call names, where it is that of another service.
    """
    fields: dict[str, object] = {
        "request": request_id,
        "service": service,
        "status": status,
        "ms": round(milliseconds, 1),
        **who,
        **({"data": data} if data else {}),
        **({"trial": trial_status} if trial_status else {}),
        **({"called_as": called_as} if called_as else {}),
        **(_decided(decision) if decision else {}),
    }
    AUDIT.info("call", extra={_FIELDS: fields})


def record_feedback(service: str, fields: dict[str, object], who: Who) -> None:
    """One line for one feedback entry; `fields` holds ids and codes, never a comment."""
    AUDIT.info("feedback", extra={_FIELDS: {"service": service, **who, **fields}})


def record_refusal(request_id: str, reason: str, who: Who) -> None:
    """One line for a token that was not accepted; `reason` quotes nothing of it, `who` is what it claims."""
    PROBLEMS.warning("token not accepted", extra={_FIELDS: {"request": request_id, "reason": reason, **who}})


def record_refused_by_server(status: int, request_id: str) -> None:
    """One line for a request that the web server itself refused, before the service saw it."""
    PROBLEMS.warning("request refused by the server", extra={_FIELDS: {"request": request_id, "status": status}})


def record_insights_refusal(request_id: str, reason: str) -> None:
    """One line for a failed try to see the insights; `reason` quotes nothing of what was shown."""
    PROBLEMS.warning("insights refused", extra={_FIELDS: {"request": request_id, "reason": reason}})


def record_trouble(event: str, **fields: str) -> None:
    """One line for something around us that does not work; `fields` hold no part of a request."""
    PROBLEMS.warning(event, extra={_FIELDS: fields})


def record_failed_rules(request_id: str, failures: "Mapping[str, Silence]") -> None:
    """One line for each rule, or card by its rules, that failed: what and where, not the message of the fault."""
    for rule, told in failures.items():
        fields = {"request": request_id, "rule": rule, "problem": told.why, "frames": told.where}
        PROBLEMS.error("rule failed", extra={_FIELDS: fields})


def record_failed_memory(request_id: str, told: "Silence") -> None:
    """One line for a memory of earlier advice that failed: what and where, not the message of the fault."""
    fields = {"request": request_id, "problem": told.why, "frames": told.where}
    PROBLEMS.error("memory failed: advice is said as if nobody had answered it", extra={_FIELDS: fields})


def record_fault(event: str, problem: BaseException) -> None:
    """One line for a fault of ours outside any request: its type and where, not its message."""
    PROBLEMS.error(event, extra={_FIELDS: _fault(problem)})


def record_failure(request_id: str, problem: BaseException) -> None:
    """One line for a fault of ours: its type and where, not its message, which may quote the request."""
    PROBLEMS.error("failure", extra={_FIELDS: {"request": request_id, **_fault(problem)}})


def _fault(problem: BaseException) -> dict[str, object]:
    frames = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(problem.__traceback__)]
    return {"problem": type(problem).__name__, "frames": frames[-12:]}


def _decided(decision: "Decision") -> dict[str, object]:
    return {
        "cards": [card.uuid for card in decision.cards],
        "indicators": [card.indicator.word for card in decision.cards],
        "rules": [list(card.rules) for card in decision.cards],
        **({"on_trial": [told.rule for told in decision.on_trial]} if decision.on_trial else {}),
        "cannot_tell": list(decision.cannot_tell),
        **({"not_understood": unread} if (unread := _not_understood(decision)) else {}),
        "knowledge": decision.trace.knowledge_version,
    }


def _not_understood(decision: "Decision") -> dict[str, int]:
    return {f"{kind.what}: {kind.why}": count for kind, count in decision.trace.chart.not_understood.items()}
