"""The one spelling of a code system: clients name the same system by URL, OID, table name or word."""

import re

from cards.by_value import kept_by_value

RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
LOINC = "http://loinc.org"
SNOMED = "http://snomed.info/sct"
UCUM = "http://unitsofmeasure.org"
REQUEST_CATEGORY = "http://terminology.hl7.org/CodeSystem/medicationrequest-category"
# every national form of ICD-10 is this one: their first characters mean the same
ICD10 = "http://hl7.org/fhir/sid/icd-10-cm"
ICD9 = "http://hl7.org/fhir/sid/icd-9-cm"
ICPC2 = "http://hl7.org/fhir/sid/icpc-2"
ATC = "http://www.whocc.no/atc"
NDC = "http://hl7.org/fhir/sid/ndc"
DMD = "https://dmd.nhs.uk"
PZN = "http://fhir.de/CodeSystem/ifa/pzn"
CPT = "http://www.ama-assn.org/go/cpt"
DIN = "http://hl7.org/fhir/NamingSystem/ca-hc-din"

# OIDs, names of HL7 table 0396 and common words, all in lower case
_SPELLINGS: dict[str, tuple[str, ...]] = {
    LOINC: ("2.16.840.1.113883.6.1", "ln", "lnc", "loinc.org"),
    SNOMED: ("2.16.840.1.113883.6.96", "sct", "sct2", "snm", "snomed.info", "snomedct_us"),
    RXNORM: ("2.16.840.1.113883.6.88", "rxn", "rxcui"),
    ICD10: (
        *("2.16.840.1.113883.6.3", "2.16.840.1.113883.6.90", "2.16.840.1.113883.6.135"),
        *("1.2.246.537.6.1", "1.2.752.116.1.1.1", "2.16.578.1.12.4.1.1.7110"),
        *("i10", "i10c", "i10g", "icd10", "icd-10"),
    ),
    ICD9: ("2.16.840.1.113883.6.2", "2.16.840.1.113883.6.42", "2.16.840.1.113883.6.103", "i9", "i9c", "i9cdx"),
    ICPC2: ("2.16.840.1.113883.6.139", "2.16.578.1.12.4.1.1.7170", "ic2"),
    ATC: ("2.16.840.1.113883.6.73", "2.16.578.1.12.4.1.1.7180", "1.2.246.537.6.32", "wc", "whocc.no"),
    NDC: ("2.16.840.1.113883.6.69",),
    DMD: ("2.16.840.1.113883.2.1.6.15", "dmd", "dm+d"),
    PZN: ("1.2.276.0.76.4.6",),
    CPT: ("2.16.840.1.113883.6.12", "c4", "c5", "cpt", "cpt4", "cpt-4"),
    DIN: ("2.16.840.1.113883.5.1105", "hc-din", "ca-din"),
}
# what every other spelling of a system has in it; procedures and dental codes are other systems
_MARKS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"icd[-_ ./]?(?:10|9).{0,80}(?:pcs|proc)|/sct/.{0,80}refset"), ""),
    (re.compile(r"(?:icd|cim|cie|cid)[-_ ./]?10|icd/release/10"), ICD10),
    (re.compile(r"icd[-_ ./]?9"), ICD9),
    (re.compile(r"icpc"), ICPC2),
    (re.compile(r"rx-?norm"), RXNORM),
    (re.compile(r"snomed"), SNOMED),
    (re.compile(r"loinc"), LOINC),
    (re.compile(r"(?:^|[/_:. -])atc(?:[/_: -]|\d{4}|$)|whocc"), ATC),
    (re.compile(r"(?:^|[/_:. -])ndc(?:[/_:. -]|$)"), NDC),
    (re.compile(r"(?:^|[/_:. -])dm\+?d(?:[/_:. -]|$)"), DMD),
    (re.compile(r"(?:^|[/_:. -])pzn(?:[/_:. -]|$)"), PZN),
    (re.compile(r"(?:^|[/_:. -])din(?:[/_:. -]|$)"), DIN),
)
_KNOWN = {
    **{system.split("://")[1].lower(): system for system in _SPELLINGS},
    **{spelling: system for system, spellings in _SPELLINGS.items() for spelling in spellings},
}


@kept_by_value(1024)
def system_of(told: str) -> str:
    """The canonical URI of a code system in whatever spelling; of one that is not ours the spelling without noise.

    The same: http and https, upper case, `www.`, slashes at the end, `|version`, `urn:oid:` and bare OIDs, names of
    HL7 v2 tables (`LN`, `I10`, `SCT`), modules of SNOMED CT, national forms of ICD-10.
    """
    plain = _without_noise(told)
    known = _KNOWN.get(plain) or _KNOWN.get(plain.removeprefix("www."))
    if known:
        return known
    marked = next((system for mark, system in _MARKS if mark.search(plain)), "")
    return marked or plain


def _without_noise(told: str) -> str:
    plain = told.split("|", 1)[0].strip().lower().rstrip("/#")
    for scheme in ("http://", "https://", "urn:oid:", "urn:std:", "oid:", "urn:"):
        plain = plain.removeprefix(scheme)
    return plain


def icd_code(code: str) -> str:
    """An ICD code without dot, blanks and the marks that countries add: `I44.2 G`, `M90.0*` and `Z99.2!` in Germany."""
    return _MARKED.sub("", code.strip().upper().split(" ", 1)[0]).replace(".", "")


def is_one_icd_code(code: str) -> bool:
    """Whether it is an ICD code, and no block or chapter of them: I30-I52, IX."""
    return bool(_ONE.match(icd_code(code))) and not _BLOCK.search(code.upper())


_MARKED = re.compile(r"[^A-Z0-9.]")
# of ICD-10 and, in figures or with E and V in front, of ICD-9
_ONE = re.compile(r"[A-Z]?\d[0-9A-Z]")
_BLOCK = re.compile(r"[0-9A-Z]\s*[-\N{EN DASH}]\s*[A-Z]?\d")
