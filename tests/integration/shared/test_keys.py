"""Access keys in a real table."""

import logging
import stat
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError
from structlog.testing import capture_logs

from consuming import Around
from onlooker_shared.aws import Aws
from onlooker_shared.errors import UnauthorizedError, UnavailableError
from onlooker_shared.keyring import Keyring
from onlooker_shared.keys import REMEMBERED, TOUCH_EVERY, KeyStore, Principal, Scope, ensure_admin_key, id_of


@dataclass
class Clock:
    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Rig:
    """A table of keys, and stores on it as several processes have them."""

    dynamodb: Any
    table: str
    clock: Clock = field(default_factory=Clock)

    def store(self, dynamodb: Any = None) -> KeyStore:
        return KeyStore(dynamodb or self.dynamodb, self.table, monotonic=self.clock)

    @property
    def keyring(self) -> Keyring:
        return Keyring(self.dynamodb, self.table)

    async def item(self, key: str) -> Any:
        key_id = id_of(key)
        return (await self.dynamodb.get_item(TableName=self.table, Key={"key_id": {"S": key_id}})).get("Item")


@pytest.fixture
async def rig(aws: Aws) -> Rig:
    dynamodb, table = await aws.client("dynamodb"), f"keys-{uuid.uuid4().hex}"
    await dynamodb.create_table(
        TableName=table,
        KeySchema=[{"AttributeName": "key_id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "key_id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    return Rig(dynamodb, table)


async def test_a_key_tells_whose_it_is_and_what_it_may(rig: Rig) -> None:
    key = await rig.store().create(
        owner="camera 3", scopes=[Scope.IMAGES_WRITE], bucket="images", prefix="door/", expires_at=None
    )
    principal = await rig.store().authenticate(key)
    assert principal == Principal(
        key_id=key.split("_")[1],
        owner="camera 3",
        scopes=frozenset({Scope.IMAGES_WRITE}),
        bucket="images",
        prefix="door/",
    )


@pytest.mark.parametrize(
    ("bucket", "key", "allowed"),
    [
        ("images", "door/a.jpg", True),
        ("images", "doorbell.jpg", False),
        ("images", "", False),
        ("faces", "door/a.jpg", False),
    ],
)
def test_a_bound_key_touches_its_bucket_and_prefix_only(bucket: str, key: str, allowed: bool) -> None:
    bound = Principal("id", "owner", frozenset({Scope.IMAGES_READ}), bucket="images", prefix="door/")
    assert bound.may_touch(bucket, key) is allowed
    assert Principal("id", "owner", frozenset()).may_touch(bucket, key)


def test_an_administrator_may_all_and_others_only_what_they_may() -> None:
    admin, reader = (Principal("id", "owner", frozenset({scope})) for scope in (Scope.ADMIN, Scope.TAGS_READ))
    assert all(admin.may(scope) for scope in Scope)
    assert [scope for scope in Scope if reader.may(scope)] == [Scope.TAGS_READ]


async def test_only_a_hash_is_kept_and_nothing_tells_the_secret(rig: Rig, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    store = rig.store()
    with capture_logs() as logged:
        key = await store.create(owner="o", scopes=[Scope.ADMIN])
        principal = await store.authenticate(key)
    secret = key.split("_")[2]
    told = [await rig.item(key), principal, store, logged, caplog.text]
    assert len(secret) == 64
    assert not [each for each in told if secret in repr(each)]


@pytest.mark.parametrize(
    "change",
    [
        lambda _: "",
        lambda _: "olk__",
        lambda _: "sesame",
        lambda key: key[:-1],
        lambda key: key[:-1] + ("0" if key[-1] != "0" else "1"),
        lambda key: key.replace("olk_", "OLK_"),
        lambda key: f"olk_{'0' * 16}_{key.split('_')[2]}",
        lambda key: key + "\n",
        lambda key: key + "é",
    ],
)
async def test_no_other_key_is_let_in(rig: Rig, change: Any) -> None:
    store = rig.store()
    key = await store.create(owner="o", scopes=[Scope.ADMIN])
    with pytest.raises(UnauthorizedError):
        await store.authenticate(change(key))


async def test_an_expired_key_is_let_in_no_more_and_one_without_a_time_zone_cannot_be_made(rig: Rig) -> None:
    store = rig.store()
    soon, past = datetime.now(UTC) + timedelta(hours=1), datetime.now(UTC) - timedelta(seconds=1)
    await store.authenticate(await store.create(owner="o", scopes=[Scope.ADMIN], expires_at=soon))
    with pytest.raises(UnauthorizedError):
        await store.authenticate(await store.create(owner="o", scopes=[Scope.ADMIN], expires_at=past))
    with pytest.raises(ValueError, match="time zone"):
        await store.create(owner="o", scopes=[Scope.ADMIN], expires_at=soon.replace(tzinfo=None))


async def test_a_revoked_key_is_worthless_soon_where_it_was_just_used_and_elsewhere_at_once(rig: Rig) -> None:
    store = rig.store()
    key = await store.create(owner="o", scopes=[Scope.TAGS_READ])
    await store.authenticate(key)
    await rig.keyring.revoke(id_of(key))
    with pytest.raises(UnauthorizedError):
        await rig.store().authenticate(key)
    rig.clock.now += REMEMBERED
    with pytest.raises(UnauthorizedError):
        await store.authenticate(key)


async def test_noting_its_last_use_does_not_bring_a_revoked_key_back(rig: Rig) -> None:
    store = rig.store()
    key = await store.create(owner="o", scopes=[Scope.TAGS_READ])
    await store.authenticate(key)
    await rig.keyring.revoke(id_of(key))
    store._touched.clear()
    await store.authenticate(key)  # believed for a while yet
    assert await rig.item(key) is None


async def test_the_last_use_is_noted_now_and_then(rig: Rig) -> None:
    writes = 0

    async def update_item(**arguments: Any) -> Any:
        nonlocal writes
        writes += 1
        return await rig.dynamodb.update_item(**arguments)

    store = rig.store(Around(rig.dynamodb, update_item=update_item))
    key = await store.create(owner="o", scopes=[Scope.ADMIN])
    for _ in range(3):
        await store.authenticate(key)
    assert writes == 1
    rig.clock.now += TOUCH_EVERY
    await store.authenticate(key)
    assert writes == 2
    assert "last_used_at" in await rig.item(key)


async def test_while_the_table_is_away_known_keys_are_let_in_and_others_told_to_try_again(rig: Rig) -> None:
    away = False

    async def get_item(**arguments: Any) -> Any:
        if away:
            raise EndpointConnectionError(endpoint_url="http://dynamodb")
        return await rig.dynamodb.get_item(**arguments)

    store = rig.store(Around(rig.dynamodb, get_item=get_item))
    known, other = [await store.create(owner="o", scopes=[Scope.ADMIN]) for _ in range(2)]
    await store.authenticate(known)
    away = True
    await store.authenticate(known)
    with pytest.raises(UnavailableError):
        await store.authenticate(other)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


async def test_the_first_start_makes_an_admin_key_that_only_its_owner_can_read(rig: Rig, tmp_path: Path) -> None:
    path = tmp_path / "admin-key"
    await ensure_admin_key(rig.store(), path)
    assert mode(path) == 0o600
    assert (await rig.store().authenticate(path.read_text().strip())).may(Scope.ADMIN)
    assert list(tmp_path.iterdir()) == [path]


async def test_a_later_start_keeps_the_key_and_shuts_others_out_of_the_file(rig: Rig, tmp_path: Path) -> None:
    path = tmp_path / "admin-key"
    await ensure_admin_key(rig.store(), path)
    before = path.read_text()
    path.chmod(0o644)
    await ensure_admin_key(rig.store(), path)
    assert path.read_text() == before
    assert mode(path) == 0o600


@pytest.mark.parametrize("bound", [{"bucket": "images"}, {"prefix": "door/"}], ids=["bucket", "prefix"])
async def test_a_key_that_is_bound_administers_nothing_and_is_replaced(
    rig: Rig, tmp_path: Path, bound: dict[str, str]
) -> None:
    path = tmp_path / "admin-key"
    path.write_text(await rig.store().create(owner="o", scopes=[Scope.ADMIN], **bound))
    await ensure_admin_key(rig.store(), path)
    assert (await rig.store().authenticate(path.read_text().strip())).administers


@pytest.mark.parametrize(
    "content",
    [f"olk_{'a' * 16}_{'b' * 64}".encode(), b"torn", b"", b"\xff\xfe\x00", bytes(100), "olk_\u0661".encode()],
    ids=["lost by the table", "torn", "empty", "UTF-16", "zeros", "other digits"],
)
async def test_what_is_no_key_of_the_table_is_replaced_by_one(rig: Rig, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "admin-key"
    path.write_bytes(content)
    await ensure_admin_key(rig.store(), path)
    assert (await rig.store().authenticate(path.read_text().strip())).administers
    assert mode(path) == 0o600


async def test_a_key_that_is_no_admin_is_replaced_by_one(rig: Rig, tmp_path: Path) -> None:
    path = tmp_path / "admin-key"
    path.write_text(await rig.store().create(owner="o", scopes=[Scope.TAGS_READ]))
    await ensure_admin_key(rig.store(), path)
    assert (await rig.store().authenticate(path.read_text().strip())).administers
