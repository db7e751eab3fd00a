"""One fact in many spellings is one fact: systems, shapes and languages; harmless medicines stay harmless."""

from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest

from cards.chart.conditions import conditions_by_category
from cards.chart.medicines import medicines, nameless
from cards.chart.still_counts import Stay
from cards.model import Medication, Route
from cards.terms.systems import ATC, CPT, ICD9, ICD10, LOINC, NDC, RXNORM, SNOMED, system_of
from tests.cards.chart import NOW, Json, knowledge

HOLD_POTASSIUM = [
    "lisinopril 10 mg tablet",
    "Ramipril 5 mg Tabletten",
    "énalapril 20 mg",
    "perindopril 4 mg",
    "captopril 25 mg",
    "losartan 50 mg tablet",
    "Valsartán 80 mg",
    "Candesartan 8 mg",
    "Enalapril / lercanidipine 20 mg/10 mg",
]
SYSTEMS = {
    LOINC: ["http://loinc.org", "https://loinc.org/", "LN", "urn:oid:2.16.840.1.113883.6.1", "http://loinc.org|2.78"],
    RXNORM: [RXNORM, f"{RXNORM}/", "https://www.nlm.nih.gov/research/umls/rxnorm", "2.16.840.1.113883.6.88", "RxNorm"],
    SNOMED: [SNOMED, "https://snomed.info/sct", f"{SNOMED}/731000124108", "SCT", "urn:oid:2.16.840.1.113883.6.96"],
    ATC: ["http://www.whocc.no/atc", "https://www.whocc.no/atc/", "http://fhir.de/CodeSystem/bfarm/atc", "WC", "ATC"],
    ICD10: [
        *("http://hl7.org/fhir/sid/icd-10-cm", "http://hl7.org/fhir/sid/icd-10", "ICD-10-GM", "I10", "ICD10CA"),
        *("http://fhir.de/CodeSystem/bfarm/icd-10-gm", "http://hl7.org/fhir/sid/icd-10-am", "I10C", "CIM-10"),
        *("urn:oid:2.16.840.1.113883.6.90", "2.16.840.1.113883.6.3", "https://fhir.hl7.org.uk/Id/icd-10"),
    ],
    ICD9: ["http://hl7.org/fhir/sid/icd-9-cm", "http://terminology.hl7.org/CodeSystem/icd9cm", "I9C", "ICD-9-CM"],
    CPT: [CPT, "https://www.ama-assn.org/go/cpt/", "CPT", "C4", "urn:oid:2.16.840.1.113883.6.12"],
    NDC: ["http://hl7.org/fhir/sid/ndc", "NDC", "urn:oid:2.16.840.1.113883.6.69"],
}
ORAL_MAGNESIUM = (
    *("Magnesium 250 mg", "Mag-Ox 400", "MagOx 400 mg tablet", "mag ox", "Mg oxide 400 mg", "Slow-Mag", "Mag 64"),
    *("Magnesium-Diasporal 300", "Magnesiumcitrat 150 mg Tablette", "Magnésium 300 mg gélule", "oxyde de magnésium"),
    *(
        "óxido de magnesio 400 mg",
        "magnesio pidolato",
        "ossido di magnesio",
        "magnesiumoxide 500 mg",
        "Magnesiumoksidi",
    ),
    *("magnésio 200 mg", "Magnez B6", "酸化マグネシウム錠330mg", "mag cit 150 mg caps", "Mag malate 1250 mg tablet"),
    *("Chelated magnesium 100 mg (amino acid complex) tablet", "Magnerot", "MAG-4", "Mag 2", "Emgesan 250 mg"),
    *("MagneB6", "Magmitt 330mg", "Magnogène", "Mg 5-Longoral", "Mag-Sup", "Magnesium-Diasporal Lutschtabletten"),
)
IV_MAGNESIUM = (
    *("magnesium sulfate 4 g/100 mL", "MAG SULF 4GM/100ML PREMIX", "Mg sulf 2gm/50mL", "MgSO4 2 g", "mag 2 g IV"),
    *("Mag 4 gm IV", "IV mag", "magnesium IVPB", "Magnesiumsulfat 50 % Ampulle", "sulfate de magnésium injectable"),
    *("sulfato de magnesio 1 g", "solfato di magnesio", "sulfato de magnésio", "magnesiumsulfaat", "硫酸マグネシウム"),
    *("magnesiumsulfaatti", "Magnesium Sulphate 50% injection", "mag sulfate", "Mg 2 g IV"),
    *("Sulmetin", "Cormagnesin 400", "Mg 5-Sulfat Amp. 50 %", "Conclyte-Mg", "Mg-Sulfat 50 %"),
)
LAXATIVES = ("milk of magnesia", "MOM 30 mL", "M.O.M.", "mag citrate solution", "Maalox", "Mylanta", "Epsom salt")
LAXATIVES += ("Rennie", "Talcid", "Almax", "co-magaldrox", "Antagel", "Salilax")
NO_ORDERS = (
    *("Plasma-Lyte 148", "Prismasol BGK 4/2.5 magnesium 1.5 mEq/L", "Dianeal PD-2", "cardioplegia magnesium 16 mmol/L"),
    *("multivitamin with minerals (magnesium 100 mg)", "esomeprazole magnesium 40 mg", "Esomeprazol-Magnesium 20 mg"),
    *("magnesium stearate", "magnesium-free diet", "MoviPrep", "Magnesiumöl Spray", "magnesium oil"),
    *("hemodialysis fluid magnesium 0.5 mmol/L", "Hämodialyselösung Magnesium 0,5"),
)
OMEPRAZOLE = (
    *("omeprazole 20 mg", "Omeprazol 20 mg Kapsel", "oméprazole 20 mg", "omeprazolo", "Omepratsoli", "Prilosec"),
    *("Losec MUPS 20 mg", "Mopral", "Antra MUPS", "omeprazole magnesium 20 mg", "OMEPRAZOL STADA 40 mg"),
)
INTERNATIONAL = {
    "hydrochlorothiazide": ("Hydrochlorothiazid", "hidroclorotiazida", "idroclorotiazide", "Hydroklortiazid", "HCTZ"),
    "furosemide": ("Furosemid", "furosemida", "Lasilix", "Furix", "furosemidi", "frusemide"),
    "pantoprazole": ("Pantoprazol", "pantoprazolo", "Pantoprazolnatrium", "Inipomp", "pantopratsoli"),
    "amphotericin B": ("anfotericina B", "Amphotericin", "amphotéricine B"),
    "digoxin": ("Digoxin", "digoxina", "digossina", "digoksin", "digoxine"),
    "spironolactone": ("Spironolacton", "spironolattone", "espironolactona"[1:], "spironolakton"),
    "levothyroxine": ("L-Thyroxin", "levotiroxina", "Levothyroxin-Natrium", "lévothyroxine", "Euthyrox"),
    "cyclosporine": ("ciclosporina", "Ciklosporin", "ciclosporine", "Sandimmun"),
    "domperidone": ("Motilium", "domperidona", "Domperidon"),
    "bendroflumethiazide": ("Aprinox", "Centyl", "bendroflumetiazida"),
}
BRANDS = {
    "esomeprazole": ("Emanera", "Esopral", "Nexiam"),
    "pantoprazole": ("Somac", "Pantoloc", "Eupantol", "Pantorc", "Zurcal", "Tecta"),
    "lansoprazole": ("Lanzor", "Ogast", "Opiren", "Lansox"),
    "omeprazole": ("Omep", "Antramups", "Zoltum", "Ulceral", "omprazole 20 mg"),
    "furosemide": ("Seguril", "Impugan", "Vesix", "Furesis", "Fusid"),
    "torsemide": ("Unat", "Sutril", "Isodiur", "Luprac"),
    "hydrochlorothiazide": ("HCT 25 mg", "Esidrix", "Concor plus", "Nebilet Plus", "Lodoz"),
    "amikacin": ("Amikin", "Biklin"),
    "tobramycin": ("Nebcin", "Gernebcin"),
    "cisplatin": ("Platinol", "CDDP"),
    "tacrolimus": ("FK506", "FK 506"),
    "digoxin": ("Lanicor", "Hemigoxine", "Lanacordin"),
    "amiodarone": ("Cordarex", "Trangorex"),
    "escitalopram": ("Cipralex", "Seroplex"),
    "rocuronium": ("Esmeron", "Zemuron"),
    "succinylcholine": ("Lysthenon", "Celocurin"),
}
WITH_A_THIAZIDE = (
    *("Co-Diovan 160/12,5", "CoAprovel", "MicardisPlus", "Blopress Plus", "Sevikar HCT", "Lorzaar plus", "Cozaar Comp"),
    *(
        "Ramipril comp.",
        "Enalapril comp",
        "Delix plus",
        "Co-Renitec",
        "Acuretic",
        "CoKenzen",
        "Cotareg",
        "Coversyl Plus",
    ),
)
AV_BLOCK = (
    *((system, code) for system, code in product(SYSTEMS[ICD10], ("I44.2", "I442", "I44.1 G", "I44.30"))),
    *((system, "27885002") for system in SYSTEMS[SNOMED]),
    *((system, "426.0") for system in SYSTEMS[ICD9]),
    *((system, "4260") for system in SYSTEMS[ICD9]),
)
AV_BLOCK_WORDS = (
    *(
        "complete heart block",
        "Mobitz II",
        "3rd degree AVB",
        "AV-Block III. Grades",
        "bloc auriculo-ventriculaire complet",
    ),
    *("bloqueo AV completo", "blocco atrio-ventricolare di II grado", "AV-blok", "CHB", "2:1 AV block"),
)
DIALYSIS = (
    *((system, code) for system, code in product(SYSTEMS[ICD10], ("Z99.2", "Z992", "Z49.31"))),
    *((system, "105502003") for system in SYSTEMS[SNOMED]),
    *((system, "V45.11") for system in SYSTEMS[ICD9]),
)
DIALYSIS_WORDS = ("on hemodialysis", "ESRD on HD", "Hämodialyse", "hémodialyse chronique", "hemodiálisis", "emodialisi")
IN_LANGUAGES = {
    "pregnancy": (
        *("Mehrlingsschwangerschaft", "Gravidité"),
        *("Schwangerschaft in der 31. SSW", "SSW 32", "Grossesse", "Embarazo", "Gravidanza", "Gravidez"),
        *("Zwangerschap", "Graviditet", "svangerskap", "Gestación", "IUP at 34 weeks"),
    ),
    "pre_eclampsia": (
        *("Präeklampsie", "Praeeklampsie", "Schwere Präeklampsie", "Prééclampsie", "Pré-éclampsie", "Pré-eclâmpsia"),
        *("Pre-eclampsie", "Preeklampsi", "Eklampsie", "Éclampsie", "Eclampsi", "HELLP-Syndrom"),
    ),
    "hypomagnesaemia": (
        *("Hypomagnesiämie", "Magnesiummangel", "Hypomagnésémie", "Hipomagnesemia grave", "Ipomagnesiemia"),
        *("Hypomagnesiemie", "Hypomagnesemi", "Carence en magnésium", "Déficit de magnesio", "Magnesiumbrist"),
    ),
    "hypokalaemia": ("Hypokaliämie", "Hypokaliémie", "Hipopotasemia", "Ipokaliemia", "Ipopotassiemia", "Hypokalemi"),
    "hypocalcaemia": ("Hypokalzämie", "Hypocalcémie", "Hipocalcemia", "Ipocalcemia", "Hypokalsemi"),
    "dialysis": ("Hämodialysepatient", "Hémodialysé chronique, hémodialyse", "En hemodiálisis"),
    "long_qt": ("Long-QT-Syndrom", "QT-Verlängerung", "Syndrome du QT long", "QT largo"),
    "alcohol": (
        *("Äthylismus", "C2H5OH-Abusus", "Etilista"),
        *("Alkoholabhängigkeit", "C2-Abusus", "Alcoolisme chronique", "Dépendance alcoolique", "Alcoholismo"),
        *("Dependencia del alcohol", "Alcolismo", "Etilismo crónico", "Alcoolismo", "Alkoholberoende", "Alcoholisme"),
    ),
    "alcohol_withdrawal": ("Alkoholentzugssyndrom", "Entzugsdelir", "Sevrage alcoolique", "Astinenza alcolica"),
    "diarrhoea": (
        *("Durchfall", "Chronische Diarrhoe", "Diarrhée chronique", "Diarrea cronica", "Diarreia", "Diarree", "Diarré"),
    ),
    "malabsorption": ("Kurzdarmsyndrom", "Syndrome du grêle court", "Zöliakie", "Maladie cœliaque", "Celiachia"),
    "torsades": ("Torsade-de-pointes-Tachykardie", "Torsión de puntas", "Torsione di punta"),
    "av_block": ("BAV III", "BAV complet", "Bloqueo AV de tercer grado"),
    "heart_failure": ("Herzinsuffizienz NYHA III", "Insuffisance cardiaque", "Scompenso cardiaco", "Hartfalen"),
    "aki": ("Akutes Nierenversagen", "Insuffisance rénale aiguë", "Lesión renal aguda", "Akut njursvikt"),
    "esrd": ("Dialysepflichtige Niereninsuffizienz", "Insuffisance rénale terminale"),
    "seizure": ("Zerebraler Krampfanfall", "Crise convulsive", "Crisis convulsiva", "Krampeanfall"),
    "ventricular_arrhythmia": ("Kammerflimmern", "Tachycardie ventriculaire", "Ventrikuläre Tachykardie"),
}
DENIED = (
    *("Keine {}", "Kein Hinweis auf {}", "Ausschluss {}", "{} ausgeschlossen", "V.a. {}, ausgeschlossen", "Pas de {}"),
    *("sin {}", "niega {}", "{} descartada", "senza {}", "nega {}", "sem {}", "geen {}", "ingen {}", "No {}"),
    *("Familienanamnese: {}", "antécédents familiaux de {}"),
)
DIALYSIS_MORE = ("Dialysepflichtige terminale Niereninsuffizienz", "hämodialysepflichtig", "dialysepflichtig")
EMERGENCY_WORDS = {
    "seizure": (
        *("Krampfanfall", "Epileptischer Anfall", "Crise convulsive généralisée", "Crisis convulsiva"),
        *("crisi epilettica", "Convulsões"),
    ),
    "ventricular_arrhythmia": (
        *("Kammerflimmern", "Kammertachykardie", "Ventrikuläre Tachykardie", "Fibrillation ventriculaire"),
        *("Taquicardia ventricular", "tachicardia ventricolare"),
    ),
    "hypotension": ("Septischer Schock", "Choc septique", "Shock séptico", "choque cardiogénico", "shock settico"),
    "respiratory_failure": (
        *("Akute respiratorische Insuffizienz", "Insuffisance respiratoire aiguë", "Insuficiencia respiratoria aguda"),
        "insufficienza respiratoria acuta",
    ),
    "pre_eclampsia": ("Präeklampsie", "Prééclampsie sévère", "Preeclampsia grave", "Eklampsie"),
    "esrd": ("Terminale Niereninsuffizienz", "Insuffisance rénale terminale", "Insuficiencia renal crónica terminal"),
}
DENIED_WORDS = (
    *(("av_block", text) for text in ("Kein AV-Block", "pas de bloc auriculo-ventriculaire", "sin bloqueo AV")),
    *(("seizure", text) for text in ("Kein Krampfanfall", "Zustand nach Krampfanfall 2019", "sans crise convulsive")),
    *(("seizure", text) for text in ("antecedentes de crisis convulsivas", "nessuna crisi epilettica")),
    *(("myasthenia", text) for text in ("Ausschluss Myasthenia gravis", "pas de myasthénie", "senza miastenia")),
    *(
        ("ventricular_arrhythmia", text)
        for text in ("nicht anhaltende ventrikuläre Tachykardie", "Kein Kammerflimmern")
    ),
    *(
        ("respiratory_failure", text)
        for text in ("Chronische respiratorische Insuffizienz", "Insuffisance respiratoire chronique")
    ),
    *(("dialysis", text) for text in ("Nicht dialysepflichtig", "pas de dialyse", "Keine Dialyse", "Geplante Dialyse")),
)
HARMLESS = (Path(__file__).parent / "harmless.txt").read_text(encoding="utf-8").splitlines()
HARMLESS_CONDITIONS = (Path(__file__).parent / "harmless_conditions.txt").read_text(encoding="utf-8").splitlines()


