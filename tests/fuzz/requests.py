"""Real requests, spoiled: parts dropped, retyped, repeated, nested; odd numbers, texts, dates, units and codes."""

import copy
import json
from dataclasses import dataclass, field

import orjson
from hypothesis import strategies as st

from tests.calls import SERVICE_OF
from tests.fuzz.bases import MARK, bases, donors, walk

RETYPED = (None, "", " ", "text", 0, -1, 1.5, True, False, [], {}, [None], [[]], {"x": None}, {"resourceType": "X"})
NUMBERS = (
    0, -0.0, -1, 1e-300, 1e300, -1e300, 1e999, -1e999, float("nan"), 2**31, 2**63, 2**64, 10**30, 10**400,
    0.1 + 0.2, 1.2, 0.4, 2.5, 12, 1200, "1.2", "1,2", "<0.5", "1e3", "٣",
)  # fmt: skip
TEXTS = (
    "\x00", "\ud800", "\udfff\ud800", "a\u202eb", "é" * 5000, "x" * 70_000, "<script>alert(1)</script>", "{{7*7}}",
    "%s%n", "../../etc/passwd", "[a](javascript:b)", "\u2028", "\ufeff", "\U0001d578\U0001d58c", "I\u0307", "ß",
    "Ω", "\n# h\n", "' OR 1=1", "$(id)",
)  # fmt: skip
DATES = (
    "2026", "2026-11", "2026-11-23", "2026-11-23T11:00:00Z", "2026-11-23T11:00:00", "2026-11-23T24:00:00Z",
    "0000-00-00", "0001-01-01", "9999-12-31T23:59:59.999999999+14:00", "2026-02-30",
    "2026-11-23T11:00:00.123456789123Z", "23.11.2026", "2026-11-23T11:00:60Z", "2026-11-23T11:00:00+99:99",
    "Invalid date", "-0001-01-01", "1900-01-01", "2126-01-01", "now",
)  # fmt: skip
UNITS = (
    "mg/dL", "mmol/L", "meq/L", "mg/L", "ug/mL", "umol/L", "g/L", "MG/DL", "mg / dl", "%", "1", "{pill}", "µmol/l",
    "?", "", "mg/dL/dL", "10*3/uL", "g", "mL", "g/h", "/", "[", "kg",
)  # fmt: skip
CODES = (
    "19123-9", "2601-3", "2600-5", "2597-3", "2160-0", "98979-8", "33914-3", "2823-3", "76634-5", "1658259",
    "829757", "7646", "3407", "N18.6", "I44.1", "G70.0", "F10.2", "N17", "O14.1", "26643006", "47625008",
    "19123-9 ", "0", "x|y", "*",
)  # fmt: skip
_NUMBER_KEYS = frozenset({"value", "frequency", "period", "duration", "low", "high", "expires_in", "numerator"})
_DATE_WORDS = ("date", "time", "authored", "issued", "start", "end", "period", "onset")
_DEPTHS = (1, 2, 30, 400)
_MEDIA = ("application/json",) * 20 + ("application/fhir+json", "text/plain", "", "application/json; charset=utf-16")


@dataclass(frozen=True)
class Sent:
    """What goes over the wire."""

    path: str
    raw: bytes
    media: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)


def _value(rng, choices):
    return copy.deepcopy(rng.choice(choices))


def _drop(rng, holder, key):
    holder.pop(key)


def _retype(rng, holder, key):
    holder[key] = _value(rng, RETYPED)


def _repeat(rng, holder, key):
    times = rng.choice((2, 3, 50))
    holder[key] = holder[key] * times if isinstance(holder[key], list) else [holder[key]] * times


def _deepen(rng, holder, key):
    for _ in range(rng.choice(_DEPTHS)):
        holder[key] = rng.choice(([holder[key]], {"resource": holder[key]}))


def _donate(rng, holder, key):
    if fitting := donors().get(key):
        holder[key] = _value(rng, fitting)


def _misplace(rng, holder, key):
    """A value from under one key to another; nothing with a mark, which would then be in a place where it is shown."""
    if isinstance(holder, dict) and MARK not in repr(holder[key]).upper():
        holder[rng.choice(sorted(donors()))] = holder.pop(key)


def _number(rng, holder, key):
    holder[key] = _value(rng, NUMBERS)


def _text(rng, holder, key):
    holder[key] = rng.choice(TEXTS)


def _date(rng, holder, key):
    holder[key] = rng.choice(DATES)


def _unit(rng, holder, key):
    holder[key] = rng.choice(UNITS)


def _code(rng, holder, key):
    holder[key] = rng.choice(CODES)


def _anywhere(key):
    return True


def _is_date(key):
    return isinstance(key, str) and any(word in key.lower() for word in _DATE_WORDS)


def _under(*keys):
    return lambda key: key in keys


# what is done, and to which keys
MUTATIONS = (
    *((change, _anywhere) for change in (_drop, _retype, _repeat, _deepen, _misplace, _donate, _donate, _text)),
    (_number, lambda key: key in _NUMBER_KEYS),
    (_date, _is_date),
    (_unit, _under("unit", "code", "durationUnit", "periodUnit")),
    (_code, _under("code")),
    (_donate, _under("resource", "entry", "coding", "resourceType", "status", "valueQuantity", "system", "reference")),
)


def _is_there(holder, key):
    return key in holder if isinstance(holder, dict) else key < len(holder)


def mutate(rng, body):
    """The request, changed in place a few times."""
    places = list(walk(body))
    for _ in range(rng.choice((0, 1, 1, 2, 3, 5, 12))):
        change, fits = rng.choice(MUTATIONS)
        possible = places if fits is _anywhere else [place for place in places if fits(place[1])]
        holder, key = rng.choice(possible) if possible else ({}, 0)
        if _is_there(holder, key):
            change(rng, holder, key)


def _cut(rng, raw):
    return raw[: rng.randrange(len(raw) + 1)]


def _flip(rng, raw):
    at = rng.randrange(len(raw))
    return raw[:at] + bytes([rng.randrange(256)]) + raw[at + 1 :]


def _insert(rng, raw):
    at = rng.randrange(len(raw) + 1)
    return (
        raw[:at] + rng.choice((b"\xff", b"\x00", b"NaN", b"[" * 2000, b"}", b",", b'\\ud800"', b"1" * 400)) + raw[at:]
    )


def _recode(rng, raw):
    return raw.decode("utf-8", "replace").encode(rng.choice(("utf-16", "utf-8-sig", "utf-7", "utf-32-le")))


def _twice(rng, raw):
    return raw[:-1] + b", " + raw[1:]


BROKEN = (_cut, _flip, _insert, _recode, _twice)


def made(rng):
    """A request; the same for the same state of the generator."""
    service, base = rng.choice(bases())
    body = orjson.loads(base)
    mutate(rng, body)
    raw = json.dumps(body).encode()
    if rng.randrange(10) == 0:
        raw = rng.choice(BROKEN)(rng, raw)
    if rng.randrange(20) == 0:
        service = rng.choice((*SERVICE_OF.values(), "none", f"{service}/feedback", "%00", "magnesium-patient-view/x"))
    headers = {"X-Request-Id": MARK, "User-Agent": MARK, "Origin": "https://ehr.example"}
    return Sent(f"/cds-services/{service}?q={MARK}", raw, rng.choice(_MEDIA), headers)


@st.composite
def requests(draw):
    """Spoiled requests; every choice is hypothesis's own, so that what fails is made small."""
    return made(draw(st.randoms(use_true_random=False)))
