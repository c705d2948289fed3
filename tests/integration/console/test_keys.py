"""The pages of access keys: listed, made and shown once, revoked; in a browser: tests/browser."""

import re

import httpx
import pytest

from console_site import Site
from onlooker_shared.keys import Scope, id_of

PATH = "/console/system/keys"
HOSTILE = "<img src=x>"


async def make(somebody: httpx.AsyncClient, **form: str | list[str]) -> httpx.Response:
    return await somebody.post(PATH, data={"owner": "camera 3", "scope": ["images:write"], **form})


def shown_key(page: str) -> str:
    found = re.search(r"olk_[0-9a-f]{16}_[0-9a-f]{64}", page)
    assert found is not None
    return found[0]


async def test_a_key_is_made_shown_this_once_and_good_for_what_was_ticked(site: Site) -> None:
    bucket = site.installation.topology.images.name
    async with site.signed_in() as somebody:
        made = await make(somebody, owner=HOSTILE, scope=["images:write", "tags:read"], bucket=bucket, prefix="door/")
        later = await somebody.get(PATH)
    assert made.status_code == 201
    assert made.headers["Cache-Control"] == "private, no-store"
    key = shown_key(made.text)
    principal = await site.keys.authenticate(key)
    assert principal.scopes == {Scope.IMAGES_WRITE, Scope.TAGS_READ}
    assert (principal.owner, principal.bucket, principal.prefix) == (HOSTILE, bucket, "door/")
    assert principal.expires_at is not None
    assert f"{site.url}/v1/{bucket}/door/picture.jpg" in made.text
    assert id_of(key) in later.text
    assert key not in later.text
    for page in (made, later):
        assert "&lt;img src=x&gt;" in page.text
        assert HOSTILE not in page.text


async def test_what_was_filled_in_is_still_there_when_it_is_refused(site: Site) -> None:
    async with site.signed_in() as somebody:
        answers = {
            "tick at least one": await make(somebody, owner="door", scope=[], prefix="a/", days="7"),
            "control character": await make(somebody, owner="do\x07or", prefix="a/", days="7"),
            "no bucket": await make(somebody, owner="door", bucket="nowhere", prefix="a/", days="7"),
        }
    for words, answer in answers.items():
        assert 400 <= answer.status_code < 500
        assert words in answer.text
        assert 'name="prefix" value="a/"' in answer.text
        assert '<option value="7" selected>' in answer.text


async def test_a_key_is_revoked_and_a_second_time_said_to_be_gone(site: Site) -> None:
    async with site.signed_in() as somebody:
        key_id = id_of(shown_key((await make(somebody)).text))
        done = await somebody.post(f"{PATH}/{key_id}/revoke")
        assert (done.status_code, done.headers["location"]) == (303, PATH)
        told = (await somebody.get(PATH)).text
        again = await somebody.post(f"{PATH}/{key_id}/revoke")
    assert f"The key olk_{key_id}_… is revoked." in told
    assert f'id="revoke-{key_id}"' not in told
    assert again.status_code == 404
    assert "no access key with this id" in again.text


async def test_older_keys_follow(site: Site) -> None:
    made = [await site.keys.create(owner="crowd", scopes=[Scope.TAGS_READ]) for _ in range(51)]
    async with site.signed_in() as somebody:
        first = (await somebody.get(PATH)).text
        link = re.search(rf'href="({PATH}\?cursor=[^"]+)"', first)
        assert link is not None
        second = (await somebody.get(link[1])).text
    assert id_of(made[-1]) in first
    assert id_of(made[0]) not in first
    assert id_of(made[0]) in second
    for key in made:
        await site.revoke(key)


@pytest.mark.parametrize("bound", [{}, {"bucket": "holidays"}], ids=["no admin", "bound"])
async def test_who_administers_no_keys_is_told_so(site: Site, bound: dict[str, str]) -> None:
    scopes = [Scope.ADMIN] if bound else [Scope.TAGS_READ]
    key = await site.keys.create(owner="reader", scopes=scopes, **bound)
    async with site.signed_in(key) as somebody:
        listed = await somebody.get(PATH)
        others = [await somebody.get(f"{PATH}/new"), await make(somebody)]
        others.append(await somebody.post(f"{PATH}/{id_of(site.admin_key)}/revoke"))
    assert "Not with this access key" in listed.text
    assert "olk_" not in listed.text
    assert [answer.status_code for answer in others] == [403, 403, 403]
    await site.keys.authenticate(site.admin_key)


@pytest.mark.parametrize("headers", [{"X-CSRF-Token": "0" * 64}, {"Sec-Fetch-Site": "cross-site"}], ids=str)
async def test_other_sites_make_and_revoke_none(site: Site, headers: dict[str, str]) -> None:
    victim = await site.keys.create(owner="victim", scopes=[Scope.TAGS_READ])
    async with site.signed_in() as somebody:
        somebody.headers.update(headers)
        answers = [await make(somebody), await somebody.post(f"{PATH}/{id_of(victim)}/revoke")]
        assert "victim" in (await somebody.get(PATH)).text
    assert [answer.status_code for answer in answers] == [403, 403]


async def test_no_page_of_keys_has_a_script_or_a_style_in_it(site: Site) -> None:
    async with site.signed_in() as somebody:
        pages = [(await somebody.get(PATH)).text, (await somebody.get(f"{PATH}/new")).text, (await make(somebody)).text]
    for page in pages:
        assert not re.findall(r"<script(?![^>]* src=)|<style|<[^>]*\s(?:style|on[a-z]+)=", page)