def order(**more: object) -> Json:
    return {"resourceType": "MedicationRequest", "id": "m1", "status": "active", "intent": "order", **more}


def shapes(concept: Json) -> Iterator[tuple[Json, dict[str, Json]]]:
    """The same medicine wherever FHIR keeps it, and the resources that come along."""
    medication = {"resourceType": "Medication", "id": "x-1", "code": concept}
    mixed = {"resourceType": "Medication", "id": "x-1", "code": {"text": "bag"}}
    mixture = mixed | {"ingredient": [{"itemCodeableConcept": {"text": "glucose"}}, {"itemCodeableConcept": concept}]}
    came = {"Medication/x-1": medication}
    yield order(medicationCodeableConcept=concept), {}
    yield order(medication={"concept": concept}), {}
    yield order(medicationReference={"reference": "#x-1"}, contained=[medication]), {}
    yield order(medicationReference={"reference": "#x-1"}, contained=[mixture]), {}
    yield order(medicationReference={"reference": "Medication/x-1"}), came
    yield order(medicationReference={"reference": "https://ehr.example/fhir/Medication/x-1/_history/2"}), came
    yield order(medicationReference={"reference": "urn:uuid:x-1"}), came
    yield order(medication={"reference": {"reference": "Medication/x-1"}}), {"Medication/x-1": mixture}


