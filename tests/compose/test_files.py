"""Compose itself reads every combination of files that the README names, and HAProxy its configurations."""

import os
import subprocess
from collections.abc import Mapping, Sequence

import pytest

from compose_files import ROOT

AMAZON = {"AWS_REGION": "eu-west-1"}
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
    (("amazon", "sqlite"), AMAZON),
]


@pytest.mark.parametrize(
    ("overrides", "environment"), COMBINATIONS, ids=["-".join(c[0]) or "alone" for c in COMBINATIONS]
)
def test_compose_reads_the_files(overrides: Sequence[str], environment: Mapping[str, str]) -> None:
    paths = ["docker-compose.yml", *(f"infra/compose/{name}.yml" for name in overrides)]
    files = [argument for path in paths for argument in ("--file", path)]
    read = subprocess.run(
        ["docker", "compose", *files, "--profile", "tools", "config", "--quiet"],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (read.returncode, read.stderr) == (0, "")


@pytest.mark.parametrize("name", ["gateway", "balancer"])
def test_haproxy_reads_its_configuration(name: str) -> None:
    run = ["docker", "run", "--rm", "onlooker/gateway", f"/etc/haproxy/{name}.cfg", "-c", "-V"]
    read = subprocess.run(run, capture_output=True, text=True, check=False)
    assert read.returncode == 0, read.stderr
    assert "WARNING" not in read.stderr
