"""How long a session lasts, in a real table."""

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import pytest

from installation import Installation, installation
from onlooker_console.sessions import EXTEND_EVERY, REMEMBERED, Sessions
from onlooker_shared.aws import Aws

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient

KEY = "olk_0123456789abcdef_" + "a" * 64
LIFETIME = 4 * 3600
IDLE = 3600.0


class Clock:
    """Epoch seconds that pass only when told."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
async def here(aws: Aws) -> AsyncIterator[Installation]:
    async with installation(aws, tables_only=True) as made:
        yield made


@pytest.fixture
async def dynamodb(here: Installation) -> "DynamoDBClient":
    return await here.aws.client("dynamodb")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sessions(here: Installation, dynamodb: "DynamoDBClient", clock: Clock) -> Sessions:
    return process(here, dynamodb, clock)


def process(here: Installation, dynamodb: "DynamoDBClient", clock: Clock) -> Sessions:
    """Sessions as another process, or one that was started anew, has them."""
    return Sessions(dynamodb, here.topology.console_sessions.name, lifetime=LIFETIME, idle=IDLE, clock=clock)


async def test_a_session_survives_a_restart(
    sessions: Sessions, here: Installation, dynamodb: "DynamoDBClient", clock: Clock
) -> None:
    opened = await sessions.open(KEY)
    found = await process(here, dynamodb, clock).find(opened.token)
    assert found is not None
    assert (found.access_key, found.csrf_token) == (KEY, opened.csrf_token)


async def test_the_table_holds_neither_key_nor_token(
    sessions: Sessions, here: Installation, dynamodb: "DynamoDBClient"
) -> None:
    opened = await sessions.open(KEY)
    items = (await dynamodb.scan(TableName=here.topology.console_sessions.name))["Items"]
    assert len(items) == 1
    assert KEY not in str(items)
    assert KEY.rpartition("_")[2] not in str(items)
    assert opened.token not in str(items)


@pytest.mark.parametrize("token", ["", "x", "ü" * 43, "x" * 10_000])
async def test_a_token_of_nobody_finds_nothing(sessions: Sessions, token: str) -> None:
    await sessions.open(KEY)
    assert await sessions.find(token) is None


async def test_it_ends_when_it_is_not_used(sessions: Sessions, clock: Clock) -> None:
    opened = await sessions.open(KEY)
    clock.now += IDLE - 1
    assert await sessions.find(opened.token) is not None
    clock.now += IDLE + 1
    assert await sessions.find(opened.token) is None


async def test_it_lasts_while_it_is_used_but_no_longer_than_its_lifetime(sessions: Sessions, clock: Clock) -> None:
    opened, began = await sessions.open(KEY), clock.now
    while clock.now < began + LIFETIME - EXTEND_EVERY:
        assert await sessions.find(opened.token) is not None
        clock.now += IDLE / 2
    clock.now = began + LIFETIME
    assert await sessions.find(opened.token) is None


async def test_it_is_over_at_once_when_closed_and_soon_in_other_processes(
    sessions: Sessions, here: Installation, dynamodb: "DynamoDBClient", clock: Clock
) -> None:
    other = process(here, dynamodb, clock)
    opened = await sessions.open(KEY)
    assert await other.find(opened.token) is not None
    await sessions.close(opened.token)
    assert await sessions.find(opened.token) is None
    clock.now += REMEMBERED
    assert await other.find(opened.token) is None


async def test_one_that_was_closed_does_not_rise_again_by_being_used_elsewhere(
    sessions: Sessions, here: Installation, dynamodb: "DynamoDBClient", clock: Clock
) -> None:
    opened = await sessions.open(KEY)
    clock.now += EXTEND_EVERY
    other = process(here, dynamodb, clock)
    await other.find(opened.token)
    await sessions.close(opened.token)
    clock.now += REMEMBERED - 1
    other._remembered = {id_: (until, opened) for id_, (until, _) in other._remembered.items()}
    await other.find(opened.token)  # which is time to note its use
    assert (await dynamodb.scan(TableName=here.topology.console_sessions.name))["Items"] == []
