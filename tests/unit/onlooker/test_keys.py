"""`onlooker keys`: what is listed, asked of the installation, and printed where."""

import contextlib
from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest
from typer.testing import CliRunner

from onlooker import __main__
from onlooker.client import OnlookerClient
from onlooker.commands.keys import GROUPS
from onlooker.target import Target
from onlooker_shared.errors import ConfigurationError
from onlooker_shared.keys import Scope

ID, OTHER = "0123456789abcdef", "fedcba9876543210"
SECRET = "a" * 64


def key(key_id: str, owner: str, **more: Any) -> dict[str, Any]:
    return {
        "key_id": key_id,
        "owner": owner,
        "scopes": ["images:write"],
        "bucket": None,
        "prefix": "",
        "created_at": "2026-11-21T14:05:09Z",
        "expires_at": None,
        "last_used_at": None,
        **more,
    }


class Installation(OnlookerClient):
    """Has two keys, on two pages, and notes what is asked of it."""

    def __init__(self) -> None:
        self.asked: list[Mapping[str, Any]] = []
        self.revoked: list[str] = []

    async def keys(self, cursor: str | None = None) -> dict[str, Any]:
        if cursor is None:
            return {"keys": [key(ID, "camera \x1b[2J3", bucket="images", prefix="door/")], "cursor": "next"}
        return {"keys": [key(OTHER, "admin", scopes=["admin"], last_used_at="2026-11-22T08:00:00Z")], "cursor": None}

    async def create_key(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        self.asked.append(asked)
        return {**key(ID, asked["owner"]), "scopes": asked["scopes"], "key": f"olk_{ID}_{SECRET}"}

    async def revoke_key(self, key_id: str) -> None:
        self.revoked.append(key_id)


@pytest.fixture
def installation(monkeypatch: pytest.MonkeyPatch) -> Installation:
    made = Installation()

    @contextlib.asynccontextmanager
    async def client(_: Target) -> AsyncIterator[OnlookerClient]:
        yield made

    monkeypatch.setattr(Target, "client", client)
    monkeypatch.setenv("ONLOOKER_KEY", f"olk_{OTHER}_{SECRET}")
    monkeypatch.setenv("COLUMNS", "200")
    return made


def run(*arguments: str, answer: str | None = None) -> Any:
    return CliRunner().invoke(__main__.app, ["keys", *arguments], input=answer)


def test_all_pages_are_listed_and_names_are_text(installation: Installation) -> None:
    listed = run().stdout
    assert listed.index(ID) < listed.index(OTHER)
    assert "images/door/*" in listed
    assert "2026-11-22 08:00" in listed
    assert "\x1b" not in listed


def test_the_key_alone_is_on_standard_output(installation: Installation) -> None:
    done = run("create", "camera 3", "--scope", "upload", "--bucket", "images", "--prefix", "door/", "--days", "7")
    assert done.stdout == f"olk_{ID}_{SECRET}\n"
    assert "camera 3: images:write" in done.stderr
    asked = {"owner": "camera 3", "scopes": ["images:write"], "bucket": "images", "prefix": "door/", "days": 7}
    assert installation.asked == [asked]


def test_words_for_several_scopes_stand_beside_scopes_by_name(installation: Installation) -> None:
    run("create", "me", "--scope", "read", "--scope", "tags:read", "--scope", "alerts:read")
    [asked] = installation.asked
    assert asked["scopes"] == [*GROUPS["read"], "alerts:read"]
    assert {scope for group in GROUPS.values() for scope in group} <= set(Scope)


def test_without_a_scope_no_key_is_made(installation: Installation) -> None:
    assert run("create", "me").exit_code == 2
    assert installation.asked == []


@pytest.mark.parametrize("named", [ID, f"olk_{ID}_…", f"olk_{ID}_{SECRET}"])
def test_it_asks_before_it_revokes(installation: Installation, named: str) -> None:
    assert run("revoke", named, answer="n\n").exit_code == 1
    assert installation.revoked == []
    assert run("revoke", named, answer="y\n").exit_code == 0
    assert run("revoke", named, "--yes").exit_code == 0
    assert installation.revoked == [ID, ID]


def test_who_revokes_their_own_key_is_told(installation: Installation) -> None:
    assert "the one that this command uses" in run("revoke", OTHER, answer="n\n").stderr
    assert "the one that this command uses" not in run("revoke", ID, answer="n\n").stderr


@pytest.mark.parametrize("named", ["camera 3", "0" * 16, f"olk_{SECRET}"])
def test_what_names_no_key_revokes_nothing(installation: Installation, named: str) -> None:
    ended = run("revoke", named, "--yes")
    assert isinstance(ended.exception, ConfigurationError)
    assert SECRET not in str(ended.exception)
    assert installation.revoked == []
