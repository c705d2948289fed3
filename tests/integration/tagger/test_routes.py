"""What the HTTP API says to a request that is wrong."""

import pytest

from installation import client_of
from onlooker_shared.service import Service
from onlooker_tagger.index import Index
from onlooker_tagger.routes import router


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
    ],
)
async def test_says_what_is_wrong_with_a_request(index: Index, path: str, status: int, detail: str) -> None:
    async with client_of(Service(name="tagger", routers=[router(index)])) as client:
        answer = await client.get(path)

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert detail in answer.json()["detail"]
