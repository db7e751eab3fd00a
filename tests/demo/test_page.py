"""The routes behind the page: what only a demo serves, and what the page may trust."""

from datetime import timedelta
from itertools import count
from types import SimpleNamespace

import pytest

from cds_service.demo import orderables
from cds_service.records.answered import AnsweredFile
from cds_service.records.memory import AdviceMemory
from cds_service.web import demo
from cds_service.web.app import ROUTES, create_app
from cds_service.web.runtime import Runtime
from tests.calls import cards, diagnostics, post, request_for
from tests.conftest import settings_with
from tests.demo.conftest import NOW, STORIES

FILES = ("main.js", "page.css", "trend.js")
FORBIDDEN = ("unsafe-inline", "unsafe-eval", "http:", "https:", "*")


def test_the_page_is_there_in_a_demo_only(runtime, client):
    assert client.get("/demo").status_code == 404
    served = {(route.method, route.path) for route in create_app(runtime).extensions[ROUTES]}
    assert not {(route.method, route.path) for route in demo.routes(runtime)} & served


def test_the_home_page_of_a_demo_leads_to_the_chart(client, demo_client):
    home = demo_client.get("/").get_data(as_text=True)
    assert 'href="/demo"' in home and "fhirServiceUrl=http%3A%2F%2Fdemo.example%2Ffhir&amp;patientId=" in home
    assert "/demo" not in client.get("/").get_data(as_text=True)


def test_the_page_allows_only_its_own_scripts_and_styles(demo_client):
    answer = demo_client.get("/demo")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and not [word for word in FORBIDDEN if word in policy]
    page = answer.get_data(as_text=True)
    assert "draft, not clinically approved" in page
    assert "<style" not in page and "style=" not in page and "onclick" not in page


@pytest.mark.parametrize("name", FILES)
def test_its_files_come_from_this_service(demo_client, name):
    answer = demo_client.get(f"/demo/files/{name}")
    assert answer.status_code == 200 and answer.get_data()
    assert answer.mimetype == ("text/css" if name.endswith("css") else "text/javascript")
    answer.close()


COLUMNS = 600
WIDE = "\n".join(["|" + "a|" * COLUMNS, "|" + "-|" * COLUMNS, *["|"] * COLUMNS])  # 4 kB that become 600 kB
ROWS = "".join(f"- {{when: magnesium < {n}, give: nothing}}\n" for n in range(20_000))


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("markdown", {"texts": [WIDE] * 1_000}),
        ("own/magnesium-patient-view", {"files": {"p.yaml": f"unit: mg/dL\nrows:\n{ROWS}"}, "request": {}}),
    ],
)
@pytest.mark.usefixtures("nothing_to_collect")
def test_what_takes_too_long_is_ended(runtime, path, body):
    made = Runtime(settings_with(evaluation_ms=200), runtime.knowledge, runtime.keys, now=lambda: NOW)
    answer = create_app(made, (demo.routes,)).test_client().post(f"/demo/{path}", json=body)
    assert answer.status_code == 413 and "takes more than 200 ms" in diagnostics(answer, 413)


@pytest.mark.parametrize("name", ["demo.html", "..%2Fhome.css", "nothing.js"])
def test_no_other_file_can_be_had(demo_client, name):
    assert demo_client.get(f"/demo/files/{name}").status_code == 404


def test_the_setup_names_every_story_and_gives_the_unit_of_the_knowledge(demo_client, runtime):
    setup = demo_client.get("/demo/setup").get_json()
    assert {story["id"] for story in setup["stories"]} == {story.id for story in STORIES}
    factor = runtime.knowledge.units.by_analyte["magnesium"]["mg/dl"].factor
    assert setup["units"]["mmol_per_l"] == {"mg/dL": factor, "mmol/L": 1}


def test_the_most_urgent_patients_come_first_by_what_the_service_says_of_them(demo_client):
    listed = demo_client.get("/demo/setup").get_json()["stories"]
    urgencies = [story["urgency"] for story in listed]
    assert urgencies == sorted(urgencies, key=["critical", "warning", "info", ""].index) and len(set(urgencies)) == 4
    by_id = {story["id"]: story for story in listed}
    assert by_id["torsades"]["urgency"] == "critical" and by_id["well"]["urgency"] == ""
    assert (by_id["child"]["name"], by_id["child"]["who"]) == ("Finn F", "7, in hospital")


def test_the_reasons_are_those_of_the_answer(demo_client):
    told = demo_client.post("/demo/explain/magnesium-patient-view", json=request_for("patient-view", NOW)).get_json()
    fired = {rule["rule"] for rule in told["rules"] if rule["outcome"] == "fired"}
    assert {"magnesium_is_severely_low", "drugs_cause_low_magnesium"} <= fired
    assert {m["name"] for m in told["facts"]["medications"] if m["named_cause"]} == {"furosemide", "omeprazole"}
    assert "cards" not in told


def own(client, **files):
    body = {"request": request_for("patient-view", NOW), "files": files}
    return client.post("/demo/own/magnesium-patient-view", json=body)


