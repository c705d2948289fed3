"""Transactions that are refused, and batches that DynamoDB leaves half done."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from onlooker_recognizer.people.registry import transactions
from onlooker_recognizer.people.registry.transactions import Tries, read, write
from onlooker_shared.errors import UnavailableError

ACTIONS: Any = [{"Delete": {}}, {"Delete": {}}]


class CancelledError(ClientError):
    pass


class DynamoDB:
    """Answers as told."""

    class exceptions:  # noqa: N801 - botocore's own name
        TransactionCanceledException = CancelledError

    def __init__(self, *reasons: str, batch: Callable[[list[Any]], tuple[list[Any], list[Any]]] | None = None) -> None:
        self._reasons = reasons
        self._batch = batch
        self.asked: list[int] = []

    async def transact_write_items(self, **asked: Any) -> None:
        if self._reasons:
            reasons = [{"Code": code} for code in self._reasons]
            told: Any = {"Error": {"Code": "TransactionCanceledException"}, "CancellationReasons": reasons}
            raise CancelledError(told, "TransactWriteItems")

    async def batch_get_item(self, RequestItems: Any) -> Any:  # noqa: N803 - botocore's
        [(table, wanted)] = RequestItems.items()
        assert wanted["ConsistentRead"]
        assert self._batch
        self.asked.append(len(wanted["Keys"]))
        done, left = self._batch(wanted["Keys"])
        undone = {table: {"Keys": left, "ConsistentRead": True}} if left else {}
        return {"Responses": {table: done}, "UnprocessedKeys": undone}


@pytest.fixture(autouse=True)
def _no_rests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transactions, "LONGEST_REST", 0.0)


@pytest.mark.parametrize(
    "reasons",
    [
        ("ConditionalCheckFailed", "None"),
        ("None", "TransactionConflict"),
        ("TransactionConflict", "ConditionalCheckFailed"),
    ],
)
async def test_who_was_not_first_is_told_to_look_again(reasons: tuple[str, ...]) -> None:
    dynamodb: Any = DynamoDB(*reasons)
    assert not await write(dynamodb, ACTIONS)


async def test_what_was_written_was_written() -> None:
    dynamodb: Any = DynamoDB()
    assert await write(dynamodb, ACTIONS)


@pytest.mark.parametrize("reason", ["ThrottlingError", "ProvisionedThroughputExceeded"])
async def test_too_much_is_an_outage(reason: str) -> None:
    dynamodb: Any = DynamoDB("None", reason)
    with pytest.raises(UnavailableError):
        await write(dynamodb, ACTIONS)


async def test_a_mistake_of_ours_is_not_hidden() -> None:
    dynamodb: Any = DynamoDB("ValidationError", "ConditionalCheckFailed")
    with pytest.raises(ClientError):
        await write(dynamodb, ACTIONS)


async def test_what_a_batch_left_undone_is_asked_for_again() -> None:
    def some(keys: list[Any]) -> tuple[list[Any], list[Any]]:
        return keys[:60], keys[60:]

    dynamodb: Any = DynamoDB(batch=some)
    ids = [f"{number:04}" for number in range(250)]
    found = await read(dynamodb, "people", "person_id", [*ids, *ids])
    assert sorted(item["person_id"]["S"] for item in found) == ids
    assert max(dynamodb.asked) == 100


async def test_what_is_never_done_ends() -> None:
    dynamodb: Any = DynamoDB(batch=lambda keys: ([], keys))
    with pytest.raises(UnavailableError):
        await read(dynamodb, "people", "person_id", ["1"])
    assert len(dynamodb.asked) == transactions.ATTEMPTS


async def test_nothing_is_asked_for_nothing() -> None:
    dynamodb: Any = DynamoDB()
    assert await read(dynamodb, "people", "person_id", []) == []


async def test_tries_end() -> None:
    tries = Tries()
    for _ in range(transactions.ATTEMPTS - 1):
        await tries.again()
    with pytest.raises(UnavailableError):
        await tries.again()