def read(resource: Json, bundled: dict[str, Json] | None = None) -> Medication:
    (found,) = medicines([resource], bundled or {}, knowledge(), NOW)
    return found


def named(text: str, route: str = "") -> Medication:
    sig = [{"text": route}] if route else []
    return read(order(medicationCodeableConcept={"text": text}, dosageInstruction=sig))


def unread_of(concept: Json) -> int:
    return len(nameless([order(medicationCodeableConcept=concept)], {}, knowledge()))


@pytest.mark.parametrize(("system", "told"), [(s, told) for s, spellings in SYSTEMS.items() for told in spellings])
def test_a_system_has_one_name(system: str, told: str) -> None:
    assert system_of(told) == system_of(told.upper()) == system_of(f" {told} ") == system


@pytest.mark.parametrize(
    "told", ["urn:oid:2.999.9", "http://lab.example/codes", "ICD-10-PCS", "", "http://icd-o.example"]
)
def test_a_system_of_somebody_else_is_none_of_ours(told: str) -> None:
    assert system_of(told) not in SYSTEMS
    assert system_of(told) == system_of(f"{told}/")


@pytest.mark.parametrize("text", [*ORAL_MAGNESIUM, *IV_MAGNESIUM])
def test_magnesium_is_an_order_in_any_words_and_shape(text: str) -> None:
    for concept in ({"text": text}, {"coding": [{"system": "urn:oid:2.999.1", "code": "7", "display": text}]}):
        for resource, came in shapes(concept):
            found = read(resource, came)
            assert found.magnesium is not None and found.magnesium.kind.value == "replacement", resource
            assert not nameless([resource], came, knowledge())


