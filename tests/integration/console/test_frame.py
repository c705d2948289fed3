"""What holds for every page: headers, errors in words, strangers' text as text, a service that is away, assets."""

import gzip
import re
from pathlib import Path

import pytest

from console_site import NOBODY, Site, running
from onlooker_console.security import HEADERS, WITH_CAMERA
from onlooker_console.statics import Assets
from onlooker_shared.keys import Scope
from recognitions import a_face, a_label, an_image, failed, recognized

HOSTILE = "<img src=x onerror=alert(1)>\"'&{{7*7}}</script><script>alert(2)</script>"
PATHS = [
    "pictures",
    "people",
    "people/merge",
    "upload",
    "dashboard",
    "alerts",
    "system",
    "signin",
    "nothing",
    f"pictures/{'0' * 32}",
    "static/x.js",
]


@pytest.mark.parametrize("path", PATHS)
async def test_every_answer_keeps_other_sites_out(site: Site, path: str) -> None:
    async with site.signed_in() as somebody:
        answer = await somebody.get(f"/console/{path}")
    for name, value in {**HEADERS, **(WITH_CAMERA if path == "upload" else {})}.items():
        assert answer.headers[name] == value, name
    assert "unsafe" not in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "path",
    [
        "pictures",
        "people",
        "people/merge",
        "people/new",
        "people/suggestions",
        "people/audit",
        "people/attendance",
        "people/attendance/door",
        "people/reason",
        "upload",
        "dashboard",
        "alerts",
        "alerts/decisions",
        "alerts/rulebook",
        "alerts/rules",
        "alerts/rules/new",
        "alerts/channels",
        "alerts/channels/new",
        "alerts/channels/new/mqtt",
        "system",
        "system/costs",
    ],
)
async def test_no_page_has_a_script_or_a_style_in_it(site: Site, path: str) -> None:
    async with site.signed_in() as somebody:
        page = (await somebody.get(f"/console/{path}")).text
    assert not re.findall(r"<script(?![^>]* src=)", page)
    assert not re.findall(r"<style|\sstyle=|\son[a-z]+=|javascript:", page)
    assert not re.findall(r'\b(?:src|href|action)="(?!/console/|#)', page)


async def test_what_strangers_wrote_is_shown_as_text(site: Site) -> None:
    image = an_image(f"uploads/{HOSTILE}.jpg", content="hostile")
    await site.index(recognized(image, a_face(name=HOSTILE), a_label(HOSTILE)))
    refused = an_image(f"uploads/{HOSTILE}.gif", content="refused")
    await site.index(failed(refused, HOSTILE))
    async with site.signed_in() as somebody:
        for path in ("pictures", f"pictures/{image.image_id}", f"pictures/{refused.image_id}", "dashboard"):
            answer = await somebody.get(f"/console/{path}")
            assert answer.status_code == 200
            assert "<img src=x" not in answer.text
            assert "<script>" not in answer.text
            assert "&lt;img src=x onerror=alert(1)&gt;" in answer.text, path
            assert "{{7*7}}" in answer.text


async def test_a_hostile_query_is_shown_as_text_too(site: Site) -> None:
    async with site.signed_in() as somebody:
        for path in ("pictures", "people", "dashboard", "alerts", "system", "signin", "upload", "nothing"):
            answer = await somebody.get(f"/console/{path}", params={"q": HOSTILE, "to": HOSTILE, "why": HOSTILE})
            assert answer.status_code < 500
            assert "<img src=x" not in answer.text


async def test_the_owner_of_a_key_is_shown_as_text(site: Site) -> None:
    key = await site.keys.create(owner=HOSTILE, scopes=[Scope.TAGS_READ])
    async with site.signed_in(key) as somebody:
        page = (await somebody.get("/console/upload")).text
    assert "&lt;img src=x" in page
    assert "<img src=x" not in page


async def test_a_service_that_is_away_leaves_the_rest_of_the_page(site: Site, tmp_path: Path) -> None:
    without = {"NOTIFIER_URL": NOBODY, "TAGGER_URL": NOBODY}
    async with running(site.installation, tmp_path / "index", **without) as crippled, crippled.signed_in() as somebody:
        for path, heading in (("pictures", "Pictures"), ("alerts", "Alerts"), ("dashboard", "Dashboard")):
            answer = await somebody.get(f"/console/{path}")
            assert answer.status_code == 200
            assert f"<h1>{heading}</h1>" in answer.text
            assert "does not answer just now" in answer.text
        answer = await somebody.get(f"/console/pictures/{'0' * 32}")
        assert answer.status_code == 503
        assert "Search does not answer just now" in answer.text


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("nothing", 404, "There is no such page."),
        ("pictures/nonsense", 422, "image_id"),
        ("people/nonsense", 422, "person_id"),
        (f"people/{'0' * 32}", 404, "There is no person"),
        (f"pictures/{'0' * 32}", 404, "No such picture"),
        (f"pictures/{'0' * 32}/thumbnail", 404, "Nothing is here"),
        (f"pictures/{'0' * 32}/poster", 422, "kind"),
        ("static/nothing.js", 404, "There is no such page."),
    ],
)
async def test_errors_are_pages_in_words(site: Site, path: str, status: int, words: str) -> None:
    async with site.signed_in() as somebody:
        answer = await somebody.get(f"/console/{path}")
        fragment = await somebody.get(f"/console/{path}", headers={"HX-Request": "true"})
    assert (answer.status_code, fragment.status_code) == (status, status)
    assert words in answer.text
    assert "<html" in answer.text
    assert "<html" not in fragment.text


