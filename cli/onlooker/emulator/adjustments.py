"""What MiniStack does otherwise than one needs who keeps real data in it. Each adjustment says why.

They replace names of MiniStack's modules, which is why its version is pinned exactly; the contract tests show that
each is still in effect.
"""

import asyncio
import contextvars
import time
from collections.abc import Iterator
from itertools import islice
from typing import Any, cast


def deliver_events_on_the_loop(s3: Any) -> None:
    """Send bucket events from the event loop rather than from a thread for each.

    So they are in the queue when the write is answered, in the order of the writes; and nothing but the loop
    changes a queue's list of messages, which receives and deletes replace by a new list without any lock.
    """

    def fire(bucket: str, key: str, event: str, **details: Any) -> None:
        if bucket not in s3._bucket_notifications:
            return
        sequencer = s3._next_event_sequencer(event)

        def deliver() -> None:
            s3._fire_s3_event(bucket, key, event, sequencer=sequencer, **details)

        asyncio.get_running_loop().call_soon(deliver, context=contextvars.copy_context())

    s3._fire_s3_event_async = fire


def receive_without_a_full_scan(sqs: Any) -> None:
    """Look at a queue's messages only as far as the first few that can be received.

    MiniStack prepares every message of the queue at each receive: with 2,000 waiting that is 2 to 4 ms of the one
    thread that answers everything.
    """
    collect = sqs._collect_msgs

    def collect_first(queue: dict[str, Any], most: int, visibility: int) -> list[Any]:
        if queue["is_fifo"]:  # a group's order depends on the messages behind the first few
            return cast("list[Any]", collect(queue, most, visibility))
        now = time.time()
        visible = (message for message in queue["messages"] if message.get("visible_at", 0.0) <= now)
        return cast("list[Any]", collect({**queue, "messages": list(islice(visible, most))}, most, visibility))

    sqs._collect_msgs = collect_first


def keep_expired_items(dynamodb: Any) -> None:
    """Leave items in place whose time to live has passed.

    A thread removes them every minute, and no journal could say between which writes: a replay would meet an item
    that a conditional write did not meet. DynamoDB promises removal within days only, so readers look at the time
    themselves; what has expired is removed when the journal is written anew.
    """

    class NeverDue(dynamodb.AccountRegionScopedDict):  # type: ignore[misc] # MiniStack has no types
        __slots__ = ()

        def all_items(self) -> Iterator[Any]:
            """Show the removing thread, the only one that asks, no table at all."""
            return iter(())

    dynamodb._ttl_settings = NeverDue()