@pytest.mark.parametrize("text", IV_MAGNESIUM)
def test_what_runs_into_a_vein_is_sulfate(text: str) -> None:
    found = named(text, "2 g IV over 2 h")
    assert found.route is Route.INTRAVENOUS
    assert found.magnesium is not None and found.magnesium.salt in ("sulfate", "not told")


@pytest.mark.parametrize("text", LAXATIVES)
def test_a_laxative_or_antacid_is_told_apart(text: str) -> None:
    found = named(text, "by mouth")
    assert found.magnesium is not None and found.magnesium.kind.value in ("laxative or antacid", "antacid")


@pytest.mark.parametrize("text", NO_ORDERS)
def test_what_holds_magnesium_besides_is_no_order_of_it(text: str) -> None:
    assert named(text, "2 L IV").magnesium is None
    assert not named(text, "2 L IV").has_role("magnesium_product")


@pytest.mark.parametrize(
    "text", ["TPN", "Clinimix E 5/15", "parenteral nutrition with magnesium 8 mmol", "amino acids 10 %"]
)
def test_nutrition_runs_into_a_vein(text: str) -> None:
    found = named(text, "42 mL/h IV")
    assert found.magnesium is not None and found.magnesium.kind.value == "nutrition or fluid"


@pytest.mark.parametrize(
    ("code", "kind"), [("A12CC05", "replacement"), ("A12CC", "replacement"), ("A02AD01", "antacid")]
)
@pytest.mark.parametrize("system", SYSTEMS[ATC])
def test_magnesium_by_atc(system: str, code: str, kind: str) -> None:
    found = read(order(medicationCodeableConcept={"coding": [{"system": system, "code": code}]}))
    assert found.magnesium is not None and found.magnesium.kind.value.startswith(kind)


