"""Suites that `make test` runs against what is embedded pass against the real thing in a container, too."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from deployment import ROOT, docker, wait_until

EMULATORS = {
    "localstack": ("localstack/localstack:4.14.0", "S3_SKIP_SIGNATURE_VALIDATION=0", "SQS_ENDPOINT_STRATEGY=dynamic"),
    "ministack": ("ministackorg/ministack:1.5.33",),
}
OPENSEARCH = (
    "opensearchproject/opensearch:3.4.0",
    "discovery.type=single-node",
    "DISABLE_SECURITY_PLUGIN=true",
    "DISABLE_INSTALL_DEMO_CONFIG=true",
    "OPENSEARCH_JAVA_OPTS=-Xms512m -Xmx512m",
)
START_SECONDS = 120


@contextmanager
def container(port: int, path: str, image: str, *environment: str) -> Iterator[str]:
    """The URL of a container that answers at a path of a port, for the length of a `with` block."""
    settings = [part for each in environment for part in ("--env", each)]
    name = docker("run", "--detach", f"--publish=127.0.0.1::{port}", *settings, image).strip()
    try:
        url = f"http://{docker('port', name, str(port)).splitlines()[0]}"
        wait_until(lambda: _answers(url + path), START_SECONDS)
        yield url
    finally:
        docker("rm", "--force", "--volumes", name)


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=5, trust_env=False).is_success
    except httpx.TransportError:
        return False


def passes(folder: str, **environment: str) -> None:
    """Fail, with the end of what it printed, unless all tests of a folder pass and none is skipped."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(ROOT / "tests" / folder)]
    done = subprocess.run(command, cwd=ROOT, env=os.environ | environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-8000:]
    assert " skipped" not in done.stdout.splitlines()[-1], done.stdout[-8000:]


@pytest.mark.parametrize("kind", EMULATORS)
@pytest.mark.timeout(400)
def test_emulators_keep_the_contract(kind: str) -> None:
    with container(4566, "/_localstack/health", *EMULATORS[kind]) as url:
        passes("contract/emulators", ONLOOKER_TEST_AWS_URL=url, ONLOOKER_TEST_AWS_KIND=kind)


@pytest.mark.timeout(400)
def test_the_index_is_the_same_in_opensearch() -> None:
    with container(9200, "/_cluster/health", *OPENSEARCH) as url:
        passes("integration/tagger", ONLOOKER_TEST_OPENSEARCH_URL=url)
