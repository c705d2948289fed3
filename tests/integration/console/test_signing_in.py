"""Who gets in, where to, and who does not; in a real browser too: tests/browser/test_signing_in.py."""

import re
from pathlib import Path

import pytest

from console_site import Site, running
from onlooker_shared.keys import Scope

PAGES = ["pictures", "upload", "dashboard", "alerts", "system"]
AN_ID = "0" * 32


@pytest.mark.parametrize("path", [*PAGES, f"pictures/{AN_ID}", f"pictures/{AN_ID}/thumbnail"])
async def test_every_page_asks_strangers_to_sign_in_and_then_leads_on(site: Site, path: str) -> None:
    async with site.browser() as stranger:
        answer = await stranger.get(f"/console/{path}?a=b")
        assert answer.status_code == 303
        form = await stranger.get(answer.headers["location"])
        wanted = re.search(r'name="to" value="([^"]*)"', form.text)
        assert wanted is not None
        assert wanted[1] == f"/console/{path}?a=b"
        done = await stranger.post("/console/signin", data={"access_key": site.admin_key, "to": wanted[1]})
        assert (done.status_code, done.headers["location"]) == (303, f"/console/{path}?a=b")


async def test_the_doors_of_the_house_lead_to_the_console(site: Site) -> None:
    async with site.browser() as somebody:
        for door in ("/", "/console", "/console/"):
            assert (await somebody.get(door)).headers["location"] == "/console/pictures"


async def test_the_cookie_is_out_of_reach(site: Site) -> None:
    async with site.browser() as somebody:
        answer = await somebody.post("/console/signin", data={"access_key": site.admin_key})
    cookie = answer.headers["set-cookie"]
    assert {"HttpOnly", "SameSite=strict", "Path=/console"} <= set(cookie.split("; "))
    assert "Secure" not in cookie  # over HTTP no browser would keep it


async def test_over_https_the_cookie_is_for_https_only(site: Site) -> None:
    async with site.browser(**{"X-Forwarded-Proto": "https"}) as somebody:  # uvicorn trusts a gateway on this machine
        answer = await somebody.post("/console/signin", data={"access_key": site.admin_key})
    assert "Secure" in answer.headers["set-cookie"].split("; ")


@pytest.mark.parametrize("key", ["", "nonsense", "olk_0123456789abcdef_" + "0" * 64, "<script>", "x" * 150])
async def test_a_wrong_key_is_told_in_words_and_not_shown_again(site: Site, key: str) -> None:
    async with site.browser() as stranger:
        answer = await stranger.post("/console/signin", data={"access_key": key, "to": "/console/system"})
    assert answer.status_code == 401
    assert "not known, or has expired" in answer.text
    assert 'value="/console/system"' in answer.text
    assert not key or key not in answer.text
    assert "set-cookie" not in answer.headers


async def test_too_many_wrong_keys_are_slowed_down_but_not_who_is_signed_in(site: Site, tmp_path: Path) -> None:
    async with running(site.installation, tmp_path / "index") as alone, alone.signed_in() as somebody:
        for _ in range(20):
            assert (await somebody.post("/console/signin", data={"access_key": "wrong"})).status_code == 401
        answer = await somebody.post("/console/signin", data={"access_key": "wrong"})
        assert answer.status_code == 429
        assert 0 < int(answer.headers["Retry-After"]) <= 60
        assert (await somebody.get("/console/system")).status_code == 200


async def test_another_site_can_sign_nobody_in(site: Site) -> None:
    async with site.browser(**{"Sec-Fetch-Site": "cross-site"}) as lured:
        answer = await lured.post("/console/signin", data={"access_key": site.admin_key})
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


async def test_a_link_in_a_mail_leads_through_a_page_of_ours_that_gets_the_cookie(site: Site) -> None:
    async with site.browser(**{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}) as reader:
        answer = await reader.get("/console/pictures", params={"q": "\"'><script>"})
    assert answer.status_code == 200
    assert "<script>" not in answer.text
    assert re.search(r'http-equiv="refresh" content="0; url=/console/signin\?to=%2Fconsole%2Fpictures', answer.text)
    async with site.signed_in() as somebody:
        answer = await somebody.get("/console/signin", params={"to": "/console/pictures?q=cat"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/console/pictures?q=cat")


async def test_who_signs_out_is_out_and_leaves_no_pictures_behind(site: Site) -> None:
    async with site.signed_in() as somebody:
        token = somebody.cookies["onlooker_session"]
        answer = await somebody.post("/console/signout")
        assert answer.headers["location"] == "/console/signin"
        assert answer.headers["Clear-Site-Data"] == '"cache"'
        assert "onlooker_session" not in somebody.cookies
        answer = await somebody.get("/console/system", headers={"Cookie": f"onlooker_session={token}"})
        assert "why=ended" in answer.headers["location"]


async def test_who_signs_in_anew_leaves_no_session_behind(site: Site) -> None:
    async with site.signed_in() as somebody:
        before = somebody.cookies["onlooker_session"]
        await somebody.post("/console/signin", data={"access_key": site.admin_key})
        assert (await somebody.get("/console/system")).status_code == 200
    async with site.browser() as another:
        answer = await another.get("/console/system", headers={"Cookie": f"onlooker_session={before}"})
    assert "why=ended" in answer.headers["location"]


@pytest.mark.parametrize("changed", [{"X-CSRF-Token": "0" * 64}, {"Sec-Fetch-Site": "cross-site"}], ids=str)
async def test_nobody_is_signed_out_by_somebody_else(site: Site, changed: dict[str, str]) -> None:
    async with site.signed_in() as somebody:
        assert (await somebody.post("/console/signout", headers=changed)).status_code == 403
        assert (await somebody.get("/console/system")).status_code == 200


async def test_a_revoked_key_ends_its_sessions_and_the_page_says_so(site: Site, tmp_path: Path) -> None:
    key = await site.keys.create(owner="leaver", scopes=[Scope.TAGS_READ])
    async with site.signed_in(key) as leaver:
        cookie = leaver.cookies["onlooker_session"]
    await site.revoke(key)
    kept = {"Cookie": f"onlooker_session={cookie}"}
    async with running(site.installation, tmp_path / "index") as restarted, restarted.browser() as leaver:
        answer = await leaver.get("/console/alerts", headers=kept)
        assert answer.status_code == 303
        assert "Max-Age=0" in answer.headers["set-cookie"]
        assert "was revoked, or has expired" in (await leaver.get(answer.headers["location"])).text
        answer = await leaver.get("/console/alerts", headers=kept)
        assert "why=ended" in answer.headers["location"]  # the session is gone


async def test_a_script_is_told_where_to_sign_in(site: Site) -> None:
    async with site.browser() as stranger:
        headers = {"HX-Request": "true", "HX-Current-URL": f"{site.url}/console/alerts?x=1"}
        answer = await stranger.get("/console/system", headers=headers)
    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"].startswith("/console/signin?to=%2Fconsole%2Falerts%3Fx%3D1")
    assert "<html" not in answer.text
