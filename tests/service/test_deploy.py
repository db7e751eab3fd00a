"""The files in deploy/ fit the service: metrics, routes, settings, documentation."""

import json
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from cards import KEYS
from cards.loading.candidate import Forecast
from cds_service.metrics.events import Metrics
from cds_service.metrics.state import MachineState
from cds_service.records.spool import Spool
from cds_service.records.state import Status, write_status
from cds_service.run.gunicorn_server import _CONNECTIONS, _OTHER_FILES
from cds_service.run.server import THREADS
from cds_service.run.settings import PREFIX, Settings
from cds_service.web.app import ROUTES, create_app
from tests.machine import LONG_S

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
NAME = re.compile(r"\bmagnesium_cds_\w+")
# what has no panel, and why
NOT_SHOWN = {
    "magnesium_cds_trial_forecast_cards_per_1000_calls": "a number of the site file; the alert compares with it",
    "magnesium_cds_trial_forecast_within_ratio": "the same",
}
MADE_BY_PROMETHEUS = {"up"}


def text_of(name):
    return (DEPLOY / name).read_text(encoding="utf-8")


def rules():
    (group,) = yaml.safe_load(text_of("prometheus-alerts.yaml"))["groups"]
    return group["rules"]


def queries():
    """(where, expression) of the dashboard and the alert rules."""
    panels = json.loads(text_of("grafana-dashboard.json"))["panels"]
    shown = [(panel["title"], target["expr"]) for panel in panels for target in panel.get("targets", ())]
    return shown + [(rule["alert"], rule["expr"]) for rule in rules()]


@pytest.fixture
def exported(runtime, tmp_path):
    """Name of every metric on the page -> the names of its series and their labels."""
    write_status(tmp_path, Status(0.0, True))
    metrics = Metrics()
    expecting = replace(runtime.knowledge, site=replace(runtime.knowledge.site, forecast=Forecast(64.2)))
    families = [*metrics.registry.collect(), *MachineState(Spool(tmp_path), expecting).collect()]
    endings = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count"), "gauge": ("",)}
    return {family.name: {family.name + ending for ending in endings[family.type]} for family in families}


def test_every_metric_that_is_asked_for_is_exported(exported):
    known = set().union(*exported.values())
    for where, query in queries():
        assert (asked := set(NAME.findall(query))) or MADE_BY_PROMETHEUS & set(re.findall(r"\w+", query)), where
        assert asked <= known, where


def test_every_exported_metric_has_a_panel_or_a_reason_why_not(exported):
    panels = json.loads(text_of("grafana-dashboard.json"))["panels"]
    shown = {n for panel in panels for t in panel.get("targets", ()) for n in NAME.findall(t["expr"])}
    assert {metric for metric, series in exported.items() if not series & shown} == NOT_SHOWN.keys()


def test_what_has_no_panel_is_watched(exported):
    watched = {name for rule in rules() for name in NAME.findall(rule["expr"])}
    assert all(exported[metric] & watched for metric in NOT_SHOWN)


def test_no_panel_lies_on_another():
    places = [panel["gridPos"] for panel in json.loads(text_of("grafana-dashboard.json"))["panels"]]
    cells = [(x, y) for p in places for x in range(p["x"], p["x"] + p["w"]) for y in range(p["y"], p["y"] + p["h"])]
    assert len(cells) == len(set(cells)) and max(x for x, _ in cells) < 24


def test_every_base_image_can_be_pinned_and_none_is_by_a_digest_that_nobody_saw():
    """A digest is looked up by whoever deploys: the manual says how."""
    manual = (ROOT / "docs" / "install.md").read_text(encoding="utf-8")
    froms = re.findall(r"^FROM (\S+)", text_of("Dockerfile"), re.MULTILINE)
    assert froms and all(image.startswith("${PYTHON_IMAGE") for image in froms)
    services = yaml.safe_load(text_of("compose.yaml"))["services"]
    others = [told["image"] for name, told in services.items() if name != "magnesium-cds"]
    for image in [*others, services["magnesium-cds"]["build"]["args"]["PYTHON_IMAGE"]]:
        (name,) = re.findall(r"^\$\{([A-Z]+_IMAGE):-[\w./-]+:[\w.-]+\}$", image)
        assert f"`{name}`" in manual


