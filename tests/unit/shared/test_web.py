"""The HTTP shell: how errors, keys, health and metrics look from outside."""

import asyncio
import re
import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from importlib import metadata
from types import SimpleNamespace
from typing import Annotated, Any

import httpx
import pytest
from botocore.exceptions import EndpointConnectionError
from fastapi import APIRouter, Depends, Query
from fastapi.responses import PlainTextResponse, StreamingResponse
from starlette.requests import ClientDisconnect
from structlog.testing import capture_logs

from installation import Keys
from onlooker_shared import errors
from onlooker_shared.keys import Principal, Scope
from onlooker_shared.service import Service, Swept
from onlooker_shared.telemetry.metrics import MESSAGES
from onlooker_shared.web.app import create_app
from onlooker_shared.web.auth import requires

TRACE_ID = "0af7651916cd43dd8448eb211c80319c"
TRACED = {"traceparent": f"00-{TRACE_ID}-b7ad6b7169203331-01"}
PROBLEMS = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.ProblemError)][
    1:
]

AWAY = EndpointConnectionError(endpoint_url="http://s3.internal")
AWAY_IN_WORDS = errors.UnavailableError("S3 cannot do this now.")
AWAY_IN_WORDS.__cause__ = AWAY
RAISED = {
    "fault": RuntimeError("the secret is 42"),
    "away": AWAY,
    "away behind words": AWAY_IN_WORDS,
    "left": ClientDisconnect(),
}


def a_router() -> APIRouter:
    routes = APIRouter()

    @routes.get("/problems/{name}")
    async def problem(name: str) -> None:
        raise getattr(errors, name)("What was wrong.", headers={"Retry-After": "7"})

    @routes.get("/raises/{what}")
    async def raises(what: str) -> None:
        raise RAISED[what]

    @routes.get("/whoami")
    async def whoami(caller: Annotated[Principal, Depends(requires(Scope.TAGS_READ))]) -> str:
        return caller.owner

    @routes.get("/number")
    async def number(n: Annotated[int, Query(ge=1)]) -> int:
        return n

    @routes.get("/broken")
    async def broken() -> StreamingResponse:
        async def parts() -> AsyncIterator[bytes]:
            yield b"half"
            raise OSError("gone")

        return StreamingResponse(parts())

    return routes


def client_of(*services: Service, keys: Keys | None = None, cors: tuple[str, ...] = ()) -> httpx.AsyncClient:
    app = create_app(services, keys or Keys(), cors_origins=cors)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://onlooker")


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(Service("test", routers=[a_router()])) as opened:
        yield opened


@pytest.mark.parametrize("kind", PROBLEMS, ids=lambda kind: kind.__name__)
async def test_every_expected_error_is_a_problem_document(
    client: httpx.AsyncClient, kind: type[errors.ProblemError]
) -> None:
    with capture_logs() as logged:
        answer = await client.get(f"/problems/{kind.__name__}", headers=TRACED)
    body = answer.json()
    assert answer.status_code == body["status"] == kind.status
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["Retry-After"] == "7"
    assert (body["title"], body["detail"], body["trace_id"]) == (kind.status.phrase, "What was wrong.", TRACE_ID)
    (line,) = logged
    assert body["instance"] == f"urn:uuid:{line['problem_id']}"


async def test_a_fault_of_ours_tells_the_caller_an_id_and_the_log_the_rest(client: httpx.AsyncClient) -> None:
    with capture_logs() as logged:
        answer = await client.get("/raises/fault", headers=TRACED)
    assert answer.status_code == HTTPStatus.INTERNAL_SERVER_ERROR
    assert "secret" not in answer.text
    assert "RuntimeError" not in answer.text
    (line,) = logged
    assert answer.json()["instance"] == f"urn:uuid:{line['problem_id']}"
    assert answer.json()["trace_id"] == TRACE_ID
    assert line["log_level"] == "error"
    assert str(line["exc_info"]) == "the secret is 42"


@pytest.mark.parametrize("what", ["away", "away behind words"])
async def test_what_is_needed_and_away_is_no_fault_but_a_reason_to_try_again(
    client: httpx.AsyncClient, what: str
) -> None:
    with capture_logs() as logged:
        answer = await client.get(f"/raises/{what}")
    assert answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert int(answer.headers["Retry-After"]) > 0
    assert "s3.internal" not in answer.text
    (line,) = logged
    assert line["log_level"] == "warning"
    assert "s3.internal" in line["reason"]
    assert "exc_info" not in line


