"""What observability.yml starts fits together: who asks finds whom it asks, where that listens, on a network of both.

The images are others' and are not started here, so their own reading of these files is not part of it.
"""

import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml

from compose_files import BASE, ROOT, services

COMPOSE = ROOT / "infra/compose/observability.yml"
FOLDER = ROOT / "infra/observability"
ADDED = services(COMPOSE)
KNOWN = services(BASE) | ADDED
COLLECTOR = yaml.safe_load((FOLDER / "collector.yml").read_text())
JAEGER = yaml.safe_load((FOLDER / "jaeger.yml").read_text())
PROMETHEUS = yaml.safe_load((FOLDER / "prometheus/prometheus.yml").read_text())
GRAFANA = FOLDER / "grafana"
SOURCES = yaml.safe_load((GRAFANA / "provisioning/datasources/onlooker.yml").read_text())["datasources"]
MOUNTS = [
    (name, *volume.split(":")[:2])
    for name, service in ADDED.items()
    for volume in service.get("volumes", ())
    if volume.startswith("./")
]


def networks(name: str) -> set[str]:
    """The networks that a service is in: those of docker-compose.yml, and those that are put to them."""
    return {*services(BASE).get(name, {}).get("networks", ()), *ADDED.get(name, {}).get("networks", ())}


def port(endpoint: str) -> int:
    found = urlsplit(endpoint if "//" in endpoint else f"//{endpoint}").port
    assert found is not None, endpoint
    return found


def dockerfile(name: str) -> str:
    folder = (
        "infra/haproxy" if name in {"gateway", "balancer"} else f"services/{name.replace('collections', 'rekognition')}"
    )
    return (ROOT / folder / "Dockerfile").read_text()


@pytest.mark.parametrize(("name", "source", "target"), MOUNTS, ids=[f"{name}-{source}" for name, source, _ in MOUNTS])
def test_what_is_mounted_is_there_and_is_what_the_program_is_told_to_read(name: str, source: str, target: str) -> None:
    path = (ROOT / source).resolve()
    assert path.exists()
    told = " ".join(map(str, [*ADDED[name].get("command", ()), *ADDED[name].get("environment", {}).values()]))
    by_convention = {"/etc/grafana/provisioning"}
    assert target in told or target in by_convention


def scraped() -> list[tuple[str, int]]:
    """Each service that Prometheus reads, and the port."""
    found: list[tuple[str, int]] = []
    for job in PROMETHEUS["scrape_configs"]:
        for discovery in job.get("dns_sd_configs", ()):
            found += [(name, discovery["port"]) for name in discovery["names"]]
        for static in job.get("static_configs", ()):
            found += [(urlsplit(f"//{target}").hostname or "", port(target)) for target in static["targets"]]
    return found


@pytest.mark.parametrize(("name", "number"), scraped(), ids=[name for name, _ in scraped()])
def test_prometheus_reads_services_that_are_there_where_they_listen(name: str, number: int) -> None:
    assert name in KNOWN
    assert networks("prometheus") & networks(name), "no network of both"
    if name != "disk":  # which listens where node_exporter does
        configurations = "".join(path.read_text() for path in (ROOT / "infra/haproxy").glob("*.cfg"))
        assert f"EXPOSE {number}" in dockerfile(name) or f"bind :{number}" in configurations


def test_prometheus_reads_every_service_that_has_numbers() -> None:
    own = {name for name, service in services(BASE).items() if "build" in service and "restart" in service}
    assert {name for name, _ in scraped()} == own - {"keeper"} | {"disk"}


def test_rules_are_where_prometheus_looks_for_them() -> None:
    (rules,) = PROMETHEUS["rule_files"]
    assert (FOLDER / "prometheus" / Path(rules).name).exists()
    assert Path(rules).parent == Path("/etc/prometheus")


def test_spans_find_their_way() -> None:
    """From the services to the collector, and from it to Jaeger."""
    traced = {
        name: each for name, each in ADDED.items() if "OTEL_EXPORTER_OTLP_ENDPOINT" in each.get("environment", {})
    }
    assert traced.keys() == {"ingest", "recognizer", "annotator", "tagger", "notifier", "console"}
    receiver = port(COLLECTOR["receivers"]["otlp"]["protocols"]["http"]["endpoint"])
    for name, service in traced.items():
        assert service["environment"]["OTEL_EXPORTER_OTLP_ENDPOINT"].endswith(f":-http://collector:{receiver}}}")
        assert networks(name) & networks("collector")
    forwarded = urlsplit(COLLECTOR["exporters"]["otlp_http"]["endpoint"])
    assert forwarded.hostname == "jaeger"
    assert forwarded.port == port(JAEGER["receivers"]["otlp"]["protocols"]["http"]["endpoint"])
    assert networks("collector") & networks("jaeger")


@pytest.mark.parametrize("configuration", [COLLECTOR, JAEGER], ids=["collector", "jaeger"])
def test_pipelines_are_made_of_parts_that_are_there(configuration: dict[str, Any]) -> None:
    for pipeline in configuration["service"]["pipelines"].values():
        for kind, names in pipeline.items():
            assert set(names) <= configuration[kind].keys(), kind
    assert set(configuration["service"].get("extensions", ())) == configuration.get("extensions", {}).keys()


def test_the_collector_refuses_spans_before_it_is_killed_for_them() -> None:
    memory = int(ADDED["collector"]["deploy"]["resources"]["limits"]["memory"].removesuffix("m"))
    assert COLLECTOR["processors"]["memory_limiter"]["limit_mib"] < 0.8 * memory
    for pipeline in COLLECTOR["service"]["pipelines"].values():
        assert pipeline["processors"][0] == "memory_limiter"


def test_grafana_asks_who_is_there() -> None:
    listening = {"prometheus": 9090, "jaeger": port(JAEGER["extensions"]["jaeger_query"]["http"]["endpoint"])}
    asked = {urlsplit(source["url"]).hostname: urlsplit(source["url"]).port for source in SOURCES}
    assert asked == listening
    assert all(networks("grafana") & networks(name) for name in listening)


def test_grafana_finds_its_dashboards() -> None:
    mounted = {target: ROOT / source for name, source, target in MOUNTS if name == "grafana"}
    (provider,) = yaml.safe_load((GRAFANA / "provisioning/dashboards/onlooker.yml").read_text())["providers"]
    folder = mounted[provider["options"]["path"]]
    home = Path(ADDED["grafana"]["environment"]["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"])
    assert (folder / home.name).exists()
    assert str(home.parent) == provider["options"]["path"]
    for board in folder.glob("*.json"):
        asked = set(re.findall(r'"datasource": \{[^}]*"uid": "([^"]+)"', board.read_text()))
        assert asked, board.name
        assert asked <= {source["uid"] for source in SOURCES}, board.name