@pytest.mark.parametrize("text", OMEPRAZOLE)
def test_omeprazole_is_read_in_any_words_and_shape(text: str) -> None:
    for resource, came in shapes({"text": text}):
        found = read(resource, came)
        assert found.name == "omeprazole" and found.magnesium is None, resource


@pytest.mark.parametrize("system", [*SYSTEMS[RXNORM], *SYSTEMS[ATC]])
def test_omeprazole_is_read_by_its_code(system: str) -> None:
    code = "7646" if system_of(system) == RXNORM else "A02BC01"
    for resource, came in shapes({"coding": [{"system": system, "code": code}]}):
        assert read(resource, came).name == "omeprazole", resource


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, told in INTERNATIONAL.items() for text in told])
def test_an_international_name_is_read_in_its_languages(name: str, text: str) -> None:
    assert named(f"{text} 10 mg").name == name


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, told in BRANDS.items() for text in told])
def test_a_brand_of_another_country_is_read(name: str, text: str) -> None:
    assert named(text).name == name


@pytest.mark.parametrize("text", WITH_A_THIAZIDE)
def test_a_blood_pressure_tablet_with_a_thiazide_is_both(text: str) -> None:
    found = named(text)
    assert {"thiazide-type diuretic", "raises potassium"} <= {role.drug_class for role in found.roles}


@pytest.mark.parametrize("code", ["Magnesium Sulfate", "MAGNESIUM_SULFATE", "magnesium-sulfate-2g"])
def test_a_local_code_that_is_a_name_is_read_as_one(code: str) -> None:
    found = read(order(medicationCodeableConcept={"coding": [{"system": "urn:oid:2.999.1", "code": code}]}))
    assert found.magnesium is not None and found.magnesium.salt == "sulfate"
    assert unread_of({"coding": [{"system": "urn:oid:2.999.1", "code": "QUINTILLUS"}]}) == 1


@pytest.mark.parametrize(
    ("code", "role", "name"),
    [
        ("L01XC06", "cause", "cetuximab"),
        ("L01XC08", "cause", "panitumumab"),
        ("C03CA04", "cause", "torsemide"),
        ("C09DA01", "cause", "thiazide diuretic"),
        ("C09BA03", "raises_k", "thiazide diuretic"),
        ("M03AC99", "iv_interaction", "neuromuscular blocker"),
        ("J01EE01", "raises_k", "trimethoprim"),
    ],
)
def test_a_group_of_atc_names_a_drug_or_a_class(code: str, role: str, name: str) -> None:
    found = read(order(medicationCodeableConcept={"coding": [{"system": ATC, "code": code}]}))
    assert found.has_role(role) and name in found.name


def test_a_product_code_beats_atc_and_atc_beats_words() -> None:
    codes = [{"system": ATC, "code": "A02BC01"}, {"system": RXNORM, "code": "4603"}]
    assert read(order(medicationCodeableConcept={"coding": codes, "text": "digoxin"})).name == "furosemide"
    assert read(order(medicationCodeableConcept={"coding": codes[:1], "text": "digoxin"})).name == "omeprazole"


def test_words_are_more_precise_than_a_class() -> None:
    concept = {"coding": [{"system": ATC, "code": "C09DA01"}], "text": "losartan / hydrochlorothiazide 50/12.5 mg"}
    assert "hydrochlorothiazide" in read(order(medicationCodeableConcept=concept)).name


def test_the_strength_of_an_additive_is_that_of_the_magnesium() -> None:
    strength = {"numerator": {"value": 4, "unit": "g"}, "denominator": {"value": 100, "unit": "mL"}}
    glucose = {
        "itemCodeableConcept": {"text": "glucose"},
        "strength": {**strength, "numerator": {"value": 5, "unit": "g"}},
    }
    magnesium = {"itemCodeableConcept": {"text": "magnesium sulfate"}, "strength": strength}
    bag = {
        "resourceType": "Medication",
        "id": "b",
        "code": {"text": "Glucose 5 g/100 mL"},
        "ingredient": [glucose, magnesium],
    }
    dose = {"route": {"text": "IV"}, "doseAndRate": [{"doseQuantity": {"value": 50, "unit": "mL", "code": "mL"}}]}
    found = read(order(medicationReference={"reference": "#b"}, contained=[bag], dosageInstruction=[dose]))
    assert found.magnesium is not None and found.magnesium.grams == pytest.approx(2.0)