async def test_an_answer_that_breaks_in_the_middle_is_not_taken_for_whole(client: httpx.AsyncClient) -> None:
    with capture_logs() as logged, pytest.raises(OSError, match="gone"):
        await client.get("/broken")
    assert [line["event"] for line in logged] == ["http.broken_off"]


async def test_a_caller_who_left_is_no_fault(client: httpx.AsyncClient) -> None:
    with capture_logs() as logged:
        await client.get("/raises/left")
    assert [(line["event"], line["log_level"]) for line in logged] == [("http.client_left", "info")]


async def test_an_invalid_parameter_is_named(client: httpx.AsyncClient) -> None:
    answer = await client.get("/number", params={"n": "0"})
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    message = "Input should be greater than or equal to 1"
    assert answer.json()["errors"] == [{"location": "query.n", "kind": "greater_than_equal", "message": message}]


async def test_an_unknown_path_and_a_wrong_method_are_told_apart(client: httpx.AsyncClient) -> None:
    unknown, wrong = await client.get("/nowhere"), await client.delete("/raises/fault")
    assert (unknown.status_code, unknown.json()["detail"]) == (404, "Nothing is at this path.")
    assert (wrong.status_code, wrong.headers["Allow"]) == (405, "GET")
    assert wrong.headers["Content-Type"] == "application/problem+json"


async def test_a_key_with_the_scope_is_let_in_and_no_other() -> None:
    keys = Keys({"reader": Principal("r", "Rita", frozenset({Scope.TAGS_READ}))})
    keys.principals["writer"] = Principal("w", "Will", frozenset({Scope.IMAGES_WRITE}))
    async with client_of(Service("test", routers=[a_router()]), keys=keys) as client:

        async def asked_with(header: str | None) -> httpx.Response:
            return await client.get("/whoami", headers={"Authorization": header} if header else {})

        assert (await asked_with("Bearer reader")).json() == "Rita"
        for header in (None, "Basic cmVhZGVyOg==", "Bearer unknown"):
            answer = await asked_with(header)
            assert answer.status_code == HTTPStatus.UNAUTHORIZED, header
        forbidden = await asked_with("Bearer writer")
        assert forbidden.status_code == HTTPStatus.FORBIDDEN
        assert "tags:read" in forbidden.json()["detail"]


async def test_routes_keep_what_their_router_says_of_all_of_them() -> None:
    routes = APIRouter(
        prefix="/things",
        tags=["things"],
        dependencies=[Depends(requires(Scope.TAGS_READ))],
        default_response_class=PlainTextResponse,
    )

    @routes.get("/{name}")
    async def thing(name: str) -> str:
        return name

    async with client_of(Service("test", routers=[routes])) as client:
        refused = await client.get("/things/a")
        allowed = await client.get("/things/a", headers={"Authorization": "Bearer admin"})
        described = (await client.get("/openapi.json")).json()["paths"]["/things/{name}"]["get"]
    assert refused.status_code == HTTPStatus.UNAUTHORIZED
    assert (allowed.text, allowed.headers["Content-Type"]) == ("a", "text/plain; charset=utf-8")
    assert (described["tags"], described["operationId"]) == (["things"], "thing_things__name__get")


async def test_without_a_key_the_challenge_says_how(client: httpx.AsyncClient) -> None:
    answer = await client.get("/whoami")
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="onlooker"'


async def test_ready_only_if_every_check_passes_and_alive_in_any_case() -> None:
    async def well() -> None:
        pass

    async def ill() -> None:
        raise OSError("no route to host")

    for checks, status in (({"s3": well}, 200), ({"s3": well, "sqs": ill}, 503)):
        async with client_of(Service("test", checks=checks)) as client:
            answer = await client.get("/readyz")
            assert answer.status_code == status
            assert answer.json()["checks"]["s3"] == "ok"
            assert (await client.get("/healthz")).text == "ok"
    assert answer.json() == {"ready": False, "checks": {"s3": "ok", "sqs": "OSError: no route to host"}}


async def test_a_check_that_hangs_has_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("onlooker_shared.web.health.CHECK_TIMEOUT", 0.01)
    async with client_of(Service("test", checks={"s3": asyncio.Event().wait})) as client:
        assert (await client.get("/readyz")).json()["checks"] == {"s3": "TimeoutError"}


async def test_services_behind_one_port_keep_their_checks_apart() -> None:
    async def well() -> None:
        pass

    async def ill() -> None:
        raise OSError

    services = Service("ingest", checks={"s3": ill}), Service("tagger", checks={"s3": well})
    async with client_of(*services) as client:
        assert (await client.get("/readyz")).json()["checks"] == {"ingest.s3": "OSError", "tagger.s3": "ok"}