async def test_who_got_lost_still_has_the_navigation(site: Site) -> None:
    async with site.signed_in() as somebody:
        for path in ("nothing", "nothing/at/all", "signout", "pictures/0/1/2"):
            answer = await somebody.get(f"/console/{path}")
            assert answer.status_code == 404
            assert 'href="/console/dashboard"' in answer.text


@pytest.mark.parametrize("path", ["signin", "signout"])
async def test_a_body_that_is_too_large_is_refused_before_it_is_read(site: Site, path: str) -> None:
    async with site.signed_in() as somebody:
        form = {"access_key": "x" * 100_000}
        answer = await somebody.post(f"/console/{path}", data=form)
        fragment = await somebody.post(f"/console/{path}", data=form, headers={"HX-Request": "true"})
    assert answer.status_code == fragment.status_code == 413
    assert "larger than this takes" in answer.text
    assert "larger than this takes" in fragment.text
    assert ("<html" in answer.text, "<html" in fragment.text) == (True, False)
    assert "Content-Security-Policy" in answer.headers


async def test_a_key_that_may_not_is_told_so(site: Site) -> None:
    key = await site.keys.create(owner="uploader", scopes=[Scope.IMAGES_WRITE])
    async with site.signed_in(key) as somebody:
        answer = await somebody.get("/console/alerts")
    assert answer.status_code == 200
    assert "lacks the scope" in answer.text


async def test_an_unexpected_fault_is_a_page_with_the_id_that_the_log_has(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with site.signed_in() as somebody:
        monkeypatch.setattr("onlooker_console.views.Views.page", broken_once(monkeypatch))
        answer = await somebody.get("/console/system")
    assert answer.status_code == 500
    assert re.search("urn:uuid:[0-9a-f-]{36}", answer.text)
    assert "secret" not in answer.text


def broken_once(monkeypatch: pytest.MonkeyPatch) -> object:
    def page(*_: object, **__: object) -> None:
        monkeypatch.undo()
        raise RuntimeError("a secret of the code")

    return page


async def test_the_theme_comes_from_a_cookie_and_nothing_else_does(site: Site) -> None:
    async with site.browser() as somebody:
        for sent, shown in (("dark", "dark"), ("light", "light"), ('"><script>', "auto"), ("", "auto")):
            answer = await somebody.get("/console/signin", headers={"Cookie": f"onlooker_theme={sent}"})
            assert f'data-theme="{shown}"' in answer.text


async def test_assets_are_kept_for_ever_and_come_gzipped_to_whoever_takes_it(site: Site) -> None:
    async with site.browser() as somebody:
        page = (await somebody.get("/console/signin")).text
        for path in re.findall(r'(?:src|href)="(/console/static/[^"]+)"', page):
            answer = await somebody.get(path, headers={"Accept-Encoding": "gzip"})
            assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
            assert answer.headers["Content-Encoding"] == "gzip"
            assert answer.headers["Vary"] == "Accept-Encoding"
            plain = await somebody.get(path, headers={"Accept-Encoding": "identity"})
            assert "Content-Encoding" not in plain.headers
            assert plain.content == answer.content
            async with somebody.stream("GET", path, headers={"Accept-Encoding": "gzip"}) as raw:
                assert gzip.decompress(b"".join([piece async for piece in raw.aiter_raw()])) == plain.content


async def test_the_licences_of_what_is_bundled_come_along(site: Site) -> None:
    async with site.browser() as somebody:
        text = (await somebody.get(Assets.load().url("licences.txt"))).text
    for package in ("htmx.org", "echarts", "zrender"):
        assert re.search(rf"^{re.escape(package)} \d", text, re.MULTILINE)


@pytest.mark.parametrize(
    "name", ["manifest.json", "..%2Fviews.py", "%2e%2e/views.py", "%2e%2e%2ftemplates%2flayout.html", ""]
)
async def test_nothing_but_assets_is_served_as_one(site: Site, name: str) -> None:
    async with site.browser() as somebody:
        answer = await somebody.get(f"/console/static/{name}")
    assert answer.status_code == 404


async def test_the_console_is_counted_by_its_routes(site: Site) -> None:
    async with site.signed_in() as somebody:
        await somebody.get(f"/console/pictures/{'0' * 32}")
        metrics = (await somebody.get("/metrics")).text
    assert 'route="/console/pictures/{image_id}"' in metrics
    assert f"/console/pictures/{'0' * 32}" not in metrics
