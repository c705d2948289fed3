"""How the HTTP API reads requests, and what it says to wrong ones."""

from datetime import timedelta

import pytest

from installation import client_of
from onlooker_shared.service import Service
from onlooker_tagger import documents
from onlooker_tagger.index import Index
from onlooker_tagger.routes import router
from recognitions import NOON, a_label, a_recognition, an_image


@pytest.mark.parametrize(
    ("path", "status", "detail"),
    [
        ("/tags/images?colour=red", 422, "colour"),
        ("/tags/images?q=%22%27", 422, "no letter or digit"),
        ("/tags/images?q=" + "x" * 10_000, 422, "at most 500"),
        ("/tags/images?cursor=nonsense", 400, "not given out by Onlooker"),
        ("/tags/images?min_age=50&max_age=10", 422, "range of age is empty"),
        ("/tags/images/nonsense", 422, "image_id"),
        (f"/tags/images/{'0' * 32}", 404, "not recognized yet"),
        ("/tags/statistics?interval=year", 422, "interval"),
        ("/tags/statistics?include=smells", 422, "include"),
        ("/tags/statistics?sort=newest", 422, "sort"),
        ("/tags/statistics?cursor=x", 422, "cursor"),
        ("/tags/images?sort=best", 422, "sort"),
        ("/tags/images?similar_to=cat.jpg", 422, "similar_to"),
        (f"/tags/images?similar_to={'0' * 32}", 404, "not recognized yet"),
        ("/tags/images?label=" + "&label=".join("abcdefghijklmnopqrstuvwxyz"), 422, "at most 20"),
        ("/tags/images?label=" + "x" * 10_000, 422, "at most 500"),
        ("/tags/images?person=", 422, "at least 1"),
        ("/tags/images?moderated=perhaps", 422, "moderated"),
        ("/tags/images?from=yesterday", 422, "from"),
        ("/tags/images?min_faces=-1", 422, "min_faces"),
        ("/tags/suggestions", 422, "q"),
        ("/tags/suggestions?q=" + "x" * 10_000, 422, "at most 500"),
        ("/tags/suggestions?q=x&limit=1000", 422, "limit"),
    ],
)
async def test_says_what_is_wrong_with_a_request(index: Index, path: str, status: int, detail: str) -> None:
    async with client_of(Service(name="tagger", routers=[router(index)])) as client:
        answer = await client.get(path)

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert detail in answer.json()["detail"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("label=cat&label=cup", ["both.jpg"]),
        ("label=cat", ["both.jpg", "cat.jpg"]),
        ("from=2026-11-20T12:30:00Z", ["both.jpg"]),
        ("to=2026-11-20T12:30:00", ["cat.jpg"]),
        ("q=CAT+cu", ["both.jpg"]),
        ("limit=1", ["both.jpg"]),
    ],
)
async def test_filters_are_given_as_query_parameters(index: Index, query: str, found: list[str]) -> None:
    both = an_image("both.jpg", uploaded_at=NOON + timedelta(hours=1))
    await index.put(documents.recognized(both, a_recognition(a_label("Cat"), a_label("Cup"))))
    await index.put(documents.recognized(an_image("cat.jpg"), a_recognition(a_label("Cat"))))

    async with client_of(Service(name="tagger", routers=[router(index)])) as client:
        page = (await client.get(f"/tags/images?{query}")).json()

    assert [image["key"] for image in page["images"]] == found
    assert (page["cursor"] is None) == (query != "limit=1")