async def test_requests_are_measured_by_their_route_not_their_path(client: httpx.AsyncClient) -> None:
    await client.get("/problems/NotFoundError")
    metrics = (await client.get("/metrics")).text
    labels = 'method="GET",route="/problems/{name}",service="test",status="404"'
    assert f"onlooker_http_request_seconds_count{{{labels}}}" in metrics


async def test_words_that_are_no_method_are_not_kept_one_by_one(client: httpx.AsyncClient) -> None:
    await client.request("BREW", "/whoami")
    metrics = (await client.get("/metrics")).text
    assert "BREW" not in metrics
    assert 'method="other",route="/whoami",service="test",status="405"' in metrics


@pytest.mark.parametrize("older_than", ["inf", "-inf", "nan", "1e300", "-1", "soon"])
async def test_an_age_that_is_none_is_refused_before_any_sweep(older_than: str) -> None:
    async def sweep(_: timedelta) -> Swept:
        raise AssertionError

    async with client_of(Service("tagger", sweep=sweep)) as client:
        headers = {"Authorization": "Bearer admin"}
        answer = await client.post("/sweeps/tagger", params={"older_than": older_than}, headers=headers)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "query.older_than" in answer.json()["detail"]


async def test_a_sweep_is_made_on_demand_by_an_administrator_only() -> None:
    ages: list[timedelta] = []

    async def sweep(older_than: timedelta) -> Swept:
        ages.append(older_than)
        return Swept(looked_at=3, sent_on=1)

    keys = Keys()
    keys.principals["reader"] = Principal("r", "Rita", frozenset({Scope.TAGS_READ}))
    async with client_of(Service("tagger", sweep=sweep), keys=keys) as client:
        refused = await client.post("/sweeps/tagger", headers={"Authorization": "Bearer reader"})
        assert refused.status_code == HTTPStatus.FORBIDDEN
        headers = {"Authorization": "Bearer admin"}
        answer = await client.post("/sweeps/tagger", params={"older_than": 60}, headers=headers)
        assert answer.json() == {"looked_at": 3, "sent_on": 1}
        assert ages == [timedelta(minutes=1)]


async def test_pages_of_the_named_origins_may_call_even_when_it_fails() -> None:
    async with client_of(Service("test", routers=[a_router()]), cors=("https://good.example",)) as client:
        good = await client.get("/raises/fault", headers={"Origin": "https://good.example"})
        assert good.headers["Access-Control-Allow-Origin"] == "https://good.example"
        other = await client.get("/raises/fault", headers={"Origin": "https://evil.example"})
        assert "Access-Control-Allow-Origin" not in other.headers


async def test_the_page_of_the_api_is_read_without_a_network(client: httpx.AsyncClient) -> None:
    page = await client.get("/docs")
    loaded = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert loaded
    for path in loaded:
        assert path.startswith("/docs/static/")
        assert (await client.get(path)).status_code == HTTPStatus.OK


async def test_about_tells_versions_and_what_was_done() -> None:
    queue: Any = SimpleNamespace(name=f"about-{uuid.uuid4().hex}")
    MESSAGES.labels(queue.name, "done").inc(3)
    keys = Keys()
    keys.principals["anybody"] = Principal("anybody", "tests", frozenset())
    before = datetime.now(UTC)
    tagger_service = Service("tagger", queues={"tagger": queue})
    async with client_of(tagger_service, Service("ingest", routers=[a_router()]), keys=keys) as opened:
        opened.headers["Authorization"] = "Bearer anybody"
        first = (await opened.get("/about")).json()
        await opened.get("/raises/fault")
        second = (await opened.get("/about")).json()
    assert [service["name"] for service in first["services"]] == ["tagger", "ingest"]
    tagger, ingest = first["services"]
    assert tagger["version"] == metadata.version("onlooker-tagger")
    assert (tagger["queues"], ingest["queues"], ingest["messages"]) == ([queue.name], [], None)
    assert tagger["messages"] == {"done": 3, "retried": 0, "rejected": 0, "failed": 0}
    assert before <= datetime.fromisoformat(first["started_at"]) <= datetime.now(UTC)
    assert second["requests"]["answered"] - first["requests"]["answered"] == 2
    assert second["requests"]["faults"] - first["requests"]["faults"] == 1


async def test_about_needs_a_key(client: httpx.AsyncClient) -> None:
    assert (await client.get("/about")).status_code == HTTPStatus.UNAUTHORIZED