def test_labels_in_queries_exist(runtime, exported):
    named = {name for family in Metrics().registry.collect() for s in family.samples for name in s.labels}
    known = named | {
        "job",
        "instance",
        "le",
        "rule",
        "indicator",
        "key",
        "outcome",
        "status",
        "knowledge",
        "what",
        "why",
    }
    for where, query in queries():
        used = {
            label.strip() for part in re.findall(r"(?:by|on) \(([^)]*)\)", query) for label in part.split(",")
        } | set(re.findall(r"(\w+)\s*(?:=~|!~|!=|=(?!=))\s*\"", query))
        assert used <= known, where


def test_brackets_in_queries_close():
    for where, query in queries():
        bare = re.sub(r'"[^"]*"', "", query)
        for pair in ("()", "{}", "[]"):
            assert bare.count(pair[0]) == bare.count(pair[1]), where


def test_every_alert_says_what_it_means_and_what_to_do_and_the_manual_has_it():
    manual = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    for rule in rules():
        assert rule["labels"]["severity"] in ("critical", "warning")
        assert {"summary", "description", "action"} <= rule["annotations"].keys()
        assert f"| `{rule['alert']}` |" in manual
    assert set(re.findall(r"^\| `(MagnesiumCds\w+)`", manual, re.MULTILINE)) == {rule["alert"] for rule in rules()}


def test_panels_have_titles_that_differ_and_explain_themselves():
    panels = [p for p in json.loads(text_of("grafana-dashboard.json"))["panels"] if p["type"] != "row"]
    assert all(panel["description"] for panel in panels)
    assert len({panel["id"] for panel in panels}) == len(panels)


@pytest.mark.parametrize(
    "path",
    [*sorted(DEPLOY.iterdir()), ROOT / "docs/operations.md", ROOT / "docs/install.md"],
    ids=lambda path: path.name,
)
def test_settings_that_are_named_exist(path):
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    assert set(re.findall(rf"{PREFIX}[A-Z_]+", path.read_text(encoding="utf-8"))) <= known


def test_addresses_that_are_named_exist(runtime):
    routes = {route.path for route in create_app(replace(runtime, metrics=Metrics())).extensions[ROUTES]}
    kinds = {doc["kind"]: doc for doc in yaml.safe_load_all(text_of("kubernetes.yaml"))}
    (container,) = kinds["StatefulSet"]["spec"]["template"]["spec"]["containers"]
    asked = {container[f"{kind}Probe"]["httpGet"]["path"] for kind in ("readiness", "liveness")}
    asked |= {job["metrics_path"] for job in yaml.safe_load(text_of("prometheus.yaml"))["scrape_configs"]}
    asked |= set(re.findall(r"127\.0\.0\.1:8000(/\w+)", text_of("Dockerfile")))
    asked |= set(re.findall(r"location \^~ (\S+)", text_of("nginx.conf")))
    assert asked == {"/healthz", "/readyz", "/metrics"} and asked <= routes
    mounted = {mount["mountPath"] for mount in container["volumeMounts"]}
    told = {entry["name"]: entry["value"] for entry in container["env"]}
    assert str(Path(told["MAGNESIUM_CDS_STATE_DIR"]).parent) in mounted
    assert str(Path(told["MAGNESIUM_CDS_CLIENTS"]).parent) in mounted
    image = yaml.safe_load(text_of("kubernetes.yaml").split("---")[0])["stringData"]
    assert len(image["MAGNESIUM_CDS_SECRET"]) < 32, "a secret that is shipped must be refused"


def test_what_the_services_declare_is_watched_as_missing_and_nothing_else():
    (expression,) = (rule["expr"] for rule in rules() if rule["alert"] == "MagnesiumCdsDataMissing")
    assert f'key=~"{"|".join(KEYS)}"' in expression


def test_the_job_of_the_alerts_is_the_one_that_is_scraped():
    (job,) = {job["job_name"] for job in yaml.safe_load(text_of("prometheus.yaml"))["scrape_configs"]}
    named = {name for _, query in queries() for name in re.findall(r'job="([^"]+)"', query)}
    assert named == {job}


