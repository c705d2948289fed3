"""The dashboard over the real tagger: figures, tables with their links, filters, periods, and what bad input gets."""

import re
from collections.abc import AsyncIterator
from html import unescape

import httpx
import pytest
import pytest_asyncio

from console_site import Site
from onlooker_console.apis import AwayError
from onlooker_shared.keys import Scope
from recognitions import a_face, a_label, an_image, failed, recognized

FOLDER = "dashboard"


@pytest_asyncio.fixture(scope="module", loop_scope="session", autouse=True)
async def _pictures(site: Site) -> None:
    for name, *found in (
        ("dog", a_label("Dog"), a_label("Ball")),
        ("ann", a_label("Dog"), a_face(name="Ann Onymous")),
    ):
        await site.index(recognized(an_image(f"{FOLDER}/{name}.jpg", content=name), *found))
    await site.index(failed(an_image(f"{FOLDER}/torn.jpg", content="torn"), "It is torn."))


@pytest_asyncio.fixture(loop_scope="session")
async def somebody(site: Site) -> AsyncIterator[httpx.AsyncClient]:
    async with site.signed_in() as browser:
        yield browser


def panel(page: str, name: str) -> str:
    """The part of a page between a panel's heading and the end of its section."""
    return unescape(page.split(f'id="panel-{name}"', 1)[1].split("</section>", 1)[0])


def links(page: str, name: str) -> list[str]:
    """Where the rows of a panel's table lead."""
    return re.findall(r'<th scope="row">.*?<a href="(.*?)"', panel(page, name))


def rows(page: str, name: str) -> list[tuple[str, list[str]]]:
    """The names and counts of a panel's table."""
    body = panel(page, name).split("<tbody>", 1)[1]
    return [
        (re.sub("<.*?>", "", row.split("</th>")[0]).strip(), re.findall(r'<td class="number">(.*?)</td>', row))
        for row in re.findall(r"<tr.*?>(.*?)</tr>", body, re.DOTALL)
    ]


async def test_it_counts_what_a_search_finds(somebody: httpx.AsyncClient) -> None:
    page = (await somebody.get("/console/dashboard", params={"prefix": f"{FOLDER}/"})).text
    figures = re.findall(r'class="figure-value">(?:<a href="(.*?)">)?(\d+)', page)
    assert [count for _, count in figures] == ["3", "2", "1", "1"]
    assert unescape(figures[3][0]) == f"/console/pictures?prefix={FOLDER}%2F&state=failed"
    assert rows(page, "labels")[:2] == [("Dog", ["2"]), ("Ball", ["1"])]
    assert rows(page, "persons") == [("Ann Onymous", ["1"])]
    assert rows(page, "failures") == [("It is torn.", ["1"])]
    assert f"/console/pictures?label=Dog&prefix={FOLDER}%2F" in panel(page, "cloud")


async def test_a_row_leads_to_as_many_pictures_as_it_counts(somebody: httpx.AsyncClient) -> None:
    page = (await somebody.get("/console/dashboard", params={"prefix": f"{FOLDER}/"})).text
    for name, counting in (("labels", 1), ("persons", 1), ("failures", 1), ("emotions", 1), ("uploads", 2)):
        for href, (_, counts) in zip(links(page, name), rows(page, name), strict=True):
            shown = re.search(r'data-count="(\d+)"', (await somebody.get(href)).text)
            assert shown is not None
            assert int(shown[1]) == sum(int(count or 0) for count in counts[:counting]), href


async def test_who_was_seen_when_comes_after_the_rest(somebody: httpx.AsyncClient) -> None:
    page = (await somebody.get("/console/dashboard", params={"prefix": f"{FOLDER}/"})).text
    later = re.search(r'hx-get="(.*?)"', page)
    assert later is not None
    panel_alone = (await somebody.get(unescape(later[1]))).text
    assert [counts for _, counts in rows(panel_alone, "visits")] == [["1"]]
    assert "Ann Onymous" in panel(panel_alone, "visits")
    nobody = await somebody.get("/console/dashboard/people?q=unicorn")
    assert "Nobody here is known by name" in nobody.text


async def test_filters_are_those_of_the_gallery_and_lead_on_within_the_dashboard(somebody: httpx.AsyncClient) -> None:
    page = unescape((await somebody.get("/console/dashboard", params={"prefix": f"{FOLDER}/", "label": "ball"})).text)
    assert rows(page, "labels") == [("Ball", ["1"]), ("Dog", ["1"])]
    assert f'href="/console/dashboard?prefix={FOLDER}%2F" title="Label: remove this filter"' in page
    assert f'href="/console/pictures?label=ball&prefix={FOLDER}%2F"' in page  # as pictures
    assert "Nobody here is known by name." in page


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"interval": "fortnight"}, "interval"),
        ({"colour": "red"}, "Pictures cannot be searched by “colour”."),
        ({"min_age": "old"}, "min_age"),
        ({"q": "x" * 10_000}, "500"),
    ],
)
async def test_bad_input_gets_words_and_a_way_on(
    somebody: httpx.AsyncClient, query: dict[str, str], words: str
) -> None:
    answer = await somebody.get("/console/dashboard", params=query)
    assert answer.status_code == 422
    assert words in answer.text
    assert 'href="/console/' in answer.text


async def test_nothing_found_and_nothing_there_say_what_to_do(site: Site, somebody: httpx.AsyncClient) -> None:
    assert "No picture is like that" in (await somebody.get("/console/dashboard?q=unicorn")).text
    key = await site.keys.create(owner="newcomer", scopes=[Scope.TAGS_READ], bucket="another")
    async with site.signed_in(key) as newcomer:
        page = (await newcomer.get("/console/dashboard")).text
    assert "There is nothing to count yet" in page
    assert "data-chart" not in page


async def test_without_history_the_rest_is_there(somebody: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    async def away(*_: object) -> None:
        raise AwayError("Search does not answer just now.")

    monkeypatch.setattr("onlooker_console.pages.dashboard.timeline", away)
    page = (await somebody.get("/console/dashboard", params={"prefix": f"{FOLDER}/"})).text
    assert "Search does not answer just now." in page
    assert rows(page, "labels")
    assert 'id="panel-uploads"' not in page