def test_an_inactive_ingredient_is_none() -> None:
    entry = {"itemCodeableConcept": {"text": "magnesium sulfate"}, "isActive": False}
    bag = {"resourceType": "Medication", "id": "b", "code": {"text": "aspirin"}, "ingredient": [entry]}
    assert read(order(medicationReference={"reference": "#b"}, contained=[bag])).magnesium is None


@pytest.mark.parametrize(
    "concept",
    [
        {"coding": [{"system": NDC, "code": "00409672909"}]},
        {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/data-absent-reason", "code": "unknown"}]},
        {"text": "unknown"},
        {"text": "MSO4 2 mg IV"},
        {"text": "MS 4 mg"},
        {},
    ],
)
def test_what_nobody_can_name_is_unread(concept: Json) -> None:
    assert unread_of(concept) == 1


@pytest.mark.parametrize("text", ["atorvastatin", "MS Contin 15 mg", "morphine sulfate (MS) 2 mg", "アスピリン"])
def test_a_readable_name_that_matches_nothing_is_another_medicine(text: str) -> None:
    assert unread_of({"text": text}) == 0 and not named(text).roles


def test_a_group_of_atc_that_is_not_ours_is_another_medicine() -> None:
    assert unread_of({"coding": [{"system": ATC, "code": "C09AA03"}]}) == 0
    assert unread_of({"coding": [{"system": ATC, "code": "?"}]}) == 1


def test_a_harmless_medicine_has_no_role() -> None:
    read = [(text, named(text)) for text in HARMLESS]
    assert [(text, m.roles, m.magnesium) for text, m in read if m.roles or m.magnesium is not None] == []


@pytest.mark.parametrize("text", HOLD_POTASSIUM)
def test_what_holds_potassium_back_is_known_by_name(text: str) -> None:
    assert named(text).has_role("raises_k")


def test_the_lists_of_what_is_harmless_are_long() -> None:
    assert len(set(HARMLESS)) >= 600
    assert len(set(HARMLESS_CONDITIONS)) >= 250


@pytest.mark.parametrize(
    ("text", "sig", "route"),
    [
        ("hydrochlorothiazide 25 mg", "25 mg PO daily for inner ear pressure", Route.ORAL),
        ("ofloxacin", "200 mg by mouth BID for ear drum perforation", Route.ORAL),
        ("ofloxacin", "200 mg twice daily for skin infection", Route.UNKNOWN),
        ("ofloxacin", "1 drop for the left ear", Route.NOT_SYSTEMIC),
        ("ofloxacin", "5 drops for right ear twice daily", Route.NOT_SYSTEMIC),
        ("ciprofloxacin Augentropfen", "", Route.NOT_SYSTEMIC),
        ("doxycycline comprimé 100 mg", "", Route.ORAL),
        ("amphotericin B 100 mg/mL oral suspension", "1 mL swish and spit", Route.NOT_SYSTEMIC),
        ("Maalox", "30 mL swish and swallow by mouth", Route.ORAL),
        ("minocycline 100 mg", "one PO daily for eyelid inflammation", Route.ORAL),
        ("minocycline", "apply to eyelid daily, do not swallow", Route.NOT_SYSTEMIC),
        ("levothyroxine 100 mcg", "daily per feeding tube (nasal)", Route.ORAL),
        ("doxycycline gel cap", "twice daily", Route.ORAL),
        ("doxycycline softgel", "", Route.ORAL),
        ("doxycycline 1 % gel", "to gums", Route.NOT_SYSTEMIC),
        ("magnesium", "IV or PO per protocol", Route.INTRAVENOUS),
        ("magnesium chloride", "1 g i.v.", Route.INTRAVENOUS),
        *(("magnesium oxide", t, Route.ORAL) for t in ("p.o.", "peroral", "via PEG", "enteral", "Sonde gastrique")),
        ("magnesium chloride", "parenteral", Route.UNKNOWN),
        ("gentamicin bone cement", "", Route.NOT_SYSTEMIC),
    ],
)
def test_a_purpose_is_no_route(text: str, sig: str, route: Route) -> None:
    assert named(text, sig).route is route


@pytest.mark.parametrize(
    ("code", "route"),
    [
        *(("20053000", Route.ORAL), ("20045000", Route.INTRAVENOUS)),
        *(("C38288", Route.ORAL), ("C38276", Route.INTRAVENOUS), ("26643006", Route.ORAL)),
    ],
)
def test_a_route_by_the_code_of_any_system(code: str, route: Route) -> None:
    concept = {"medicationCodeableConcept": {"text": "magnesium chloride"}}
    assert read(order(**concept, dosageInstruction=[{"route": {"coding": [{"code": code}]}}])).route is route


@pytest.mark.parametrize("unit", ["gram", "grams", "Gramm", "gms", "GM"])
def test_grams_in_any_word(unit: str) -> None:
    dose = {"route": {"text": "IV"}, "doseAndRate": [{"doseQuantity": {"value": 2, "unit": unit}}]}
    told = {"medicationCodeableConcept": {"text": "magnesium sulfate"}, "dosageInstruction": [dose]}
    found = read(order(**told)).magnesium
    assert found is not None and found.grams == 2.0


def has(category: str, concept: Json, **more: object) -> bool:
    problem = {"resourceType": "Condition", "id": "c", "code": concept, **more}
    return category in conditions_by_category([problem], knowledge(), Stay(NOW))


@pytest.mark.parametrize(("system", "code"), AV_BLOCK)
def test_av_block_by_any_code(system: str, code: str) -> None:
    assert has("av_block", {"coding": [{"system": system, "code": code}]})


@pytest.mark.parametrize(("system", "code"), DIALYSIS)
def test_dialysis_by_any_code(system: str, code: str) -> None:
    assert has("dialysis", {"coding": [{"system": system, "code": code}]})


@pytest.mark.parametrize(
    ("category", "text"), [*(("av_block", t) for t in AV_BLOCK_WORDS), *(("dialysis", t) for t in DIALYSIS_WORDS)]
)
def test_a_stop_by_words_alone_or_beside_another_code(category: str, text: str) -> None:
    assert has(category, {"text": text})
    assert has(category, {"coding": [{"system": ICD10, "code": "N18.4", "display": text}]})


@pytest.mark.parametrize(("category", "text"), [(c, text) for c, listed in IN_LANGUAGES.items() for text in listed])
def test_a_condition_is_read_in_its_languages(category: str, text: str) -> None:
    assert has(category, {"text": text})
    assert has(category, {"text": text.upper()})


@pytest.mark.parametrize(
    ("category", "name"),
    [
        *(("av_block", "AV-Block III. Grades"), ("dialysis", "dialyse"), ("myasthenia", "Myasthenia gravis")),
        *(("pregnancy", "Gravidez"), ("hypomagnesaemia", "Hypomagnesemia"), ("diarrhoea", "Diarrhoe")),
        ("pre_eclampsia", "Eclampsia"),
    ],
)
def test_a_condition_is_denied_in_any_language(category: str, name: str) -> None:
    assert [denied for denied in DENIED if has(category, {"text": denied.format(name)})] == []
    assert has(category, {"text": f"{name}, resolved"}) is (category == "myasthenia")  # which never ends


@pytest.mark.parametrize(
    ("category", "text"),
    [
        *(("pregnancy", t) for t in ("Z.n. Schwangerschaft", "Schwangerschaftstest negativ", "Kinderwunsch")),
        *(("alcohol", t) for t in ("Nichtalkoholische Steatohepatitis", "Alkoholabhängigkeit, trocken")),
        *(("hypomagnesaemia", t) for t in ("Hypermagnesiämie", "Hyponatriämie", "Manganmangel")),
        ("torsades", "Torsión ovárica"),
        ("diabetes", "Diabete insipido"),
        ("hypotension", "Orthostatische Hypotonie"),
    ],
)
def test_what_is_like_a_condition_is_none(category: str, text: str) -> None:
    assert not has(category, {"text": text})


# what stops or withholds magnesium, is an emergency, or lowers it
_OF_DANGER = (
    *("av_block", "myasthenia", "dialysis", "crrt", "esrd", "aki", "ckd", "anuria", "pregnancy", "pre_eclampsia"),
    *("torsades", "ventricular_arrhythmia", "long_qt", "digoxin_toxicity", "seizure", "tetany", "hypotension"),
    *("hypomagnesaemia", "hypermagnesaemia", "hypokalaemia", "hypocalcaemia", "respiratory_failure", "acute_mi"),
    *("alcohol", "alcohol_withdrawal", "diarrhoea", "acute_diarrhoea", "malabsorption", "malnutrition"),
    *("pancreatitis", "transplant", "diabetic_ketoacidosis"),
)


def test_a_usual_diagnosis_is_no_danger() -> None:
    problems = ({"resourceType": "Condition", "id": "c", "code": {"text": text}} for text in HARMLESS_CONDITIONS)
    found = [conditions_by_category([problem], knowledge(), Stay(NOW)).keys() & {*_OF_DANGER} for problem in problems]
    assert [(text, said) for text, said in zip(HARMLESS_CONDITIONS, found, strict=True) if said] == []


def test_what_lasts_for_life_is_told_by_the_past_too() -> None:
    assert has("heart_failure", {"text": "Z.n. dekompensierter Herzinsuffizienz"})
    assert not has("hypokalaemia", {"text": "Z.n. Hypokaliämie"})


@pytest.mark.parametrize(("certainty", "known"), [("G", True), ("V", True), ("A", False), ("Z", False), ("", True)])
def test_the_certainty_of_a_german_diagnosis(certainty: str, known: bool) -> None:
    url = "http://fhir.de/StructureDefinition/icd-10-gm-diagnosesicherheit"
    coding = {"system": "http://fhir.de/CodeSystem/bfarm/icd-10-gm", "code": "I44.2"}
    told = {"extension": [{"url": url, "valueCoding": {"code": certainty}}]} if certainty else {}
    assert has("av_block", {"coding": [coding | told]}) is known


@pytest.mark.parametrize(
    ("category", "text"),
    [
        *((category, text) for category, texts in EMERGENCY_WORDS.items() for text in texts),
        *(("dialysis", text) for text in DIALYSIS_MORE),
    ],
)
def test_an_emergency_or_stop_in_the_words_of_other_countries(category: str, text: str) -> None:
    assert has(category, {"text": text})


@pytest.mark.parametrize(("category", "text"), DENIED_WORDS)
def test_what_is_denied_in_the_words_of_other_countries_is_none(category: str, text: str) -> None:
    assert not has(category, {"text": text})


@pytest.mark.parametrize(
    ("category", "text"),
    [
        ("dialysis", "Planned start of haemodialysis next year"),
        ("transplant", "Planned kidney transplant"),
        ("comfort_care", "Planned hospice care"),
        ("nil_by_mouth", "Planned NPO from midnight"),
        ("feeding_tube", "Planned PEG tube"),
    ],
)
def test_what_is_only_planned_is_none(category: str, text: str) -> None:
    assert not has(category, {"text": text})


@pytest.mark.parametrize(
    "text", ["AV-Block I. Grades", "first degree AV block", "Rule out heart block", "no heart block"]
)
def test_what_is_denied_or_of_first_degree_stops_nothing(text: str) -> None:
    assert not has("av_block", {"text": text})


@pytest.mark.parametrize(
    ("category", "code", "text"),
    [
        ("alcohol", "F10.21", "Alcohol dependence"),
        ("respiratory_failure", "J96.11", "Chronic respiratory failure with hypoxia"),
        ("respiratory_failure", "J9610", ""),
        ("pregnancy", "O03.9", ""),
        ("av_block", "I44.2", "Rule out heart block"),
        ("seizure", "G40.909", "Epilepsy with seizures"),
    ],
)
def test_a_code_or_words_that_say_it_is_not_so(category: str, code: str, text: str) -> None:
    assert not has(category, {"coding": [{"system": ICD10, "code": code}], "text": text})


def test_a_combination_code_is_all_that_it_names() -> None:
    concept = {"coding": [{"system": "ICD-10-CM", "code": "K50012"}]}
    assert has("bowel_obstruction", concept) and has("inflammatory_bowel_disease", concept)


def test_what_ended_is_over_but_for_myasthenia() -> None:
    ended = {"abatementDateTime": "2026-01-01"}
    resolved = {"clinicalStatus": {"coding": [{"code": "resolved"}]}}
    assert not has("av_block", {"text": "complete heart block"}, **ended)
    assert has("av_block", {"text": "complete heart block"}, abatementDateTime="2027-01-01")
    assert has("myasthenia", {"text": "myasthenia gravis"}, **resolved)
    assert not has("myasthenia", {"text": "myasthenia gravis"}, verificationStatus={"coding": [{"code": "refuted"}]})


TEXT = {"medicationCodeableConcept": {"text": "omeprazole 20 mg"}}


@pytest.mark.parametrize(
    ("record", "status"),
    [
        ({"resourceType": "MedicationStatement", "status": "active"}, "active"),
        ({"resourceType": "MedicationStatement", "status": "recorded"}, "active"),
        ({"resourceType": "MedicationStatement", "status": "completed"}, "completed"),
        ({"resourceType": "MedicationStatement", "status": "intended"}, ""),
        (
            {"resourceType": "MedicationStatement", "status": "active", "effectivePeriod": {"end": "2025-11-01"}},
            "completed",
        ),
        (
            {"resourceType": "MedicationStatement", "status": "active", "effectivePeriod": {"end": "2026-12-01"}},
            "active",
        ),
        (order(intent="reflex-order"), "active"),
        ({"resourceType": "MedicationStatement", "status": "active", "wasNotTaken": True}, ""),
        (order(intent="plan", reportedBoolean=True), "active"),
        (order(intent="plan"), ""),
        (dispensed := {"resourceType": "MedicationDispense", "status": "completed"}, "completed"),
        ({**dispensed, "whenHandedOver": "2026-11-01", "daysSupply": {"value": 30}}, "active"),
        ({**dispensed, "whenHandedOver": "2026-06-01", "daysSupply": {"value": 30}}, "completed"),
        ({**dispensed, "status": "declined"}, ""),
    ],
)
def test_what_is_told_or_dispensed_is_taken(record: Json, status: str) -> None:
    found = medicines([{**record, **TEXT}], {}, knowledge(), NOW)
    assert [(m.name, m.status) for m in found] == ([("omeprazole", status)] if status else [])


def test_what_is_told_never_runs_into_a_vein() -> None:
    told = {"medicationCodeableConcept": {"text": "magnesium sulfate"}, "dosage": [{"text": "2 g IV"}]}
    statement = {"resourceType": "MedicationStatement", "id": "s", "status": "active", **told}
    assert [m.magnesium for m in medicines([statement], {}, knowledge(), NOW)] == [None]
