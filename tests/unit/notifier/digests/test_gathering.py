"""What DynamoDB asks of those who read in batches."""

from typing import Any

import pytest

from onlooker_notifier.digests import gathering
from onlooker_notifier.digests.gathering import GET_BATCH, Gathering


class Overrun:
    """A DynamoDB that knows nothing, takes no key twice, and leaves the last key of its first answer undone."""

    def __init__(self) -> None:
        self.asked: list[int] = []

    async def batch_get_item(self, *, RequestItems: dict[str, Any]) -> dict[str, Any]:  # noqa: N803 - AWS's name
        ((table, request),) = RequestItems.items()
        keys = [(key["about"]["S"], key["notice_id"]["S"]) for key in request["Keys"]]
        assert len(keys) == len(set(keys)) <= GET_BATCH
        self.asked.append(len(keys))
        undone = request["Keys"][-1:] if len(self.asked) == 1 else []
        return {"Responses": {}, "UnprocessedKeys": {table: {"Keys": undone}} if undone else {}}


async def test_a_sweep_is_answered_for_every_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gathering, "CONFLICT_DELAY", 0.0)
    dynamodb: Any = Overrun()
    events = [(f"{n:032x}", "recognized") for n in range(GET_BATCH + 1)]

    undecided = await Gathering(dynamodb, "notices", clock=lambda: 0.0).undecided([*events, events[0]])

    assert undecided == set(events)
    assert dynamodb.asked == [100, 2]
