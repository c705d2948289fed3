"""Where requests come from, and where people are led."""

import pytest
from fastapi import Request

from onlooker_console.security import (
    HOME,
    check_csrf,
    check_origin,
    is_navigation_from_elsewhere,
    local_path,
    wanted_path,
)
from onlooker_shared.errors import ForbiddenError


def request(
    method: str = "GET", path: str = "/console/system", query: str = "", body: bytes = b"", **headers: str
) -> Request:
    named = {"host": "onlooker.example", **{name.replace("_", "-"): value for name, value in headers.items()}}

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": body}

    return Request(
        {
            "type": "http",
            "method": method,
            "path": path,
            "query_string": query.encode(),
            "headers": [(name.lower().encode(), value.encode()) for name, value in named.items()],
            "scheme": "http",
            "server": ("onlooker.example", 80),
        },
        receive,
    )


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec_Fetch_Site": "same-origin"},
        {"Origin": "http://onlooker.example"},
        {"Origin": "https://onlooker.example"},  # a gateway ended TLS
        {},  # no browser
    ],
    ids=str,
)
def test_requests_of_our_own_pages_pass(headers: dict[str, str]) -> None:
    check_origin(request("POST", **headers))


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
        {"Sec_Fetch_Site": "none"},
        {"Sec_Fetch_Site": "cross-site", "Origin": "http://onlooker.example"},
        {"Origin": "https://elsewhere.example"},
        {"Origin": "https://onlooker.example.elsewhere.example"},
        {"Origin": "null"},
    ],
    ids=str,
)
def test_requests_of_other_sites_do_not(headers: dict[str, str]) -> None:
    with pytest.raises(ForbiddenError, match="another site"):
        check_origin(request("POST", **headers))


async def test_a_token_may_come_in_the_header_or_in_a_form() -> None:
    form = {"Content_Type": "application/x-www-form-urlencoded"}
    await check_csrf(request("POST", X_CSRF_Token="right"), "right")
    await check_csrf(request("POST", body=b"a=1&csrf_token=right", **form), "right")


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (b"", {}),
        (b"", {"X_CSRF_Token": "wrong"}),
        (b"", {"X_CSRF_Token": ""}),
        (b"csrf_token=wrong", {"Content_Type": "application/x-www-form-urlencoded"}),
        (b"", {"Content_Type": "application/x-www-form-urlencoded"}),
        (b'{"csrf_token": "right"}', {"Content_Type": "text/plain"}),  # which any site may send without being asked
        (b"csrf_token=right", {"X_CSRF_Token": "wrong", "Content_Type": "application/x-www-form-urlencoded"}),
    ],
)
async def test_a_wrong_or_missing_token_is_refused(body: bytes, headers: dict[str, str]) -> None:
    with pytest.raises(ForbiddenError):
        await check_csrf(request("POST", body=body, **headers), "right")


@pytest.mark.parametrize(
    "wanted",
    [
        "/console/pictures/0123?boxes=1",
        "/console/pictures?q=a%2F%2Fb&label=Dog",
        "/console/pictures?q=https://example.com",
    ],
)
def test_people_are_led_to_the_page_they_wanted(wanted: str) -> None:
    assert local_path(wanted) == wanted


@pytest.mark.parametrize(
    "wanted",
    [
        "",
        "https://elsewhere.example/console/pictures",
        "//elsewhere.example/console/pictures",
        "/\\elsewhere.example/console/",
        "/console/\\..\\elsewhere",
        "\\\\elsewhere.example",
        "javascript:alert(1)//console/",
        "/docs",
        "/console",
        "console/pictures",
        "/consoles/pictures",
        "/console/../docs",
        "/console/%2e%2E/docs",
        "/console/.%2e//elsewhere.example",
        "/console/pictures\r\nSet-Cookie: a=b",
        "/console/pictures\t",
        "/console/signin?to=/console/system",
        "/console/signout",
        "/console/static/app.js",
        "http://[",
    ],
)
def test_nobody_is_led_anywhere_else(wanted: str) -> None:
    assert local_path(wanted) == HOME


@pytest.mark.parametrize(
    ("asked", "wanted"),
    [
        (request(query="a=1&b=2"), "/console/system?a=1&b=2"),
        (
            request(HX_Request="true", HX_Current_URL="http://onlooker.example/console/alerts?x=1"),
            "/console/alerts?x=1",
        ),
        (request("POST", Referer="http://onlooker.example/console/upload"), "/console/upload"),
        (request("POST"), HOME),
        (request(path="/console/signin", query="to=/console/alerts"), "/console/alerts"),
    ],
)
def test_after_signing_in_one_is_on_the_page_that_one_was_on(asked: Request, wanted: str) -> None:
    assert wanted_path(asked) == wanted


def test_links_on_other_sites_are_known_by_what_the_browser_says() -> None:
    assert is_navigation_from_elsewhere(request(Sec_Fetch_Site="cross-site", Sec_Fetch_Mode="navigate"))
    assert not is_navigation_from_elsewhere(request(Sec_Fetch_Site="same-origin", Sec_Fetch_Mode="navigate"))
    assert not is_navigation_from_elsewhere(request(Sec_Fetch_Site="cross-site", Sec_Fetch_Mode="no-cors"))
    assert not is_navigation_from_elsewhere(request("POST", Sec_Fetch_Site="cross-site", Sec_Fetch_Mode="navigate"))
