"""Access keys in words, and the command that shows how one is used."""

import shlex
from datetime import UTC, datetime
from typing import Any

import pytest

from onlooker_console.keys import TERM, TERMS, WORDS, Wanted, allowed, example, listed, place
from onlooker_shared.keys import Scope

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def key(*scopes: str, **more: Any) -> dict[str, Any]:
    return {
        "key_id": "0123456789abcdef",
        "owner": "camera 3",
        "scopes": list(scopes),
        "bucket": None,
        "prefix": "",
        "created_at": "2026-11-21T14:05:09Z",
        "expires_at": None,
        "last_used_at": None,
        **more,
    }


def test_every_scope_has_words() -> None:
    assert set(WORDS) == set(Scope)


def test_a_scope_without_words_is_named_as_it_is() -> None:
    assert allowed(key("films:write", "images:write")) == ("Upload pictures", "films:write")


def test_a_key_says_where_it_is_good() -> None:
    assert place(key()) == ""
    assert place(key(bucket="images")) == "images"
    assert place(key(bucket="images", prefix="door/")) == "images/door/…"
    assert place(key(prefix="door/")) == "door/…"


def test_a_key_that_has_expired_and_ones_own_are_told_from_others() -> None:
    assert not listed(key(), NOW, "another").own
    assert listed(key(), NOW, "0123456789abcdef").own
    assert listed(key(expires_at="2026-11-22T12:00:00Z"), NOW, "").expired
    assert not listed(key(expires_at="2026-11-22T12:00:01Z"), NOW, "").expired


def test_an_empty_form_asks_for_a_key_that_ends_one_day() -> None:
    assert Wanted("me", ("tags:read",)).request == {
        "owner": "me",
        "scopes": ["tags:read"],
        "bucket": None,
        "prefix": "",
        "days": int(TERM),
    }
    assert TERM in TERMS
    assert Wanted(days="").request["days"] is None


@pytest.mark.parametrize(
    ("made", "url"),
    [
        (key("admin"), "http://host/v1/pictures/picture.jpg"),
        (key("images:write", bucket="faces"), "http://host/v1/faces/picture.jpg"),
        (key("images:write", prefix="a b/'$(x)?#"), "http://host/v1/pictures/a%20b/%27%24%28x%29%3F%23picture.jpg"),
        (key("images:read", "tags:read"), "http://host/tags/images?q=dog"),
        (key("images:read"), "http://host/v1/"),
        (key("alerts:read"), "http://host/about"),
    ],
)
def test_the_example_does_what_the_key_is_for(made: dict[str, Any], url: str) -> None:
    command = shlex.split(example(made, "http://host", "pictures"))
    assert command[0] == "curl"
    assert command[-1] == url
    assert ("-T" in command) == ("/picture" in url)
    assert "Authorization: Bearer $ONLOOKER_KEY" in command
