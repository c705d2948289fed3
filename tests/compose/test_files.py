"""Compose itself reads every combination of files that the README names, and HAProxy its configurations."""

import json
import os
import re
import subprocess
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from compose_files import ROOT

AMAZON = {"AWS_REGION": "eu-west-1"}
# In the order of the README: Compose 2.26 takes nothing away that a file before has put to it.
COMBINATIONS: list[tuple[Sequence[str], Mapping[str, str]]] = [
    ((), {}),
    (("ministack",), {}),
    (("sqlite",), {}),
    (("postgres",), {}),
    (("gpu",), {}),
    (("observability",), {}),
    (("ministack", "sqlite"), {}),
    (("ministack", "sqlite", "observability"), {}),
    (("postgres", "observability"), {}),
    (("amazon",), AMAZON),
    (("sqlite", "amazon"), AMAZON),
    (("postgres", "gpu"), {}),
    (("observability", "amazon"), AMAZON),
]


WITHOUT_HEALTH = {"collector", "jaeger", "disk"}
"""Whose images have nothing to ask with; nobody waits for them."""
each_combination = pytest.mark.parametrize(
    ("overrides", "environment"), COMBINATIONS, ids=["-".join(names) or "alone" for names, _ in COMBINATIONS]
)


def merged(overrides: Sequence[str], environment: Mapping[str, str]) -> dict[str, Any]:
    """What Compose makes of the files; fails if it has anything to say about them."""
    return _merged(tuple(overrides), tuple(environment.items()))


@cache
def _merged(overrides: tuple[str, ...], environment: tuple[tuple[str, str], ...]) -> dict[str, Any]:
    paths = ["docker-compose.yml", *(f"infra/compose/{name}.yml" for name in overrides)]
    files = [argument for path in paths for argument in ("--file", path)]
    read = subprocess.run(
        ["docker", "compose", *files, "--env-file", os.devnull, "--profile", "tools", "config", "--format", "json"],
        cwd=ROOT,
        env={**os.environ, **dict(environment)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (read.returncode, read.stderr) == (0, "")
    found: dict[str, Any] = json.loads(read.stdout)
    return found


@each_combination
def test_what_is_declared_is_used_and_what_is_mounted_exists(
    overrides: Sequence[str], environment: Mapping[str, str]
) -> None:
    whole = merged(overrides, environment)
    mounts = [mount for service in whole["services"].values() for mount in service.get("volumes", ())]
    assert {mount["source"] for mount in mounts if mount["type"] == "volume"} == whole.get("volumes", {}).keys()
    assert all(Path(mount["source"]).exists() for mount in mounts if mount["type"] == "bind")
    networks = {name for service in whole["services"].values() for name in service.get("networks", ())}
    assert networks == whole["networks"].keys()


@each_combination
def test_nothing_is_mounted_twice_at_one_place(overrides: Sequence[str], environment: Mapping[str, str]) -> None:
    for name, service in merged(overrides, environment)["services"].items():
        tmpfs = service.get("tmpfs", ())
        places = [each.partition(":")[0] for each in ([tmpfs] if isinstance(tmpfs, str) else tmpfs)]
        places += [mount["target"] for mount in service.get("volumes", ())]
        assert len(places) == len(set(places)), name


@each_combination
def test_every_address_is_of_a_service_that_can_be_reached(
    overrides: Sequence[str], environment: Mapping[str, str]
) -> None:
    """A service that an override takes away is named by nobody any more, and who is named shares a network."""
    services = merged(overrides, environment)["services"]
    for name, service in services.items():
        told = {value for value in (service.get("environment") or {}).values() if value}
        for host in {host for value in told for host in re.findall(r"//(?:\w+@)?([a-z]+)[:/]", value)}:
            assert host in services, (name, host)
            assert service["networks"].keys() & services[host]["networks"].keys(), (name, host)


@each_combination
def test_everything_that_runs_says_how_it_is(overrides: Sequence[str], environment: Mapping[str, str]) -> None:
    for name, service in merged(overrides, environment)["services"].items():
        if service.get("restart", "no") != "no" and name not in WITHOUT_HEALTH:
            ours = "build" in service and name != "keeper"  # whose images have a check each, but the command's
            assert ours or "healthcheck" in service, name


@each_combination
def test_who_waits_until_another_is_well_waits_for_one_that_says_so(
    overrides: Sequence[str], environment: Mapping[str, str]
) -> None:
    services = merged(overrides, environment)["services"]
    for name, service in services.items():
        for other, wanted in service.get("depends_on", {}).items():
            assert other in services, (name, other)
            lasting = services[other].get("restart", "no") != "no"
            assert lasting == (wanted["condition"] != "service_completed_successfully"), (name, other)
            if wanted["condition"] == "service_healthy":
                assert other not in WITHOUT_HEALTH, (name, other)


@each_combination
def test_everything_is_bounded(overrides: Sequence[str], environment: Mapping[str, str]) -> None:
    for name, service in merged(overrides, environment)["services"].items():
        assert service["deploy"]["resources"]["limits"].keys() == {"cpus", "memory", "pids"}, name
        assert service["logging"]["options"].keys() == {"max-size", "max-file"}, name


@pytest.mark.parametrize("name", ["gateway", "balancer"])
def test_haproxy_reads_its_configuration(name: str) -> None:
    run = ["docker", "run", "--rm", "onlooker/gateway", f"/etc/haproxy/{name}.cfg", "-c", "-V"]
    read = subprocess.run(run, capture_output=True, text=True, check=False)
    assert read.returncode == 0, read.stderr
    assert "WARNING" not in read.stderr
