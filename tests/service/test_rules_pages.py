"""The pages of the rules: each card leads to one, they hold what docs/rules holds, nothing comes from elsewhere."""

import re
from urllib.parse import urlsplit

import pytest

from cds_service.curate.site_knowledge import knowledge_of
from cds_service.run.start import runtime_of
from cds_service.web.app import create_app
from cds_service.web.markdown import rendered
from cds_service.web.runtime import Runtime
from tests.calls import cards, post, request_for
from tests.conftest import settings_with
from tests.knowledge.write_rules import PAGES

NOW_HOOKS = ("patient-view", "order-select", "order-sign")
BASE, PAGES_URL = "https://cds.example/mg/", "https://pages.example"


def service_with(**changes):
    runtime = runtime_of(settings_with(**changes))
    return create_app(runtime).test_client(), runtime


def shown_by(client, runtime):
    """The cards of the three older hooks."""
    return [card for hook in NOW_HOOKS for card in cards(post(client, request_for(hook, runtime.now())))]


@pytest.mark.parametrize(
    ("settings", "base"),
    [
        ({"base_url": BASE}, "https://cds.example/mg/rules/"),
        ({"base_url": BASE, "pages_url": PAGES_URL}, "https://pages.example/rules/"),
        ({"pages_url": f"{PAGES_URL}/a/"}, "https://pages.example/a/rules/"),
    ],
)
def test_the_source_of_every_card_opens_the_page_of_its_rule(settings, base):
    client, runtime = service_with(**settings)
    urls = {card["source"]["url"] for card in shown_by(client, runtime)}
    assert len(urls) > 1 and all(url.startswith(base) for url in urls)
    for url in urls:
        rule = url.removeprefix(base)
        answer = client.get(f"/rules/{rule}")
        assert answer.status_code == 200 and runtime.knowledge.advice[rule].question in answer.get_data(as_text=True)


def test_without_an_address_the_source_is_the_literature():
    client, runtime = service_with()
    urls = [card["source"].get("url", "") for card in shown_by(client, runtime)]
    assert any(urls) and not any("/rules/" in url for url in urls)


def test_every_rule_has_a_page_with_the_text_of_the_docs(client, runtime):
    for rule in runtime.knowledge.advice:
        answer = client.get(f"/rules/{rule}")
        assert answer.status_code == 200 and answer.mimetype == "text/html"
        assert rendered((PAGES / f"{rule}.md").read_text(encoding="utf-8")) in answer.get_data(as_text=True)


@pytest.mark.parametrize("address", ["/rules", "/rules/"])
def test_the_list_leads_to_every_rule(address, client, runtime):
    page = client.get(address).get_data(as_text=True)
    assert set(re.findall(r'href="/rules/(\w+)"', page)) == set(runtime.knowledge.advice)
    assert "Going home" in page and "draft, not clinically approved" in page


@pytest.mark.parametrize("address", ["/rules", "/rules/magnesium_is_severely_low", "/rules/nothing"])
def test_nothing_comes_from_elsewhere_and_only_its_own_script_may_run(address, client):
    answer = client.get(address)
    page, policy = answer.get_data(as_text=True), answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy and "http" not in policy
    assert ("script-src" in policy) is ("<script>" in page) is (address == "/rules")
    assert not re.search(r"\b(src|style|on\w+)=", page) and "<link" not in page and "@import" not in page
    assert answer.headers["X-Content-Type-Options"] == "nosniff" and answer.headers["Referrer-Policy"] == "no-referrer"


def test_behind_a_path_the_links_have_it_too():
    client, _ = service_with(base_url=BASE)
    for address in ("/", "/rules", "/rules/magnesium_is_severely_low"):
        links = re.findall(r'href="(/[^"]*)"', client.get(address).get_data(as_text=True))
        assert links and all(urlsplit(link).path.startswith("/mg/") for link in links)


def test_the_home_page_leads_to_the_rules(client):
    assert 'href="/rules"' in client.get("/").get_data(as_text=True)


def test_a_rule_that_is_gone_is_told_with_those_like_it_and_its_name_is_not_quoted(client):
    answer = client.get("/rules/magnesium_is_severly_low<script>alert(1)")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 404 and answer.mimetype == "text/html"
    assert 'href="/rules/magnesium_is_severely_low"' in page and "alert" not in page
    far = client.get("/rules/zzz").get_data(as_text=True)
    assert "Names like it" not in far and 'href="/rules"' in far


def test_what_a_site_wrote_is_text_and_what_it_switched_off_is_told(tmp_path, runtime):
    site = tmp_path / "site.yaml"
    site.write_text(
        'approval: {approved_by: "<b>Dr Example</b>", date: 2027-01-15}\nrules: {off: [albumin_is_low]}\n'
        "thresholds:\n  band.severe: {value: 0.45, unit: mmol/L}\n"
    )
    made = Runtime(settings_with(), knowledge_of(site), runtime.keys)
    client = create_app(made).test_client()
    off, severe = (
        client.get(f"/rules/{rule}").get_data(as_text=True) for rule in ("albumin_is_low", "magnesium_is_severely_low")
    )
    assert "switched off here" in off and "switched off here" not in severe
    assert "<td>0.45</td>" in severe and "<b>Dr" not in severe and "&lt;b&gt;Dr Example" in severe
    assert "site file of their own" not in severe
    other = Runtime(settings_with(), runtime.knowledge, runtime.keys, site_knowledge={"north": knowledge_of(site)})
    assert "site file of their own" in create_app(other).test_client().get("/rules").get_data(as_text=True)