def test_the_composed_deployment_scrapes_the_same_and_is_open_to_this_machine_only():
    told = yaml.safe_load(text_of("compose.yaml"))
    services = told["services"]
    assert services.keys() == {"magnesium-cds", "postgres", "prometheus", "grafana"}
    ports = [port for service in services.values() for port in service.get("ports", [])]
    assert ports and all(port.startswith("127.0.0.1:") for port in ports)
    (own,) = yaml.safe_load(told["configs"]["prometheus"]["content"])["scrape_configs"]
    (shipped,) = yaml.safe_load(text_of("prometheus.yaml"))["scrape_configs"]
    alike = ("job_name", "metrics_path", "authorization")
    assert [own[name] for name in alike] == [shipped[name] for name in alike]
    assert own["static_configs"] == [{"targets": ["magnesium-cds:8000"]}]
    beside = [mount.split(":")[0] for service in services.values() for mount in service.get("volumes", [])]
    files = {name for name in beside if name.startswith("./")}
    written_by_hand = {"./clients.yaml", "./magnesium-cds.token"}
    assert {name for name in files if not (DEPLOY / name).exists()} == written_by_hand
    used = {config["source"] for service in services.values() for config in service.get("configs", [])}
    assert used == told["configs"].keys()
    environment = services["magnesium-cds"]["environment"].values()
    assert not [value for value in environment if re.search(r"\$\{\w+\}", value)], "each variable says what is missing"


def test_the_cluster_keeps_one_running_lets_nobody_else_in_and_writes_nowhere_but_its_folders():
    kinds = {doc["kind"]: doc for doc in yaml.safe_load_all(text_of("kubernetes.yaml"))}
    pods = kinds["StatefulSet"]["spec"]["template"]
    labels = pods["metadata"]["labels"]
    policy, budget = kinds["NetworkPolicy"]["spec"], kinds["PodDisruptionBudget"]["spec"]
    assert policy["podSelector"]["matchLabels"] == budget["selector"]["matchLabels"] == labels
    assert policy["policyTypes"] == ["Ingress", "Egress"] and all(rule["from"] for rule in policy["ingress"])
    assert all(rule["to"] for rule in policy["egress"]) and budget["minAvailable"] == 1
    (container,) = pods["spec"]["containers"]
    security = container["securityContext"]
    assert security["readOnlyRootFilesystem"] and not security["allowPrivilegeEscalation"]
    assert pods["spec"]["securityContext"]["runAsNonRoot"]


UNIT = "magnesium-cds@.service"


def test_the_way_to_install_makes_what_the_unit_names():
    told = dict(re.findall(r"^(\w+)=(\S+)", text_of(UNIT), re.MULTILINE))
    manual = (ROOT / "docs" / "install.md").read_text(encoding="utf-8")
    assert told["ExecStart"] == "/opt/magnesium-cds/bin/magnesium-cds"
    for made in (
        f"{told['ExecStart']} doctor",
        f"cat > {told['EnvironmentFile']} <<",
        f"/var/lib/{told['StateDirectory']} --shell /usr/sbin/nologin {told['User']}",
        f"ln -sfn /opt/magnesium-cds-$version {Path(told['ExecStart']).parents[1]}",
    ):
        assert made in manual, made


def test_the_unit_has_the_time_that_the_manual_asks_for_and_reaches_no_more_of_the_machine_than_it_needs():
    told = dict(re.findall(r"^(\w+)=(.*)$", text_of(UNIT), re.MULTILINE))
    (seconds,) = re.findall(r"Allow (\d+) s\.", (ROOT / "docs" / "operations.md").read_text(encoding="utf-8"))
    assert told["TimeoutStopSec"] == seconds
    private = ("PrivateTmp", "PrivateDevices", "ProtectHome", "ProtectClock", "ProtectHostname", "ProtectKernelLogs")
    kept = ("NoNewPrivileges", "RestrictNamespaces", "RestrictRealtime", "RestrictSUIDSGID", "LockPersonality")
    assert {told[name] for name in (*private, *kept)} == {"yes"} and told["CapabilityBoundingSet"] == ""
    # other instances of the same user count in files of shared memory, too
    assert told["ProtectSystem"] == "strict" and "RemoveIPC" not in told


