"""Two servers with one PostgreSQL behind them (postgres.yml): what one is told, the other knows, and it lasts.

Only they are started. The rest of the project is the same with and without PostgreSQL, and is tested elsewhere.
"""

import json
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest

from deployment import Deployment, docker

RUNNING = ("--scale", "collections=2", "collections")
CALL = """
import json, sys, urllib.request
operation, body = sys.argv[1:]
request = urllib.request.Request("http://127.0.0.1:8430/", body.encode(), {
    "Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": f"RekognitionService.{operation}",
})
print(urllib.request.urlopen(request, timeout=30).read().decode())
"""


@pytest.fixture(scope="module")
def servers() -> Iterator[Deployment]:
    """Yield two servers and their PostgreSQL, running."""
    started = Deployment.named(["postgres"], {})
    _require_image(started)
    try:
        started.up(*RUNNING)
        yield started
    finally:
        started.down("--volumes", "--remove-orphans")


def _require_image(deployment: Deployment) -> None:
    """Have PostgreSQL's image, or skip what needs it: nobody shall be unable to run the other tests for want of it."""
    try:
        deployment.compose("pull", "--quiet", "--policy", "missing", "postgres")
    except AssertionError as error:
        pytest.skip(f"no image of PostgreSQL here, and none to be had: {error}")


def ask(deployment: Deployment, server: int, operation: str, **members: Any) -> dict[str, Any]:
    """Return what one of the servers answers."""
    python = ("/opt/onlooker/bin/python", "-c", CALL, operation, json.dumps(members))
    answer: dict[str, Any] = json.loads(deployment.compose("exec", "-T", f"--index={server}", "collections", *python))
    return answer


def test_what_one_server_is_told_the_other_knows(servers: Deployment) -> None:
    ask(servers, 1, "CreateCollection", CollectionId="friends")
    assert ask(servers, 2, "ListCollections")["CollectionIds"] == ["friends"]


def test_it_lasts_beyond_all_containers(servers: Deployment) -> None:
    ask(servers, 1, "CreateCollection", CollectionId="kept")
    servers.down()
    servers.up(*RUNNING)
    assert "kept" in ask(servers, 2, "ListCollections")["CollectionIds"]


def test_a_crash_of_the_database_costs_nothing(servers: Deployment) -> None:
    ask(servers, 1, "CreateCollection", CollectionId="survivor")
    servers.kill("postgres")
    servers.up(*RUNNING)
    assert "survivor" in ask(servers, 1, "ListCollections")["CollectionIds"]


def test_the_servers_role_has_its_own_database_and_nothing_else(servers: Deployment) -> None:
    roles = "SELECT rolname, rolsuper, rolcreatedb, rolcreaterole FROM pg_roles WHERE rolcanlogin ORDER BY rolname"
    psql = ("psql", "-h", "/var/run/postgresql", "-U", "postgres", "-Atc", roles, "faces")
    told = servers.compose("exec", "-T", "postgres", *psql).split()
    assert told == ["onlooker|f|f|f", "postgres|t|t|t"]


def test_the_superuser_cannot_come_in_over_the_network(servers: Deployment) -> None:
    (server, *_) = servers.containers("collections")
    program = """
import pathlib, psycopg
password = pathlib.Path("/database/password").read_text().strip()
psycopg.connect(host="postgres", user="postgres", dbname="faces", password=password, connect_timeout=10)
"""
    command = ["docker", "exec", server["Id"], "/opt/onlooker/bin/python", "-c", program]
    refused = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "password authentication failed" in refused.stderr


def test_videos_are_spooled_to_the_disk(servers: Deployment) -> None:
    """In memory, one of 10 GB would end the server."""
    program = "import os, tempfile; print(os.stat(tempfile.gettempdir()).st_dev, os.stat('/tmp').st_dev)"
    for server in servers.containers("collections"):
        spool, memory = docker("exec", server["Id"], "/opt/onlooker/bin/python", "-c", program).split()
        assert spool != memory