def test_own_files_answer_beside_what_is_shipped(demo_client):
    both = own(demo_client, **{"mine.yaml": "units: {first: mmol/L}\n"}).get_json()
    firsts = {side: both[side][0]["summary"] for side in ("shipped", "own")}
    assert "1.2 mg/dL (0.49 mmol/L)" in firsts["shipped"] and "0.49 mmol/L (1.2 mg/dL)" in firsts["own"]
    assert len(own(demo_client).get_json()["own"]) == len(both["shipped"])


def test_own_files_that_are_wrong_are_refused_with_file_and_line(demo_client):
    assert "mine.yaml:2" in diagnostics(own(demo_client, **{"mine.yaml": "units:\n  frist: mmol/L\n"}), 400)


def test_a_drafted_dose_is_told_with_its_row_and_kidney_gate(demo_client):
    told = demo_client.post("/demo/explain/magnesium-patient-view", json=request_for("patient-view", NOW)).get_json()
    (dose,) = told["doses"]
    assert dose["gate"] == "R0" and {row["row"].split()[0] for row in dose["rows"]} == {"severe"}
    severe = next(row for row in dose["rows"] if row["row"] == "severe")
    assert severe["by_gate"]["R0"] == "4 g over 4 h" and severe["by_gate"]["R2"] == "2 g over 4 h"


def test_the_reasons_of_what_is_no_request_are_refused(demo_client):
    assert "context" in diagnostics(demo_client.post("/demo/explain/magnesium-patient-view", json={}), 400)
    assert demo_client.post("/demo/explain/nothing", json={}).status_code == 404


def test_a_page_opened_anew_forgets_what_was_answered(runtime, tmp_path):
    clock = (NOW + timedelta(seconds=passed) for passed in count())
    memory = AdviceMemory(b"k" * 32, AnsweredFile(tmp_path / "answered.sqlite"))
    made = Runtime(runtime.settings, runtime.knowledge, runtime.keys, now=lambda: next(clock), memory=memory)
    caller = create_app(made, (demo.routes,)).test_client()
    shown = cards(post(caller, request_for("patient-view", NOW)))
    answers = [{"card": card["uuid"], "outcome": "overridden"} for card in shown]
    post(caller, {"feedback": answers}, "magnesium-patient-view/feedback")
    assert len(cards(post(caller, request_for("patient-view", NOW)))) < len(shown)
    assert caller.post("/demo/restart").get_json() == {}
    assert len(cards(post(caller, request_for("patient-view", NOW)))) == len(shown)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "none"}, 403),
        ({"Origin": "https://else.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost"}, 200),
        ({"Origin": "http://localhost"}, 200),
        ({}, 200),
    ],
)
def test_no_page_of_another_site_makes_it_forget_what_was_answered(headers, status, runtime):
    forgotten = []
    memory = SimpleNamespace(forget_before=forgotten.append)
    made = Runtime(runtime.settings, runtime.knowledge, runtime.keys, now=lambda: NOW, memory=memory)
    answer = create_app(made, (demo.routes,)).test_client().post("/demo/restart", headers=headers)
    assert (answer.status_code, len(forgotten)) == (status, int(status == 200))


def test_a_demo_that_remembers_nothing_can_be_opened_anew(demo_client):
    assert demo_client.post("/demo/restart").status_code == 200


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("- **Found:** x", "<ul>\n<li><strong>Found:</strong> x</li>\n</ul>\n"),
        ("<script>x</script>", "<p>&lt;script&gt;x&lt;/script&gt;</p>\n"),
        ("[x](javascript:x)", "<p>[x](javascript:x)</p>\n"),
        ("![x](https://else.example/x.png)", '<p>!<a href="https://else.example/x.png">x</a></p>\n'),
        (None, ""),
    ],
)
def test_markdown_becomes_html_without_letting_html_through(demo_client, markdown, html):
    assert demo_client.post("/demo/markdown", json={"texts": [markdown]}).get_json() == {"html": [html]}


def test_what_can_be_ordered_is_found_by_brand_and_known_to_the_rules(runtime):
    knowledge = runtime.knowledge
    by_name = {item.name: item for item in orderables(knowledge)}
    assert "prilosec" in by_name["Omeprazole"].also and by_name["Omeprazole"].kind == "proton pump inhibitor"
    infusion = by_name["Magnesium sulfate 4 g IV over 4 h"].order["dosageInstruction"][0]
    assert infusion["doseAndRate"][0]["doseQuantity"]["value"] == 4
    assert infusion["timing"]["repeat"]["duration"] == 240
    assert {test.text for test in knowledge.tests.values()} <= by_name.keys()
    for item in (item for item in by_name.values() if item.kind != "test"):
        coding = item.order["medicationCodeableConcept"].get("coding", [])
        codes = [(entry["system"], entry["code"]) for entry in coding]
        named = item.order["medicationCodeableConcept"]["text"]
        assert knowledge.terminology.product_of(codes) or knowledge.terminology.ingredients_named(named), item.name
