"""What becomes of messages, against the emulator's real queues."""

import asyncio
import time
from typing import Any

import pytest
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from consuming import AT_ONCE, Around, Recorder, Rig, nothing, running
from onlooker_shared.aws import Aws
from onlooker_shared.errors import Reject, RetryLater
from onlooker_shared.messages import decode
from onlooker_shared.queue.policy import RetryPolicy


@pytest.fixture
async def rig(aws: Aws) -> Rig:
    return await Rig.make(await aws.client("sqs"))


async def test_a_message_whose_work_is_done_is_deleted(rig: Rig) -> None:
    handle = Recorder()
    await rig.send("one")
    async with running(rig.consumer(handle)):
        await rig.until_empty()
    assert handle.seen == ["one"]


async def test_what_became_of_messages_is_counted(rig: Rig) -> None:
    async def handle(body: str) -> None:
        if body == "bad":
            raise Reject("no")

    await rig.send("good", "good", "bad")
    async with running(rig.consumer(handle)):
        await rig.until_empty()
    counted = [
        REGISTRY.get_sample_value("onlooker_messages_total", {"queue": rig.queue.name, "outcome": outcome})
        for outcome in ("done", "rejected")
    ]
    assert counted == [2, 1]
    assert REGISTRY.get_sample_value("onlooker_message_age_seconds_count", {"queue": rig.queue.name}) == 3


async def test_a_message_put_off_comes_again_after_the_delay(rig: Rig) -> None:
    times: list[float] = []

    async def handle(_: str) -> None:
        times.append(time.monotonic())
        if len(times) == 1:
            raise RetryLater("not yet", delay=1)

    await rig.send("one")
    async with running(rig.consumer(handle)):
        await rig.until_empty()
    first, second = times
    assert second - first >= 0.9


async def test_a_rejected_message_is_a_dead_letter_with_its_reason(rig: Rig) -> None:
    async def handle(_: str) -> None:
        raise Reject("not a picture: \x00 at its start")

    await rig.send("body", type="image.recognized.v1")
    async with running(rig.consumer(handle)):
        (letter,) = await rig.dead_letters()
        await rig.until_empty()
    assert letter.body == "body"
    assert letter.attributes == {
        "type": "image.recognized.v1",
        "Reason": "not a picture: ? at its start",
        "SourceQueue": rig.queue.name,
    }


async def test_a_message_with_all_the_attributes_sqs_allows_can_be_rejected(rig: Rig) -> None:
    async def handle(_: str) -> None:
        raise Reject("no")

    await rig.send("body", **{f"attribute{n}": "x" for n in range(10)})
    async with running(rig.consumer(handle)):
        (letter,) = await rig.dead_letters()
    assert letter.attributes["Reason"] == "no"
    assert len(letter.attributes) == 10, "SQS takes no more"


AGAIN = ("message.retried", "message.received")


async def test_an_unexpected_error_is_retried_then_a_dead_letter_with_its_text(rig: Rig) -> None:
    tries = Recorder()

    async def handle(body: str) -> None:
        await tries(body)
        raise OSError("disk on fire")

    await rig.send("one")
    with capture_logs() as logged:
        async with running(rig.consumer(handle, policy=AT_ONCE)):
            (letter,) = await rig.dead_letters()
    assert len(tries.seen) == 3
    assert letter.attributes["Reason"] == "Failed 3 times, last: OSError: disk on fire"
    told = [line["event"] for line in logged if line["event"].startswith("message.")]
    assert told == ["message.received", *AGAIN, *AGAIN, "message.rejected"]


async def test_receives_for_other_reasons_are_no_failures(rig: Rig) -> None:
    """A message that waited for a service for long has as many tries as any when it fails for the first time."""
    outcomes = iter([*(RetryLater("down", delay=0) for _ in range(4)), OSError("first"), OSError("second"), None])

    async def handle(_: str) -> None:
        if (error := next(outcomes)) is not None:
            raise error

    await rig.send("one")
    async with running(rig.consumer(handle, policy=AT_ONCE)):
        await rig.until_empty()
    assert next(outcomes, "all were used") == "all were used"


async def test_at_the_last_receive_even_what_would_be_put_off_is_a_dead_letter(rig: Rig) -> None:
    async def handle(_: str) -> None:
        raise RetryLater("still down", delay=0)

    await rig.send("one")
    async with running(rig.consumer(handle, policy=RetryPolicy(last_receive=3))):
        (letter,) = await rig.dead_letters()
    assert letter.attributes["Reason"] == "Gave up after 3 receives: still down"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("<html>", "Invalid JSON"),
        ('{"type": "image.exploded.v1"}', "image.exploded.v1"),
        ('{"type": "image.failed.v1", "reason": "x"}', "image: Field required"),
    ],
    ids=["not JSON", "unknown type", "wrong shape"],
)
async def test_a_poisoned_message_is_rejected_at_once(rig: Rig, body: str, reason: str) -> None:
    handle = Recorder()
    await rig.send(body)
    async with running(rig.consumer(handle, decode=decode)):
        (letter,) = await rig.dead_letters()
        await rig.until_empty()
    assert handle.seen == []
    assert letter.body == body
    assert letter.attributes["Reason"].startswith("Not a message that this queue takes: ")
    assert reason in letter.attributes["Reason"]


