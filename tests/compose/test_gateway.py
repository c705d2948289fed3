"""The gateway as it ships, before services that tell what reached them: routes, bytes, replicas, problems, its log."""

import json
import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from deployment import docker, wait_until

ECHO = Path(__file__).parents[1] / "echo_service.py"
SERVICES = ("ingest", "recognizer", "annotator", "tagger", "notifier", "console")
PATIENCE = 20.0
"""Seconds in which HAProxy has to notice what became of a replica."""
PUBLIC = "pictures.example:8080"
LINK = (
    "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=test%2F20300101%2Fus-east-1%2Fs3%2Faws4_request"
    f"&X-Amz-Date=20300101T000000Z&X-Amz-Expires=900&X-Amz-SignedHeaders=host&X-Amz-Signature={'0' * 64}"
)


@dataclass(frozen=True)
class Stage:
    """A gateway and, behind it, one container under every service's name and a second one under ingest's."""

    name: str
    url: str

    def send(self, method: str, target: str, **more: Any) -> httpx.Response:
        """Send a target as it is: a client would tidy it up."""
        with httpx.Client(timeout=20, trust_env=False) as client:
            return client.request(method, self.url, extensions={"target": target.encode()}, **more)

    def told(self, method: str, target: str, **more: Any) -> dict[str, Any]:
        """Return what reached a service."""
        answer = self.send(method, target, **more)
        assert answer.status_code == 200, answer.text
        told = answer.json()
        return {**told, "headers": {name.lower(): value for name, value in told["headers"]}}

    def log(self) -> list[dict[str, Any]]:
        lines = docker("logs", f"{self.name}-gateway").splitlines()
        return [json.loads(line) for line in lines if line.startswith("{")]


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with open_stage() as stage:
        yield stage


@pytest.fixture
def own_stage() -> Iterator[Stage]:
    """One for a test after which it is not as it was."""
    with open_stage() as stage:
        yield stage


@contextmanager
def open_stage(*more: str) -> Iterator[Stage]:
    name = f"onlooker-test-{uuid.uuid4().hex[:8]}"
    docker("network", "create", name)
    try:
        names = [f"--network-alias={alias}" for alias in (*SERVICES, "aws")]
        echo = (f"--network={name}", f"--volume={ECHO}:/echo.py:ro")
        run = ("python:3.13-slim", "python", "/echo.py")
        docker("run", "--detach", f"--name={name}-all", *echo, *names, *run, "all", "8080", "4566")
        docker("run", "--detach", f"--name={name}-second", *echo, "--network-alias=ingest", *run, "second", "8080")
        settings = ("ONLOOKER_S3_PUBLIC_ENDPOINT=http://" + PUBLIC, "ONLOOKER_GATEWAY_RATE=200", *more)
        docker(
            *("run", "--detach", f"--name={name}-gateway", f"--network={name}", "--publish=127.0.0.1::8080"),
            *("--read-only", "--cap-drop=ALL", *(f"--env={setting}" for setting in settings)),
            "onlooker/gateway",
        )
        stage = Stage(name, f"http://{docker('port', f'{name}-gateway', '8080').strip()}")
        wait_until(lambda: _ready(stage), PATIENCE)
        yield stage
    finally:
        docker("rm", "--force", "--volumes", f"{name}-gateway", f"{name}-all", f"{name}-second")
        docker("network", "rm", name)


def _ready(stage: Stage) -> bool:
    try:
        return httpx.get(f"{stage.url}/readyz", trust_env=False).status_code == 200
    except httpx.TransportError:
        return False


def test_every_path_goes_to_its_service_and_no_other_goes_anywhere(stage: Stage) -> None:
    routes = {
        "/v1/": "ingest",
        "/keys": "ingest",
        "/recognitions/x": "recognizer",
        "/people": "recognizer",
        "/annotations/x": "annotator",
        "/tags/images": "tagger",
        "/alerts/rules": "notifier",
        "/": "console",
        "/console/pictures": "console",
        "/queues/tagger": "tagger",
        "/queues/recognizer-people": "recognizer",
        "/sweeps/annotator": "annotator",
        f"/onlooker-annotated/a/b.jpg?{LINK}": "s3",
    }
    for target in routes:
        stage.told("GET", target)
    went = {entry["path"]: entry["to"].partition("/")[0] for entry in stage.log() if entry["status"] == 200}
    assert went == {target.partition("?")[0]: service for target, service in routes.items()}
    nowhere = ["/metrics", "/about", "/v1x", "//v1/a", "/%761/a", "/queues/console", "/queues", "/tags%2Fimages"]
    nowhere += ["/onlooker-annotated/a.jpg", f"/onlooker-images/a.jpg?{LINK}", f"/_localstack/health?{LINK}"]
    nowhere += [f"/onlooker-annotated/a.jpg?{LINK[:-64]}", f"/onlooker-annotated/a.jpg?{LINK}&Action=ListQueues"]
    for target in nowhere:
        answer = stage.send("GET", target)
        assert (answer.status_code, answer.headers["Content-Type"]) == (404, "application/problem+json"), target


