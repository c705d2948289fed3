"""Dashboards and alerts ask only for numbers that something tells, by labels that these have."""

import importlib
import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import REGISTRY, CollectorRegistry

from onlooker_rekognition.metrics import Metrics
from onlooker_rekognition.pool import Pool
from promql import Expression, read

FOLDER = Path(__file__).parents[3] / "infra" / "observability"
BOARDS = sorted((FOLDER / "grafana" / "dashboards").glob("*.json"))
ALERTS = yaml.safe_load((FOLDER / "prometheus" / "alerts.yml").read_text())
RULES = [rule for group in ALERTS["groups"] for rule in group["rules"]]
REGISTERING = (
    "annotator.metrics",
    "ingest.metrics",
    "notifier.metrics",
    "recognizer.metrics",
    "shared.telemetry.metrics",
)
"""Modules that enter the process's registry when they are imported."""
OF_PROMETHEUS = {"job", "instance"}
"""Labels that every metric has, because Prometheus gives them."""
OF_OTHERS = {
    "up": set(),
    "ALERTS": {"alertname", "alertstate", "severity"},
    "haproxy_backend_http_requests_total": {"proxy"},
    "haproxy_backend_http_responses_total": {"proxy", "code"},
    "haproxy_backend_active_servers": {"proxy"},
    "node_filesystem_avail_bytes": {"device", "fstype", "mountpoint"},
    "node_filesystem_size_bytes": {"device", "fstype", "mountpoint"},
}
"""What Prometheus itself, HAProxy and node_exporter tell, as read from them."""
SAMPLES = {
    "counter": ("_total",),
    "gauge": ("",),
    "histogram": ("_bucket", "_count", "_sum"),
    "info": ("_info",),
}


def told(registry: CollectorRegistry) -> dict[str, set[str]]:
    """Return the names of all samples that a registry may tell, with their labels."""
    found: dict[str, set[str]] = {}
    for collector in registry._collector_to_names:
        described = collector.describe() if hasattr(collector, "describe") else collector.collect()
        for metric in described:
            labels = set(getattr(collector, "_labelnames", ()))
            for suffix in SAMPLES[metric.type]:
                found[metric.name + suffix] = labels | ({"le"} if suffix == "_bucket" else set())
    return found


@pytest.fixture(scope="module")
def metrics() -> Iterator[dict[str, set[str]]]:
    for module in REGISTERING:
        importlib.import_module(f"onlooker_{module}")
    server = Metrics()
    with closing(Pool(workers=1, queue_length=1)) as pool:
        server.watch(pool)
        yield told(REGISTRY) | told(server._registry) | OF_OTHERS


def panels(board: dict[str, Any]) -> list[dict[str, Any]]:
    return [panel for panel in board["panels"] if panel["type"] != "row"]


def expressions() -> Iterator[Any]:
    for path in BOARDS:
        for panel in panels(json.loads(path.read_text())):
            for target in panel["targets"]:
                if "expr" in target:
                    yield pytest.param(target["expr"], id=f"{path.stem}-{panel['title']}-{target['refId']}")
    for rule in RULES:
        yield pytest.param(rule["expr"], id=rule["alert"])


EXPRESSIONS = list(expressions())


def asked(expression: Expression) -> Iterator[tuple[str, frozenset[str]]]:
    for each in expression.metrics:
        yield each.metric, each.labels


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_what_is_asked_for_is_told(text: str, metrics: dict[str, set[str]]) -> None:
    expression = read(text)
    assert expression.metrics, "it asks for nothing"
    for name, labels in asked(expression):
        assert name in metrics, f"nothing tells {name}"
        assert labels <= metrics[name] | OF_PROMETHEUS, f"{name} has no {labels - metrics[name]}"
    for label in expression.grouped - OF_PROMETHEUS:
        without = [name for name, _ in asked(expression) if label not in metrics[name]]
        assert not without, f"{without} cannot be grouped by {label}"


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_counters_are_asked_for_over_a_time_and_gauges_are_not(text: str) -> None:
    for each in read(text).metrics:
        counts = each.metric.endswith(("_total", "_bucket", "_count", "_sum"))
        changes = each.metric == "process_start_time_seconds"  # a change of it is a restart
        assert each.ranged == (counts or changes), each.metric


@pytest.mark.parametrize("path", BOARDS, ids=lambda path: path.stem)
def test_panels_say_what_they_show_and_fit_beside_each_other(path: Path) -> None:
    board = json.loads(path.read_text())
    assert board["uid"] == f"onlooker-{path.stem}"
    assert board["title"]
    assert board["description"]
    taken: set[tuple[int, int]] = set()
    for panel in board["panels"]:
        place = panel["gridPos"]
        covered = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not covered & taken, f"{panel['title']} covers another panel"
        taken |= covered
        assert place["x"] + place["w"] <= 24
    assert len({panel["id"] for panel in board["panels"]}) == len(board["panels"])
    for panel in panels(board):
        assert panel["title"]
        assert panel["description"].endswith(".")
        assert panel["fieldConfig"]["defaults"]["unit"]


def test_panels_ask_data_sources_that_are_provisioned() -> None:
    provisioned = yaml.safe_load((FOLDER / "grafana/provisioning/datasources/onlooker.yml").read_text())
    known = {(source["type"], source["uid"]) for source in provisioned["datasources"]}
    for path in BOARDS:
        for panel in panels(json.loads(path.read_text())):
            for source in (panel["datasource"], *(target["datasource"] for target in panel["targets"])):
                assert (source["type"], source["uid"]) in known


def test_alerts_say_what_is_wrong_and_what_to_do() -> None:
    assert len({rule["alert"] for rule in RULES}) == len(RULES)
    for rule in RULES:
        assert rule["for"], f"{rule['alert']} would fire at a moment's trouble"
        assert rule["labels"]["severity"] in {"warning", "critical"}
        assert "{{" in rule["annotations"]["summary"]
        assert rule["annotations"]["description"].endswith((".", "}}", "%."))


def test_the_readme_names_every_panel_and_alert() -> None:
    readme = (FOLDER / "README.md").read_text()
    for path in BOARDS:
        for panel in panels(json.loads(path.read_text())):
            assert panel["title"] in readme, f"{path.stem}: {panel['title']}"
    for rule in RULES:
        assert f"`{rule['alert']}`" in readme
