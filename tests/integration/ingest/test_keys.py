"""Access keys are made, listed and revoked over HTTP: by whom, within what, and always with an administrator left."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from structlog.testing import capture_logs

from installation import Installation, installation
from onlooker_ingest.__main__ import compose
from onlooker_shared.aws import Aws
from onlooker_shared.keyring import Keyring
from onlooker_shared.keys import KeyStore, Scope, id_of
from onlooker_shared.web.app import create_app

UPLOAD = {"owner": "camera 3", "scopes": ["images:write"]}


@dataclass
class House:
    """An installation's ingest, with nobody's keys but those that a test makes."""

    installed: Installation
    app: Any
    keys: KeyStore

    def __call__(self, key: str) -> httpx.AsyncClient:
        """Somebody with a key."""
        transport = httpx.ASGITransport(app=self.app)
        headers = {"Authorization": f"Bearer {key}"}
        return httpx.AsyncClient(transport=transport, base_url="http://onlooker", headers=headers)

    async def key(self, *scopes: Scope, **more: Any) -> str:
        return await self.keys.create(owner="somebody", scopes=scopes or [Scope.ADMIN], **more)

    async def there(self) -> set[str]:
        """Return the ids of all keys."""
        table = self.installed.topology.access_keys.name
        ring = Keyring(await self.installed.aws.client("dynamodb"), table)
        return {record.principal.key_id for record in await ring.records()}


@pytest.fixture
async def house(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[House]:
    monkeypatch.setenv("ONLOOKER_INGEST_MAX_KEYS", "5")
    async with installation(aws, tables_only=True) as installed, compose(aws, installed.common) as service:
        keys = KeyStore(await aws.client("dynamodb"), installed.topology.access_keys.name)
        yield House(installed, create_app([service], keys), keys)


async def test_a_key_is_made_shown_once_and_good_for_what_was_asked(house: House) -> None:
    images = house.installed.topology.images.name
    admin = await house.key()
    async with house(admin) as http:
        made = await http.post("/keys", json={**UPLOAD, "bucket": images, "prefix": "door/", "days": 7})
        listed = await http.get("/keys")
    assert made.status_code == 201
    assert made.headers["Cache-Control"] == "no-store"
    body = made.json()
    principal = await house.keys.authenticate(body["key"])
    assert (principal.owner, principal.scopes) == ("camera 3", {Scope.IMAGES_WRITE})
    assert (principal.bucket, principal.prefix) == (images, "door/")
    ends = datetime.fromisoformat(body["expires_at"])
    assert abs(ends - datetime.now(UTC) - timedelta(days=7)) < timedelta(minutes=1)
    newest, first = listed.json()["keys"]
    assert newest == {
        **{name: body[name] for name in ("key_id", "owner", "scopes", "bucket", "prefix", "expires_at")},
        "created_at": newest["created_at"],
        "last_used_at": None,
    }
    assert first["key_id"] == id_of(admin)
    assert first["last_used_at"] is not None
    assert body["key"].rpartition("_")[2] not in listed.text


async def test_what_is_made_and_revoked_is_logged_without_its_secret(house: House) -> None:
    admin = await house.key()
    with capture_logs() as logged:
        async with house(admin) as http:
            made = (await http.post("/keys", json=UPLOAD)).json()
            await http.delete(f"/keys/{made['key_id']}")
    told = {entry["event"]: entry for entry in logged if entry["event"].startswith("key.")}
    assert set(told) == {"key.created", "key.revoked"}
    for entry in told.values():
        assert (entry["key_id"], entry["owner"], entry["by_key_id"]) == (made["key_id"], "camera 3", id_of(admin))
    assert made["key"].rpartition("_")[2] not in repr(logged)
    assert admin.rpartition("_")[2] not in repr(logged)


async def test_a_revoked_key_is_worthless_and_can_be_revoked_no_more(house: House) -> None:
    async with house(await house.key()) as http:
        made = (await http.post("/keys", json=UPLOAD)).json()
        assert (await http.delete(f"/keys/{made['key_id']}")).status_code == 204
        again = await http.delete(f"/keys/{made['key_id']}")
        async with house(made["key"]) as revoked:
            refused = await revoked.get("/v1/")
    assert (again.status_code, refused.status_code) == (404, 401)


async def test_of_two_revocations_at_once_one_finds_nothing(house: House) -> None:
    async with house(await house.key()) as http:
        made = (await http.post("/keys", json=UPLOAD)).json()
        answers = await asyncio.gather(*(http.delete(f"/keys/{made['key_id']}") for _ in range(2)))
    assert sorted(answer.status_code for answer in answers) == [204, 404]


@pytest.mark.parametrize(
    "holder",
    [
        {"scopes": [scope for scope in Scope if scope is not Scope.ADMIN]},
        {"scopes": [Scope.ADMIN], "bucket": "images"},
        {"scopes": [Scope.ADMIN], "prefix": "door/"},
    ],
    ids=["no admin", "bound to a bucket", "bound to a prefix"],
)
async def test_only_who_administers_everything_administers_keys(house: House, holder: dict[str, Any]) -> None:
    victim = id_of(await house.key())
    await house.key()
    async with house(await house.keys.create(owner="somebody", **holder)) as http:
        before = await house.there()
        answers = [await http.get("/keys"), await http.post("/keys", json=UPLOAD), await http.delete(f"/keys/{victim}")]
    assert [answer.status_code for answer in answers] == [403, 403, 403]
    assert await house.there() == before


async def test_a_key_that_ends_makes_none_that_ends_later(house: House) -> None:
    soon = datetime.now(UTC) + timedelta(days=2)
    async with house(await house.key(expires_at=soon)) as http:
        answers = [
            await http.post("/keys", json=UPLOAD),
            await http.post("/keys", json={**UPLOAD, "days": 3}),
            await http.post("/keys", json={**UPLOAD, "days": 1}),
        ]
    assert [answer.status_code for answer in answers] == [403, 403, 201]


@pytest.mark.parametrize(
    ("asked", "status", "words"),
    [
        ({**UPLOAD, "owner": "a\nb"}, 422, "owner: It contains the control character U+000A"),
        ({**UPLOAD, "scopes": ["all"]}, 422, "scopes"),
        ({**UPLOAD, "expire_at": None}, 422, "expire_at"),
        ({**UPLOAD, "bucket": "nowhere"}, 404, "no bucket 'nowhere'"),
        ({**UPLOAD, "expires_at": "2020-01-01T00:00:00Z"}, 400, "in the future"),
        ({**UPLOAD, "prefix": "x" * 20_000}, 413, ""),
    ],
    ids=["owner", "scope", "unknown field", "bucket", "past", "size"],
)
async def test_what_makes_no_sense_is_refused_in_words(
    house: House, asked: dict[str, Any], status: int, words: str
) -> None:
    async with house(await house.key()) as http:
        answer = await http.post("/keys", json=asked)
    assert answer.status_code == status
    assert words in answer.json()["detail"]
    assert len(await house.there()) == 1


async def test_there_are_no_more_keys_than_the_settings_allow(house: House) -> None:
    async with house(await house.key()) as http:
        statuses = [(await http.post("/keys", json=UPLOAD)).status_code for _ in range(5)]
    assert statuses == [201, 201, 201, 201, 409]


async def test_the_list_comes_in_pages_that_miss_none_when_one_is_revoked_between(house: House) -> None:
    admin = await house.key()
    made = [id_of(await house.key(Scope.TAGS_READ)) for _ in range(4)]
    newest_first = [*reversed(made), id_of(admin)]
    async with house(admin) as http:
        first = (await http.get("/keys", params={"limit": 2})).json()
        await http.delete(f"/keys/{newest_first[1]}")
        rest = (await http.get("/keys", params={"limit": 3, "cursor": first["cursor"]})).json()
        foreign = await http.get("/keys", params={"cursor": "eyJuIjoxfQ"})
    assert [key["key_id"] for key in first["keys"] + rest["keys"]] == newest_first
    assert rest["cursor"] is None
    assert foreign.status_code == 400


async def test_the_last_admin_key_stays_until_there_is_another(house: House) -> None:
    admin = await house.key()
    await house.key(bucket="images")
    await house.key(expires_at=datetime.now(UTC) - timedelta(days=1))
    async with house(admin) as http:
        refused = await http.delete(f"/keys/{id_of(admin)}")
        assert (await http.post("/keys", json={"owner": "second", "scopes": ["admin"]})).status_code == 201
        done = await http.delete(f"/keys/{id_of(admin)}")
    assert refused.status_code == 409
    assert "last admin key" in refused.json()["detail"]
    assert done.status_code == 204


async def test_two_administrators_who_revoke_each_other_at_once_do_not_both_succeed(house: House) -> None:
    first, second = await house.key(), await house.key()
    async with house(first) as one, house(second) as other:
        answers = await asyncio.gather(one.delete(f"/keys/{id_of(second)}"), other.delete(f"/keys/{id_of(first)}"))
    statuses = [answer.status_code for answer in answers]
    assert statuses.count(204) == 1, statuses
    assert len(await house.there()) == 1
