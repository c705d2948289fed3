"""Why a transaction was not made says whether to decide anew."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from onlooker_notifier import notices
from onlooker_notifier.gathering.gathering import Gathering, InTheWayError
from recognitions import a_recognition, an_image


class Refuses:
    """A DynamoDB that makes no transaction, for reasons of its items."""

    def __init__(self, *reasons: str) -> None:
        self.reasons = reasons

    async def transact_write_items(self, **_: Any) -> None:
        raise ClientError(
            {
                "Error": {"Code": "TransactionCanceledException", "Message": "Transaction cancelled"},
                "CancellationReasons": [{"Code": reason} for reason in self.reasons],
            },
            "TransactWriteItems",
        )


async def decide(*reasons: str) -> bool:
    dynamodb: Any = Refuses(*reasons)
    notice = notices.recognized(an_image(), a_recognition())
    return await Gathering(dynamodb, "notices", clock=lambda: 0.0).decide(notice, ["rule"])


@pytest.mark.parametrize("reason", ["TransactionConflict", "ThrottlingError", "ConditionalCheckFailed"])
async def test_others_that_are_in_the_way_may_not_be_the_next_time(reason: str) -> None:
    with pytest.raises(InTheWayError):
        await decide("None", reason)


async def test_what_is_too_large_will_be_so_the_next_time_too() -> None:
    with pytest.raises(ClientError):
        await decide("None", "ValidationError")


async def test_what_was_decided_before_is_not_decided_again() -> None:
    assert await decide("ConditionalCheckFailed", "None") is False
