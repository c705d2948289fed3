"""What browsers need: signed forms that S3 takes, and leave to call from another origin."""

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from integration.ingest.conftest import JPEG, ORIGIN, Edge
from onlooker_shared.keys import Principal, Scope


def request(edge: Edge, *conditions: Any, minutes: float = 5) -> dict[str, Any]:
    expiration = datetime.now(UTC) + timedelta(minutes=minutes)
    return {"expiration": expiration.isoformat(), "conditions": [{"bucket": edge.images}, *conditions]}


async def send(form: dict[str, Any], body: bytes, **more: str) -> httpx.Response:
    """Send the form as a browser does, with nobody's credentials."""
    async with httpx.AsyncClient() as browser:
        return await browser.post(form["url"], data={**form["fields"], **more}, files={"file": ("cat.jpg", body)})


async def test_s3_takes_the_signed_form(edge: Edge, key: str) -> None:
    asked = request(edge, ["starts-with", "$key", f"{key}/"], ["starts-with", "$Content-Type", "image/"])
    answer = await edge.http.post("/v1/", json=asked)

    assert answer.status_code == 200
    form = answer.json()
    assert form["policy"] == form["fields"]["policy"]
    assert form["signature"] == form["fields"]["x-amz-signature"]
    sent = await send(form, JPEG, **{"Content-Type": "image/jpeg"})
    assert sent.status_code in {200, 204}
    assert (await edge.stored(f"{key}/cat.jpg"))["Body"] == JPEG


async def test_s3_refuses_what_the_policy_does_not_cover(edge: Edge, key: str) -> None:
    form = (await edge.http.post("/v1/", json=request(edge, {"key": key}, ["content-length-range", 1, 10]))).json()

    assert (await send(form, JPEG + bytes(10))).status_code == 400
    assert (await send({**form, "fields": {**form["fields"], "key": f"other-{key}"}}, JPEG)).status_code == 403
    forged = base64.b64encode(base64.b64decode(form["policy"]).replace(key.encode(), b"forged")).decode()
    assert (await send({**form, "fields": {**form["fields"], "policy": forged}}, JPEG)).status_code == 403
    assert await edge.keys_under(key) == []


async def test_the_limit_of_uploads_is_in_every_policy(edge: Edge, key: str) -> None:
    form = (await edge.http.post("/v1/", json=request(edge, {"key": key}))).json()

    conditions = json.loads(base64.b64decode(form["policy"]))["conditions"]
    assert ["content-length-range", 1, 64 * 1024 * 1024] in conditions


async def test_a_signature_opens_no_more_than_the_key_that_asks_for_it(edge: Edge) -> None:
    edge.keys.principals["camera"] = Principal(
        key_id="k", owner="t", scopes=frozenset({Scope.IMAGES_WRITE}), bucket=edge.images, prefix="camera/"
    )

    async def status(access_key: str, *conditions: Any) -> int:
        headers = {"Authorization": f"Bearer {access_key}"}
        return (await edge.http.post("/v1/", json=request(edge, *conditions), headers=headers)).status_code

    assert await status("camera", ["starts-with", "$key", "camera/1"]) == 200
    assert await status("camera", ["starts-with", "$key", ""]) == 403
    assert await status("camera", {"key": "other/1.jpg"}) == 403


@pytest.mark.parametrize("name", ["annotated", "results"])
async def test_only_for_buckets_that_take_pictures(edge: Edge, name: str) -> None:
    asked = request(edge, {"key": "a.jpg"})
    asked["conditions"][0] = {"bucket": getattr(edge.names, name).name}

    assert (await edge.http.post("/v1/", json=asked)).status_code == {"annotated": 403, "results": 404}[name]


async def test_a_signature_lives_an_hour_at_most(edge: Edge) -> None:
    answer = await edge.http.post("/v1/", json=request(edge, {"key": "a.jpg"}, minutes=61))

    assert answer.status_code == 400
    assert "3600 seconds" in answer.json()["detail"]


async def test_a_request_to_sign_is_small(edge: Edge) -> None:
    answer = await edge.http.post("/v1/", json=request(edge, {"key": "a" * 100_000}))

    assert answer.status_code == 413
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("body", ["", "nonsense", "{}", '{"expiration": "tomorrow", "conditions": []}'])
async def test_what_is_no_policy_is_refused(edge: Edge, body: str) -> None:
    answer = await edge.http.post("/v1/", content=body)

    assert answer.status_code == 422
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("method", "path"),
    [("PUT", "/v1/images/a.jpg"), ("DELETE", "/v1/images/a.jpg"), ("POST", "/v1/"), ("GET", "/v1/images")],
)
async def test_a_page_of_an_allowed_origin_may_call(edge: Edge, method: str, path: str) -> None:
    headers = {
        "Origin": ORIGIN,
        "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": "authorization,content-type",
    }
    answer = await edge.http.options(path, headers=headers)

    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert method in answer.headers["Access-Control-Allow-Methods"]
    assert "authorization" in answer.headers["Access-Control-Allow-Headers"].lower()


async def test_a_page_of_another_origin_may_not(edge: Edge) -> None:
    headers = {"Origin": "https://evil.example", "Access-Control-Request-Method": "PUT"}
    answer = await edge.http.options("/v1/images/a.jpg", headers=headers)

    assert "Access-Control-Allow-Origin" not in answer.headers


async def test_the_answer_s_headers_are_readable_from_a_page(edge: Edge, key: str) -> None:
    answer = await edge.http.put(edge.path(key), content=JPEG, headers={"Origin": ORIGIN})

    exposed = answer.headers["Access-Control-Expose-Headers"]
    assert "ETag" in exposed
    assert "X-Onlooker-Image-Id" in exposed


@pytest.mark.parametrize(
    ("path", "methods"),
    [("/v1/", {"GET", "OPTIONS", "POST"}), ("/v1/b/k", {"DELETE", "GET", "HEAD", "OPTIONS", "PUT"})],
)
async def test_options_says_what_can_be_done(edge: Edge, path: str, methods: set[str]) -> None:
    answer = await edge.http.options(path)

    assert answer.status_code == 204
    assert set(answer.headers["Allow"].split(", ")) == methods


async def test_the_api_describes_itself(edge: Edge) -> None:
    paths = (await edge.http.get("/openapi.json")).json()["paths"]

    assert set(paths["/v1/{bucket}/{object}"]) == {"delete", "get", "put"}
    assert set(paths["/v1/{bucket}"]) == {"get"}
    signing = paths["/v1/"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert set(signing["required"]) == {"expiration", "conditions"}
