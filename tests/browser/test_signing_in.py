"""Getting in with an access key, out again, and not at all without one."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.async_api import Page, Route, expect

from onlooker_shared.keys import Scope
from stack import Stack, new_key
from windows import NOBODY, Faults, OpenWindow, enter


@pytest.fixture
async def stranger(open_window: OpenWindow) -> Page:
    """A window of somebody who has not signed in."""
    return await open_window(session=NOBODY, fresh=True)


async def test_a_wrong_key_is_refused_in_words_and_the_right_one_leads_on(
    stranger: Page, stack: Stack, faults: Faults
) -> None:
    await stranger.goto("/console/dashboard?label=Person")
    await expect(stranger).to_have_title(re.compile("Sign in"))
    faults.forgive("status of 401")
    await enter(stranger, "olk_0123456789abcdef_" + "0" * 64)
    await expect(stranger.get_by_role("alert")).to_contain_text("not known, or has expired")
    await enter(stranger, f"  {stack.key} ")  # as copied from a terminal
    await expect(stranger).to_have_url(re.compile(r"/console/dashboard\?label=Person$"))


async def test_nobody_is_led_to_another_site(stranger: Page, stack: Stack) -> None:
    await stranger.goto("/console/signin?to=https://elsewhere.example/console/pictures")
    await enter(stranger, stack.key)
    await expect(stranger).to_have_url(f"{stack.running.url}/console/pictures")


async def test_a_link_on_another_site_finds_its_reader_signed_in(page: Page, stack: Stack, faults: Faults) -> None:
    async def mail(route: Route) -> None:
        link = f"<a href='{stack.running.url}/console/system'>Look</a>"
        await route.fulfill(body=f"<html><link rel=icon href='data:,'>{link}", content_type="text/html")

    faults.forgive("elsewhere.example")
    await page.route("http://elsewhere.example/**", mail)
    await page.goto("http://elsewhere.example/mail")
    await page.get_by_role("link", name="Look").click()
    await expect(page).to_have_url(f"{stack.running.url}/console/system")


async def test_who_signs_out_is_out(stranger: Page, stack: Stack) -> None:
    await stranger.goto("/console/upload")  # where no picture is on its way
    await enter(stranger, stack.key)
    await stranger.get_by_role("button", name="Sign out").click()
    await expect(stranger.get_by_label("Access key")).to_be_visible()
    assert "onlooker_session" not in [cookie["name"] for cookie in await stranger.context.cookies()]
    await stranger.go_back()
    await expect(stranger.get_by_label("Access key")).to_be_visible()  # nothing was kept to be looked at


async def test_a_key_that_ends_ends_its_sessions(stranger: Page, stack: Stack) -> None:
    ends = datetime.now(UTC) + timedelta(seconds=3)
    key = await new_key(stack, Scope.TAGS_READ, expires_at=ends)
    await stranger.goto("/console/upload")  # which asks for nothing after it was loaded
    await enter(stranger, key)
    await expect(stranger.get_by_role("button", name="Sign out")).to_be_visible()
    while "/signin" not in stranger.url:
        assert datetime.now(UTC) < ends + timedelta(seconds=5), "the session outlived its key"
        await stranger.reload()
    await expect(stranger.get_by_role("alert")).to_contain_text("does not work any more")


async def test_no_script_can_read_the_session(page: Page) -> None:
    await page.goto("/console/pictures")
    assert "onlooker_session" not in await page.evaluate("document.cookie")
    (cookie,) = [found for found in await page.context.cookies() if found["name"] == "onlooker_session"]
    assert (cookie["httpOnly"], cookie["sameSite"], cookie["path"]) == (True, "Strict", "/console")
