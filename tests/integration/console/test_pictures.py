"""The gallery over HTTP: what is found and what it can be narrowed by, in words where it cannot; what is told live."""

import asyncio
import hashlib
import html
import json
import re
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from console_site import NOBODY, Site, running
from installation import Installation, eventually
from onlooker_shared.images import ImageRef
from onlooker_shared.keys import Scope
from onlooker_shared.messages import ImageDeleted
from recognitions import NOON, a_face, a_label, a_warning, failed, recognized

PAGE = "/console/pictures"


@pytest.fixture
def folder() -> str:
    """A folder of this test's own."""
    return f"{uuid.uuid4().hex}/"


def an_image(site: Site, key: str, minutes: int = 0) -> ImageRef:
    return ImageRef.of(
        bucket=site.installation.topology.images.name,
        key=key,
        etag=hashlib.md5(key.encode()).hexdigest(),
        size=1000,
        uploaded_at=NOON + timedelta(minutes=minutes),
        sequencer=f"{minutes:016X}",
    )


async def fill(site: Site, folder: str, count: int) -> list[ImageRef]:
    """Have pictures in a folder, a minute apart, each with a label."""
    images = [an_image(site, f"{folder}{number:03}.jpg", number) for number in range(count)]
    await asyncio.gather(*(site.tagged.send(recognized(image, a_label("Dog", "Animal"))) for image in images))
    headers, asked = {"Authorization": f"Bearer {site.admin_key}"}, {"prefix": folder, "include": "failures"}
    async with httpx.AsyncClient(base_url=site.url, headers=headers, timeout=30) as http:
        await eventually(
            lambda: http.get("/tags/statistics", params=asked), lambda answer: answer.json()["total"] == count
        )
    return images


def shown(answer: httpx.Response) -> list[str]:
    """Return the ids of a page's or fragment's tiles, in their order."""
    return re.findall(r'data-id="([0-9a-f]{32})"', answer.text)


def following(answer: httpx.Response) -> str:
    found = re.search(r'rel="next"[^>]* href="([^"]+)"', answer.text)
    assert found is not None, "there is no link to more pictures"
    return html.unescape(found[1])


async def test_a_search_shows_its_pictures_newest_first_with_counts_and_filters(site: Site, folder: str) -> None:
    images = await fill(site, folder, 2)
    face = an_image(site, f"{folder}ann.jpg", 5)
    await site.index(recognized(face, a_face(name="Ann"), a_label("Beach")))
    async with site.signed_in() as somebody:
        answer = await somebody.get(PAGE, params={"prefix": folder})
        dogs = await somebody.get(PAGE, params={"prefix": folder, "label": "dog", "sort": "oldest"})
    assert shown(answer) == [face.image_id, images[1].image_id, images[0].image_id]
    assert 'data-count="3"' in answer.text
    assert f'href="{PAGE}?person=Ann&amp;prefix={folder.replace("/", "%2F")}"' in answer.text
    assert shown(dogs) == [image.image_id for image in images]


async def test_pictures_like_another_one_are_not_counted_as_all_are(site: Site, folder: str) -> None:
    one, other = await fill(site, folder, 2)
    async with site.signed_in() as somebody:
        answer = await somebody.get(PAGE, params={"prefix": folder, "similar_to": one.image_id})
    assert shown(answer) == [other.image_id]
    assert "data-count" not in answer.text
    assert "data-facet=" not in answer.text


async def test_many_pictures_come_page_by_page_with_and_without_script(site: Site, folder: str) -> None:
    images = await fill(site, folder, 70)
    newest = [image.image_id for image in reversed(images)]
    async with site.signed_in() as somebody:
        first = await somebody.get(PAGE, params={"prefix": folder})
        second = await somebody.get(following(first))
        query = httpx.URL(following(first)).params.merge({"count": 5, "by": "day"})
        fragment = await somebody.get(f"{PAGE}/more", params=query)
    assert shown(first) + shown(second) == newest
    assert 'rel="next"' not in second.text
    assert shown(fragment) == newest[60:65]
    assert "<html" not in fragment.text
    assert "data-next=" in fragment.text


async def test_what_is_in_names_is_text(site: Site, folder: str) -> None:
    key = f'{folder}"><script>alert(1)</script>.jpg'
    await site.index(recognized(an_image(site, key), a_face(name="<b>Ann</b>"), a_label("<i>Dog</i>")))
    async with site.signed_in() as somebody:
        page = (await somebody.get(PAGE, params={"prefix": folder, "person": "<b>Ann</b>"})).text
    for markup in ("<script>alert", "<b>Ann", "<i>Dog"):
        assert markup not in page
        assert html.escape(markup) in page


async def test_a_failed_picture_says_why_and_a_sensitive_one_is_veiled(site: Site, folder: str) -> None:
    await site.index(failed(an_image(site, f"{folder}empty.jpg"), "It is empty."))
    await site.index(recognized(an_image(site, f"{folder}gun.jpg"), a_warning("Weapons")))
    async with site.signed_in() as somebody:
        page = (await somebody.get(PAGE, params={"prefix": folder})).text
    assert "It is empty." in page
    assert len(re.findall(r'class="tile [^"]*sensitive', page)) == 1