async def test_work_longer_than_the_visibility_timeout_is_delivered_once(aws: Aws) -> None:
    rig = await Rig.make(await aws.client("sqs"), visibility_timeout=1)
    handle = Recorder()

    async def slow(body: str) -> None:
        await handle(body)
        await asyncio.sleep(2.5)  # longer than two time-outs: the passing of time is what is tested

    await rig.send("one")
    with capture_logs() as logged:
        async with running(rig.consumer(slow), rig.consumer(handle)):
            await rig.until_empty()
    assert handle.seen == ["one"]
    assert not [line for line in logged if line["log_level"] in {"warning", "error"}]


async def test_ten_messages_come_in_one_receive_and_are_worked_on_together(rig: Rig) -> None:
    together = asyncio.Barrier(10)
    sizes: list[int] = []

    async def handle(_: str) -> None:
        await together.wait()

    async def receive_message(**arguments: Any) -> Any:
        answer = await rig.sqs.receive_message(**arguments)
        sizes.append(len(answer.get("Messages", [])))
        return answer

    await rig.send(*"0123456789")
    async with running(rig.consumer(handle, sqs=Around(rig.sqs, receive_message=receive_message), concurrency=10)):
        await rig.until_empty()
    assert sizes[0] == 10


async def test_finished_messages_are_deleted_in_batches(rig: Rig) -> None:
    sizes: list[int] = []

    async def delete_message_batch(**arguments: Any) -> Any:
        sizes.append(len(arguments["Entries"]))
        return await rig.sqs.delete_message_batch(**arguments)

    await rig.send(*"0123456789")
    async with running(rig.consumer(nothing, sqs=Around(rig.sqs, delete_message_batch=delete_message_batch))):
        await rig.until_empty()
    assert sizes == [10]


async def test_never_more_messages_are_taken_than_slots_are_free(rig: Rig) -> None:
    gate = asyncio.Event()
    begun = Recorder()

    async def handle(body: str) -> None:
        await begun(body)
        await gate.wait()

    await rig.send(*"01234567")
    async with running(rig.consumer(handle, concurrency=3)):
        await begun.until(3)
        assert await rig.depth() == (5, 3)
        gate.set()
        await rig.until_empty()
    assert sorted(begun.seen) == list("01234567")


async def test_a_message_that_another_worker_died_over_is_worked_on_again(rig: Rig) -> None:
    handle = Recorder()
    await rig.send("one")
    (lost,) = await rig.receive()
    await rig.sqs.change_message_visibility(QueueUrl=rig.url, ReceiptHandle=lost.receipt_handle, VisibilityTimeout=1)
    async with running(rig.consumer(handle)):
        await rig.until_empty()
    assert handle.seen == ["one"]


async def test_a_message_delivered_twice_is_settled_twice_without_harm(rig: Rig) -> None:
    handle = Recorder()

    async def receive_message(**arguments: Any) -> Any:
        answer = await rig.sqs.receive_message(**arguments)
        return {"Messages": answer.get("Messages", []) * 2}

    await rig.send("one")
    with capture_logs() as logged:
        async with running(rig.consumer(handle, sqs=Around(rig.sqs, receive_message=receive_message))):
            await handle.until(2)
            await rig.until_empty()
    assert handle.seen == ["one", "one"]
    assert not [line for line in logged if line["log_level"] == "error"]


async def test_several_consumers_share_one_queue(rig: Rig) -> None:
    handle = Recorder()
    bodies = [str(n) for n in range(40)]
    for start in range(0, 40, 10):
        await rig.send(*bodies[start : start + 10])
    async with running(*(rig.consumer(handle, concurrency=4) for _ in range(3))):
        await rig.until_empty()
    assert sorted(handle.seen, key=int) == bodies


async def test_a_pause_stops_all_work_until_it_is_over(rig: Rig) -> None:
    begun: list[tuple[str, float]] = []
    paused = asyncio.Event()

    async def handle(body: str) -> None:
        begun.append((body, time.monotonic()))
        if not paused.is_set():
            paused.set()
            raise RetryLater("the service is down", delay=1, pause=True)

    await rig.send("first")
    async with running(rig.consumer(handle)):
        await paused.wait()
        await rig.send("second")  # into the poll that was under way when the pause began
        await rig.until_empty()
    (_, start), *later = begun
    assert {body for body, _ in later} == {"first", "second"}
    assert min(at for _, at in later) - start >= 0.9


async def test_a_handler_that_hangs_has_failed(rig: Rig) -> None:
    async def handle(_: str) -> None:
        await asyncio.Event().wait()

    await rig.send("one")
    async with running(rig.consumer(handle, policy=RetryPolicy(attempts=1), work_limit=0.1)):
        (letter,) = await rig.dead_letters()
    assert letter.attributes["Reason"] == ("Failed 1 times, last: TimeoutError: the work took longer than 0.1 seconds")


