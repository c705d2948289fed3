"""What the recognizer tells over HTTP, and to whom."""

from collections.abc import AsyncIterator

import httpx
import pytest

from onlooker_recognizer.routes import router
from onlooker_shared.errors import UnauthorizedError
from onlooker_shared.keys import Principal, Scope
from onlooker_shared.recognition import Recognition
from onlooker_shared.results import Results, StoredFailure, StoredResult
from onlooker_shared.service import Service
from onlooker_shared.web.app import create_app
from recognitions import a_face, a_recognition, an_image
from recognizer_stage import Stage

TRACE_ID = "a" * 32
KEYS = {
    "reader": Principal("1", "all", frozenset({Scope.RECOGNITIONS_READ})),
    "bound": Principal("2", "team a", frozenset({Scope.RECOGNITIONS_READ}), bucket="images", prefix="team-a/"),
    "other": Principal("3", "uploads only", frozenset({Scope.IMAGES_WRITE})),
}


class Keys:
    async def authenticate(self, key: str) -> Principal:
        if key not in KEYS:
            raise UnauthorizedError("unknown")
        return KEYS[key]


async def as_it_was(recognition: Recognition) -> Recognition:
    return recognition


def as_key(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


@pytest.fixture
async def results(dark_stage: Stage) -> Results:
    return await dark_stage.results


@pytest.fixture
async def http(dark_stage: Stage, results: Results) -> AsyncIterator[httpx.AsyncClient]:
    routes = router(await dark_stage.aws.client("s3"), results, as_it_was)
    app = create_app([Service("recognizer", [routes])], Keys())
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://onlooker") as client:
        yield client


@pytest.mark.parametrize(("traceparent", "trace_id"), [(f"00-{TRACE_ID}-{'b' * 16}-01", TRACE_ID), (None, None)])
async def test_the_trace_of_a_picture_is_told_whatever_became_of_it(
    http: httpx.AsyncClient, results: Results, traceparent: str | None, trace_id: str | None
) -> None:
    known = an_image(f"known-{trace_id}.jpg")
    broken = an_image(f"broken-{trace_id}.jpg")
    await results.put(StoredResult(image=known, recognition=a_recognition(), rekognition={}, traceparent=traceparent))
    await results.put_failure(StoredFailure(image=broken, reason="torn", traceparent=traceparent))
    for image in (known, broken):
        answer = await http.get(f"/recognitions/{image.image_id}", headers=as_key("reader"))
        assert answer.json()["trace_id"] == trace_id


async def test_a_recognized_picture(http: httpx.AsyncClient, results: Results) -> None:
    result = StoredResult(image=an_image("a.jpg"), recognition=a_recognition(a_face("SAD")), rekognition={"raw": 1})
    await results.put(result)

    answer = await http.get(f"/recognitions/{result.image.image_id}", headers=as_key("reader"))

    assert answer.status_code == 200
    assert answer.json()["state"] == "recognized"
    assert answer.json()["image"]["key"] == "a.jpg"
    assert answer.json()["recognition"]["faces"][0]["emotions"][0]["type"] == "SAD"
    assert "rekognition" not in answer.json()


async def test_a_failed_picture_and_one_that_was_mended_since(http: httpx.AsyncClient, results: Results) -> None:
    failure = StoredFailure(image=an_image("a.jpg"), reason="The file is empty.")
    await results.put_failure(failure)
    path = f"/recognitions/{failure.image.image_id}"

    failed = await http.get(path, headers=as_key("reader"))
    await results.put(StoredResult(image=failure.image, recognition=a_recognition(), rekognition={}))
    mended = await http.get(path, headers=as_key("reader"))
    listed = await http.get("/recognitions?state=failed", headers=as_key("reader"))

    assert (failed.json()["state"], failed.json()["reason"]) == ("failed", "The file is empty.")
    assert mended.json()["state"] == "recognized"
    assert listed.json() == {"recognitions": [], "cursor": None}


async def test_an_unknown_picture(http: httpx.AsyncClient) -> None:
    unknown = await http.get(f"/recognitions/{'0' * 32}", headers=as_key("reader"))
    malformed = await http.get("/recognitions/not-an-id", headers=as_key("reader"))
    assert (unknown.status_code, malformed.status_code) == (404, 422)


async def test_failures_are_listed_page_by_page(http: httpx.AsyncClient, results: Results) -> None:
    failures = [StoredFailure(image=an_image(f"{n}.jpg"), reason="The file is empty.") for n in range(5)]
    for failure in failures:
        await results.put_failure(failure)

    listed: list[str] = []
    pages, cursor = 0, ""
    while cursor is not None:
        query = {"state": "failed", "limit": "2", **({"cursor": cursor} if cursor else {})}
        page = (await http.get("/recognitions", params=query, headers=as_key("reader"))).json()
        listed += [entry["image"]["image_id"] for entry in page["recognitions"]]
        cursor = page["cursor"]
        pages += 1

    assert listed == sorted(failure.image.image_id for failure in failures)
    assert pages == 3


@pytest.mark.parametrize("query", ["", "?state=recognized", "?state=failed&limit=0", "?state=failed&cursor=garbage"])
async def test_a_malformed_question_is_answered_as_such(http: httpx.AsyncClient, query: str) -> None:
    answer = await http.get(f"/recognitions{query}", headers=as_key("reader"))
    assert answer.status_code in {400, 422}
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_key_sees_only_what_it_is_bound_to(http: httpx.AsyncClient, results: Results) -> None:
    ours, theirs = (
        StoredFailure(image=an_image(key), reason="The file is empty.") for key in ("team-a/1.jpg", "team-b/1.jpg")
    )
    await results.put_failure(ours)
    await results.put_failure(theirs)

    listed = (await http.get("/recognitions?state=failed", headers=as_key("bound"))).json()["recognitions"]
    seen = await http.get(f"/recognitions/{ours.image.image_id}", headers=as_key("bound"))
    hidden = await http.get(f"/recognitions/{theirs.image.image_id}", headers=as_key("bound"))

    assert [entry["image"]["key"] for entry in listed] == ["team-a/1.jpg"]
    assert (seen.status_code, hidden.status_code) == (200, 404)


async def test_without_a_key_or_its_scope_nothing_is_told(http: httpx.AsyncClient) -> None:
    path = f"/recognitions/{'0' * 32}"
    assert (await http.get(path)).status_code == 401
    assert (await http.get(path, headers=as_key("other"))).status_code == 403