@pytest.mark.parametrize(
    ("query", "words", "way_out"),
    [
        ("colour=red&label=Dog", "cannot be searched by “colour”", f"{PAGE}?label=Dog"),
        ("cursor=abc&label=Dog", "cursor", f"{PAGE}?label=Dog"),
        (f"q={'x' * 10_000}", "at most 500 characters", PAGE),
        ("min_age=30&max_age=20", "The range of age is empty", PAGE),
        ("min_age=old", "“min_age” takes a whole number of years, 0 to 150.", PAGE),
        ("max_faces=10001", "“max_faces” takes a whole number of faces, 0 to 10,000.", PAGE),
        ("emotion=merry", "“emotion” takes one of happy, calm,", PAGE),
        ("from=yesterday", "“from” takes a day such as 2026-11-21", PAGE),
        ("q=%25", "“q” holds no letter or digit to search for.", PAGE),
        ("label=" + "&label=".join(map(str, range(30))), "at most 20", PAGE),
    ],
    ids=[
        "unknown filter",
        "foreign cursor",
        "long",
        "empty range",
        "no age",
        "faces",
        "emotion",
        "day",
        "no word",
        "many",
    ],
)
async def test_a_search_that_makes_no_sense_says_what_is_wrong_and_leads_on(
    site: Site, query: str, words: str, way_out: str
) -> None:
    async with site.signed_in() as somebody:
        answer = await somebody.get(f"{PAGE}?{query}")
    assert 400 <= answer.status_code < 500
    page = html.unescape(answer.text)
    assert words in page
    assert f'href="{way_out}"' in page
    assert 'name="q"' in page


async def test_where_nothing_is_found_it_says_what_to_do(site: Site, folder: str) -> None:
    async with site.signed_in() as somebody:
        answer = await somebody.get(PAGE, params={"prefix": folder})
    assert answer.status_code == 200
    assert "Take a filter off" in answer.text


async def test_what_is_typed_is_completed(site: Site, folder: str) -> None:
    word = folder[:12]
    await site.index(recognized(an_image(site, f"{folder}x.jpg"), a_label(f"{word} & Co")))
    async with site.signed_in() as somebody:
        answer = await somebody.get(f"{PAGE}/suggestions", params={"q": word[:9]})
        nothing = await somebody.get(f"{PAGE}/suggestions", params={"q": "x" * 5000})
    assert f'data-name="label" data-value="{word} &amp; Co"' in answer.text
    assert (nothing.status_code, "<li" in nothing.text) == (200, False)


async def test_a_key_that_may_not_search_is_told_so(site: Site) -> None:
    key = await site.keys.create(owner="uploads only", scopes=[Scope.IMAGES_WRITE])
    async with site.signed_in(key) as somebody:
        answer = await somebody.get(PAGE)
    assert answer.status_code == 403
    assert "tags:read" in answer.text


async def test_search_that_is_away_leaves_the_page_there(installed: Installation, tmp_path: Any) -> None:
    async with (
        running(installed, tmp_path / "index.sqlite3", TAGGER_URL=NOBODY) as alone,
        alone.signed_in() as somebody,
    ):
        answer = await somebody.get(PAGE, params={"label": "Dog"})
    assert "Search does not answer just now" in answer.text
    assert "Try again" in answer.text
    assert "Remove: " in answer.text


@asynccontextmanager
async def watching(browser: httpx.AsyncClient, folder: str) -> AsyncIterator[AsyncIterator[dict[str, Any]]]:
    """Look at a folder live; yields what is told."""
    parameters = {"prefix": folder, "since": datetime.now(UTC).isoformat()}
    async with browser.stream("GET", f"{PAGE}/live", params=parameters) as answer:
        assert answer.status_code == 200
        assert answer.headers["Content-Type"].startswith("text/event-stream")

        async def events() -> AsyncIterator[dict[str, Any]]:
            async for line in answer.aiter_lines():
                if line.startswith("data: "):
                    yield json.loads(line.removeprefix("data: "))

        yield events()


async def test_a_picture_is_told_of_while_somebody_looks_and_so_is_its_end(site: Site, folder: str) -> None:
    image = an_image(site, f"{folder}new.jpg", 1)
    async with site.signed_in() as somebody, watching(somebody, folder) as events, asyncio.timeout(20):
        await site.index(recognized(image, a_label("Dog")))
        change = await anext(events)
        assert f'data-id="{image.image_id}"' in change["tiles"]
        assert "Dog" in change["tiles"]
        deletion = ImageDeleted(
            bucket=image.bucket,
            key=image.key,
            sequencer="00000000000000FF",
            deleted_at=datetime.now(UTC),
        )
        await site.tagged.send(deletion)
        change = await anext(events)
        assert change["gone"] == [image.image_id]


async def test_nothing_is_told_to_strangers(site: Site) -> None:
    async with site.browser() as stranger:
        answer = await stranger.get(f"{PAGE}/live", params={"since": "2026-01-01T00:00:00Z"})
    assert answer.status_code in {303, 401}
    assert "event" not in answer.headers.get("Content-Type", "")


async def test_a_time_before_all_years_is_refused(site: Site) -> None:
    async with site.signed_in() as somebody:
        answer = await somebody.get(f"{PAGE}/live", params={"since": "0001-01-01T00:00:00Z"})
    assert answer.status_code == 400


async def test_only_so_many_pages_are_kept_up_to_date(installed: Installation, tmp_path: Any, folder: str) -> None:
    limited = running(installed, tmp_path / "index.sqlite3", LIVE_CONNECTIONS="1")
    async with limited as site, site.signed_in() as somebody, watching(somebody, folder):
        answer = await somebody.get(f"{PAGE}/live", params={"since": "2026-01-01T00:00:00Z"})
    assert answer.status_code == 503