def test_a_path_and_a_body_arrive_byte_for_byte(stage: Stage) -> None:
    for target in ("/v1/b/a/../c//d%2Fe%25%2e", "/v1/b/./..?x=%2F&y=a+b", "/v1/b/%C3%A9%00"):
        assert stage.told("GET", target)["target"] == target
    body = bytes(range(256)) * 40_000  # more than any buffer
    told = stage.told("PUT", "/v1/b/k", content=iter([body[:1000], body[1000:]]))
    assert told["bytes"] == len(body)


def test_nobody_outside_says_where_they_come_from(stage: Stage) -> None:
    claims = {
        "X-Forwarded-For": "6.6.6.6",
        "x-forwarded-proto": "https",
        "X-Forwarded-Host": "evil",
        "Forwarded": "for=6",
    }
    headers = stage.told("GET", "/console", headers=claims)["headers"]
    assert headers["x-forwarded-proto"] == "http"
    assert re.fullmatch(r"[\d.]+", headers["x-forwarded-for"])
    assert headers["x-forwarded-for"] != "6.6.6.6"
    assert not {"x-forwarded-host", "forwarded"} & headers.keys()


def test_the_emulator_is_asked_for_nothing_but_what_a_link_says(stage: Stage) -> None:
    posing = {"Authorization": "AWS4-HMAC-SHA256 Credential=a", "X-Amz-Target": "DynamoDB.Scan", "Cookie": "a=b"}
    told = stage.told("GET", f"/onlooker-annotated/a.jpg?{LINK}", headers=posing)
    assert told["headers"]["host"] == PUBLIC, "a link binds the host that it was signed for"
    assert not {"authorization", "x-amz-target", "cookie"} & told["headers"].keys()
    answer = stage.send("GET", f"/onlooker-annotated/a.jpg?{LINK}")
    assert "sandbox" in answer.headers["Content-Security-Policy"], "what somebody uploaded runs as the console's page"


def test_forms_come_through_only_where_pages_of_others_are_named(stage: Stage) -> None:
    form = {"files": {"file": b"picture"}, "data": {"key": "a"}}
    assert stage.send("POST", "/onlooker-images", **form).status_code == 404
    with open_stage('ONLOOKER_CORS_ORIGINS=["https://app.example"]') as open_to_forms:
        assert open_to_forms.told("POST", "/onlooker-images", **form)["method"] == "POST"
        assert open_to_forms.send("POST", "/onlooker-results", **form).status_code == 404


def test_a_replica_that_is_not_ready_gets_nothing_while_another_is(own_stage: Stage) -> None:
    unready = own_stage.told("GET", "/v1/unready")["name"]
    wait_until(
        lambda: {own_stage.told("GET", "/v1/x")["name"] for _ in range(4)} == {"all", "second"} - {unready}, PATIENCE
    )
    assert own_stage.send("GET", "/readyz").json()["checks"]["ingest"] == "ok"


def test_where_none_is_ready_they_say_themselves_what_is_missing(own_stage: Stage) -> None:
    own_stage.told("GET", "/tags/unready")  # one container has all names but one
    wait_until(lambda: own_stage.send("GET", "/readyz").json()["checks"]["tagger"] == "no replica is ready", PATIENCE)
    state = own_stage.send("GET", "/readyz")
    assert (state.status_code, state.json()["ready"]) == (503, False)
    assert own_stage.told("GET", "/tags/x")["name"] == "all"


def test_a_killed_replica_is_not_noticed_and_without_any_a_problem_says_so(own_stage: Stage) -> None:
    docker("kill", f"{own_stage.name}-second")
    assert {own_stage.told("GET", "/v1/x")["name"] for _ in range(6)} == {"all"}
    docker("kill", f"{own_stage.name}-all")
    wait_until(lambda: own_stage.send("GET", "/v1/x").status_code == 503, PATIENCE)
    answer = own_stage.send("GET", "/v1/x")
    problem = answer.json()
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["Retry-After"] == "2"
    assert problem.keys() == {"type", "title", "status", "detail", "instance", "trace_id"}
    assert problem["instance"] in {entry["problem_id"] for entry in own_stage.log()}


def test_what_is_read_is_tried_again_and_what_is_written_is_not(stage: Stage) -> None:
    before = stage.told("GET", "/tags/x")["requests"]
    assert stage.send("GET", "/tags/fail").status_code == 503
    between = stage.told("GET", "/tags/x")["requests"]
    assert stage.send("POST", "/tags/fail").status_code == 503
    after = stage.told("GET", "/tags/x")["requests"]
    assert between - before > 2
    assert after - between == 2


def test_the_log_has_the_trace_and_no_signature(stage: Stage) -> None:
    trace = "0123456789abcdef0123456789abcdef"
    stage.send(
        "GET", f"/onlooker-annotated/a%22.jpg?{LINK}", headers={"traceparent": f"00-{trace}-0123456789abcdef-01"}
    )
    (entry,) = (entry for entry in stage.log() if entry["trace_id"] == trace)
    assert entry["path"] == "/onlooker-annotated/a%22.jpg"
    assert "Signature" not in docker("logs", f"{stage.name}-gateway")


def test_who_asks_too_often_is_told_to_wait(own_stage: Stage) -> None:
    with httpx.Client(base_url=own_stage.url, trust_env=False) as client:
        answers = [client.get("/v1/x") for _ in range(210)]
    assert answers[0].status_code == 200
    assert answers[-1].status_code == 429
    assert answers[-1].headers["Retry-After"] == "5"
    assert answers[-1].json()["status"] == 429
