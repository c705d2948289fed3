"""What the compose files promise, read from the files: no engine is needed."""

import re
from pathlib import Path
from typing import Any

import pytest
from pydantic_core import PydanticUndefined
from pydantic_settings import BaseSettings

import compose_files
from compose_files import BASE, OVERRIDES, ROOT, image_of, read, services
from onlooker_annotator.settings import AnnotatorSettings
from onlooker_console.settings import ConsoleSettings
from onlooker_ingest.settings import IngestSettings
from onlooker_notifier.settings import NotifierSettings
from onlooker_recognizer.settings import RecognizerSettings
from onlooker_rekognition.settings import Settings as RekognitionSettings
from onlooker_shared.settings import CommonSettings
from onlooker_tagger.settings import TaggerSettings

FILES = [BASE, *OVERRIDES]
NAMES = [path.stem for path in FILES]
SETTINGS: dict[str, type[BaseSettings]] = {
    "ingest": IngestSettings,
    "recognizer": RecognizerSettings,
    "annotator": AnnotatorSettings,
    "tagger": TaggerSettings,
    "notifier": NotifierSettings,
    "console": ConsoleSettings,
    "rekognition": RekognitionSettings,
}
NO_SETTINGS = {"ONLOOKER_URL", "ONLOOKER_KEY", "ONLOOKER_REASON", "ONLOOKER_DATA", "ONLOOKER_GATEWAY_RATE"}
"""Of the command and of the gateway, which have no settings class."""
BASE_SERVICES = services(BASE)
EXAMPLE = dict(re.findall(r"^#([A-Z][A-Z0-9_]*)=(.*)$", (ROOT / ".env.example").read_text(), re.MULTILINE))


def known(settings: type[BaseSettings]) -> dict[str, Any]:
    """The variables that a settings class reads, with their defaults."""
    prefix = settings.model_config["env_prefix"]
    return {f"{prefix}{name}".upper(): field.default for name, field in settings.model_fields.items()}


def written(default: object) -> str:
    if default is None or default == () or default is PydanticUndefined:
        return ""
    if isinstance(default, tuple):
        return ",".join(map(str, default))
    if isinstance(default, bool):
        return str(default).lower()
    return f"{default:g}" if isinstance(default, float) else str(default)


def own(path: Path) -> dict[str, dict[str, Any]]:
    """The services of ours that a file brings: what it says of others' is put over what those have."""
    brought = {name: service for name, service in services(path).items() if path == BASE or name not in BASE_SERVICES}
    return {name: service for name, service in brought.items() if image_of(service)}


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_what_is_ours_runs_with_nothing_that_it_does_not_need(path: Path) -> None:
    for name, service in own(path).items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert "privileged" not in service, name
        assert not any("docker.sock" in str(volume) for volume in service.get("volumes", ())), name


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_everything_is_bounded(path: Path) -> None:
    for name, service in services(path).items():
        if "image" in service and not (path != BASE and name in BASE_SERVICES):
            assert service["deploy"]["resources"]["limits"].keys() == {"cpus", "memory", "pids"}, name
            assert service["logging"]["options"].keys() == {"max-size", "max-file"}, name


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_images_of_others_are_pinned(path: Path) -> None:
    for name, service in services(path).items():
        if "image" in service and not image_of(service):
            assert re.fullmatch(r"[\w./-]+:v?\d+\.\d+[\w.-]*", service["image"]), name


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_only_this_machine_can_come_in(path: Path) -> None:
    published = {name: service["ports"] for name, service in services(path).items() if "ports" in service}
    assert all(port.startswith("127.0.0.1:${") for ports in published.values() for port in ports)
    if path == BASE:
        assert published.keys() == {"gateway"}


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_no_secret_is_in_a_file(path: Path) -> None:
    secret = re.compile("SECRET|PASSWORD|TOKEN|ACCESS_KEY|_KEY$")
    told = {
        variable: value
        for service in services(path).values()
        for variable, value in (service.get("environment") or {}).items()
        if secret.search(variable) and not variable.endswith("_FILE")
    }
    assert set(told.values()) <= {None, "test"}, "the emulator's well-known credentials are all that may be named"
    assert "olk_" not in path.read_text()


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_every_variable_of_ours_is_one_that_the_service_reads(path: Path) -> None:
    for name, service in services(path).items():
        image = image_of(service) or image_of(BASE_SERVICES.get(name, {}))
        named = {variable for variable in service.get("environment") or {} if variable.startswith("ONLOOKER_")}
        read_by_it = known(CommonSettings) | (known(SETTINGS[image]) if image in SETTINGS else {})
        assert named <= read_by_it.keys() | NO_SETTINGS, name


def test_the_example_has_every_variable_that_the_files_take_and_no_other() -> None:
    taken = set().union(*map(compose_files.variables, FILES))
    assert EXAMPLE.keys() - {"COMPOSE_FILE"} == taken


def test_the_example_says_what_counts_without_it() -> None:
    defaults: dict[str, Any] = {}
    for settings in (CommonSettings, *SETTINGS.values()):
        defaults |= known(settings)
    for path in FILES:
        defaults |= dict(re.findall(r"\$\{(\w+):-([^{}]*)\}", path.read_text()))
    own_words = {"ONLOOKER_CORS_ORIGINS": "[]"}
    for variable, told in EXAMPLE.items():
        if variable in defaults:
            assert told == own_words.get(variable, written(defaults[variable])), variable


def test_nobody_reaches_more_than_they_need() -> None:
    on = {network: set() for network in read(BASE)["networks"]}
    for name, service in BASE_SERVICES.items():
        for network in service["networks"]:
            on[network].add(name)
    callers = {"ingest", "recognizer", "annotator", "tagger", "notifier", "console"}
    assert on == {
        "edge": {"gateway"},
        "egress": {"notifier"},
        "api": {"gateway", "keeper", "onlooker"} | callers,
        "aws": {"aws", "gateway", "restore", "provision", "keeper", "rekognition", "collections"} | callers,
        "recognition": {"balancer", "recognizer", "console"},
        "models": {"balancer", "rekognition", "collections"},
        "index": {"tagger", "opensearch"},
    }
    assert {name for name, network in read(BASE)["networks"].items() if not network} == {"edge", "egress"}


def test_whatever_writes_ends_before_the_keeper_does() -> None:
    writing = own(BASE).keys() - {"onlooker", "restore", "provision", "keeper", "balancer", "gateway"}
    assert {name for name in writing if "keeper" in BASE_SERVICES[name].get("depends_on", {})} == writing - {
        "rekognition",
        "collections",
    }


def test_nothing_hinders_more_replicas() -> None:
    for name, service in BASE_SERVICES.items():
        assert "container_name" not in service, name
        assert "hostname" not in service, name


def test_the_readme_tells_of_every_override() -> None:
    text = (ROOT / "infra/compose/README.md").read_text()
    assert set(re.findall(r"`([a-z]+\.yml)`", text)) == {path.name for path in OVERRIDES}


def test_haproxy_has_room_for_every_service() -> None:
    gateway = (ROOT / "infra/haproxy/gateway.cfg").read_text()
    for service in SETTINGS.keys() - {"rekognition"}:
        assert f"server-template ready 10 {service}:8080" in gateway
        assert f"nbsrv({service})" in gateway