async def test_a_handler_in_which_something_was_cancelled_has_failed(rig: Rig) -> None:
    async def handle(_: str) -> None:
        part = asyncio.ensure_future(asyncio.Event().wait())
        part.cancel()
        await part

    await rig.send("one")
    async with running(rig.consumer(handle, policy=RetryPolicy(attempts=1))):
        (letter,) = await rig.dead_letters()
    assert "a part of the work was cancelled" in letter.attributes["Reason"]


async def test_a_deletion_that_fails_for_a_passing_reason_is_tried_again(rig: Rig) -> None:
    calls: list[list[str]] = []

    async def delete_message_batch(**arguments: Any) -> Any:
        first, *rest = arguments["Entries"]
        calls.append([entry["Id"] for entry in arguments["Entries"]])
        if len(calls) > 1:
            return await rig.sqs.delete_message_batch(**arguments)
        await rig.sqs.delete_message_batch(QueueUrl=arguments["QueueUrl"], Entries=rest)
        return {"Failed": [{"Id": first["Id"], "SenderFault": False, "Code": "InternalError", "Message": "passing"}]}

    await rig.send("one", "two")
    with capture_logs() as logged:
        async with running(rig.consumer(nothing, sqs=Around(rig.sqs, delete_message_batch=delete_message_batch))):
            await rig.until_empty()
    assert [len(call) for call in calls] == [2, 1]
    assert [line["code"] for line in logged if line["event"] == "message.not_deleted"] == ["InternalError"]


async def test_a_deletion_that_is_our_fault_is_told_and_not_tried_again(rig: Rig) -> None:
    calls: list[int] = []
    called = asyncio.Event()

    async def delete_message_batch(**arguments: Any) -> Any:
        called.set()
        calls.append(len(arguments["Entries"]))
        (entry,) = arguments["Entries"]
        return {"Failed": [{"Id": entry["Id"], "SenderFault": True, "Code": "ReceiptHandleIsInvalid"}]}

    await rig.send("one")
    with capture_logs() as logged:
        async with running(rig.consumer(nothing, sqs=Around(rig.sqs, delete_message_batch=delete_message_batch))):
            await called.wait()
    assert calls == [1]
    assert [line["code"] for line in logged if line["event"] == "message.not_deleted"] == ["ReceiptHandleIsInvalid"]


async def test_an_extension_that_fails_is_told_and_the_work_goes_on(aws: Aws) -> None:
    rig = await Rig.make(await aws.client("sqs"), visibility_timeout=1)
    refused = asyncio.Event()

    async def change_message_visibility_batch(**arguments: Any) -> Any:
        if arguments["Entries"]:
            refused.set()
        return {"Failed": [{"Id": e["Id"], "SenderFault": True, "Code": "Nope"} for e in arguments["Entries"]]}

    async def handle(_: str) -> None:
        await refused.wait()

    await rig.send("one")
    client = Around(rig.sqs, change_message_visibility_batch=change_message_visibility_batch)
    with capture_logs() as logged:
        async with running(rig.consumer(handle, sqs=client)):
            await rig.until_empty()
    assert [line["code"] for line in logged if line["event"] == "message.not_hidden"] == ["Nope"]


async def test_a_delay_is_not_undone_by_an_extension_that_was_under_way(aws: Aws) -> None:
    """The extension is held up until the handler has failed: the shorter delay must win nevertheless."""
    rig = await Rig.make(await aws.client("sqs"), visibility_timeout=1)
    extending, failing = asyncio.Event(), asyncio.Event()
    order: list[int] = []

    async def change_message_visibility_batch(**arguments: Any) -> Any:
        if not extending.is_set():
            extending.set()
            await failing.wait()
        order.append(arguments["Entries"][0]["VisibilityTimeout"])
        return await rig.sqs.change_message_visibility_batch(**arguments)

    async def handle(_: str) -> None:
        if failing.is_set():
            return
        await extending.wait()
        asyncio.get_running_loop().call_later(0.05, failing.set)
        raise RetryLater("later", delay=0)

    await rig.send("one")
    client = Around(rig.sqs, change_message_visibility_batch=change_message_visibility_batch)
    async with running(rig.consumer(handle, sqs=client)):
        await rig.until_empty()
    assert order[:2] == [1, 0]


async def test_a_message_that_could_not_be_moved_is_not_lost(aws: Aws) -> None:
    rig = await Rig.make(await aws.client("sqs"), visibility_timeout=1)
    broken = [OSError("no network")]

    async def send_message(**arguments: Any) -> Any:
        if broken:
            raise broken.pop()
        return await rig.sqs.send_message(**arguments)

    async def handle(_: str) -> None:
        raise Reject("no")

    await rig.send("one")
    with capture_logs() as logged:
        async with running(rig.consumer(handle, sqs=Around(rig.sqs, send_message=send_message))):
            (letter,) = await rig.dead_letters()
    assert letter.body == "one"
    assert "message.not_settled" in [line["event"] for line in logged]