def test_no_instance_takes_the_machine_from_the_others_nor_writes_patients_into_a_dump():
    """A worker that is killed for its memory is replaced: the instance goes on."""
    told = dict(re.findall(r"^(\w+)=(.*)$", text_of(UNIT), re.MULTILINE))
    assert (told["LimitCORE"], told["OOMPolicy"], told["MemorySwapMax"]) == ("0", "continue", "0")
    assert int(told["LimitNOFILE"]) > _CONNECTIONS + _OTHER_FILES and int(told["TasksMax"]) > 4 * 2 * THREADS
    kinds = {doc["kind"]: doc for doc in yaml.safe_load_all(text_of("kubernetes.yaml"))}
    (container,) = kinds["StatefulSet"]["spec"]["template"]["spec"]["containers"]
    of_two_workers = container["resources"]["limits"]["memory"].removesuffix("Mi")
    assert told["MemoryMax"] == f"{2 * int(of_two_workers)}M"
    composed = yaml.safe_load(text_of("compose.yaml"))["services"]
    assert all(service["mem_limit"] and service["pids_limit"] for service in composed.values())
    ours = composed["magnesium-cds"]
    assert ours["mem_limit"] == f"{of_two_workers}m" and ours["ulimits"]["core"] == 0
    assert ours["environment"]["MAGNESIUM_CDS_WORKERS"] == "2"


def test_systemd_takes_the_unit(tmp_path):
    if not (verify := shutil.which("systemd-analyze")):
        pytest.skip("no systemd-analyze on this machine")
    unit = tmp_path / UNIT
    unit.write_text(text_of(UNIT).replace("/opt/magnesium-cds/bin/magnesium-cds", sys.executable))
    done = subprocess.run([verify, "verify", unit], capture_output=True, text=True, timeout=LONG_S)
    assert done.returncode == 0 and not [line for line in done.stderr.splitlines() if "magnesium-cds@" in line]


def test_nothing_of_the_composed_deployment_has_a_known_password_or_gains_rights():
    for name, service in yaml.safe_load(text_of("compose.yaml"))["services"].items():
        assert service["read_only"] and service["security_opt"] == ["no-new-privileges:true"], name
    assert (
        ":?"
        in yaml.safe_load(text_of("compose.yaml"))["services"]["grafana"]["environment"]["GF_SECURITY_ADMIN_PASSWORD"]
    )


def test_prometheus_comes_to_each_instance_by_the_way_that_is_open_to_it_alone():
    """Instances listen on their machine only; the proxy has an address for the metrics of each, and no other way."""
    assert "--host 127.0.0.1 " in text_of("magnesium-cds@.service")
    nginx = text_of("nginx.conf")
    instances = set(re.findall(r"^    server (127\.0\.0\.1:\d+)", nginx, re.MULTILINE))
    metrics = [block for block in nginx.split("\nserver {") if "location = /metrics {" in block]
    ways = {}
    for block in metrics:
        (port,), (to,) = re.findall(r"listen (\d+) ssl;", block), re.findall(r"proxy_pass http://(.+);", block)
        ways[port] = to
        assert re.search(r"allow [0-9.]+;.*\n    deny all;", block) and "location / {\n        return 404;" in block
    assert len(ways) == len(metrics) and set(ways.values()) == instances and len(instances) == 2
    (job,) = yaml.safe_load(text_of("prometheus.yaml"))["scrape_configs"]
    by_machine = {}
    for target in job["static_configs"][0]["targets"]:
        machine, port = target.split(":")
        by_machine.setdefault(machine, set()).add(port)
    assert job["scheme"] == "https" and all(ports == set(ways) for ports in by_machine.values())
    assert set(re.findall(r"server_name (\S+?);", nginx)) == {job["tls_config"]["server_name"]}
    assert len(set(re.findall(r"ssl_certificate .+;", nginx))) == 1
    assert job["authorization"]["type"] == "Bearer" and "MAGNESIUM_CDS_METRICS_TOKEN=" in text_of(
        "magnesium-cds@.service"
    )
