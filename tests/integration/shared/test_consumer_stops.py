"""How a consumer stops, and how it outlives the queue."""

import asyncio
import signal
import sys
from pathlib import Path
from typing import Any

import aioboto3
import pytest
from aiobotocore.config import AioConfig

from consuming import PATIENCE, Around, Recorder, Rig, running
from emulator import Emulator, aws_environment, running_emulator
from onlooker_shared.aws import Aws


@pytest.fixture
async def rig(aws: Aws) -> Rig:
    return await Rig.make(await aws.client("sqs"))


async def test_work_in_hand_is_finished_before_it_stops(rig: Rig) -> None:
    gate = asyncio.Event()
    begun = Recorder()

    async def handle(body: str) -> None:
        await begun(body)
        await gate.wait()

    consumer = rig.consumer(handle)
    await rig.send("one")
    async with running(consumer):
        await begun.until(1)
        consumer.stop()
        await rig.send("two")
        gate.set()
    assert begun.seen == ["one"]
    assert await rig.depth() == (1, 0)


async def test_work_that_outlasts_the_grace_is_handed_back_at_once(rig: Rig) -> None:
    begun = Recorder()
    cancelled = asyncio.Event()

    async def handle(body: str) -> None:
        await begun(body)
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()

    await rig.send("one", "two")
    async with running(rig.consumer(handle, grace=0.05)):
        await begun.until(2)
    assert cancelled.is_set()
    assert sorted(message.body for message in await rig.receive()) == ["one", "two"]


async def test_a_message_that_comes_while_it_stops_is_handed_back(rig: Rig) -> None:
    handle = Recorder()

    async def receive_message(**arguments: Any) -> Any:
        answer = await rig.sqs.receive_message(**arguments)
        consumer.stop()
        return answer

    consumer = rig.consumer(handle, sqs=Around(rig.sqs, receive_message=receive_message))
    await rig.send("one")
    async with asyncio.timeout(PATIENCE):
        await consumer.run()
    assert handle.seen == []
    assert [message.body for message in await rig.receive()] == ["one"]


async def test_an_idle_consumer_stops_at_once(rig: Rig) -> None:
    polling = asyncio.Event()

    async def receive_message(**arguments: Any) -> Any:
        polling.set()
        return await rig.sqs.receive_message(**arguments)

    consumer = rig.consumer(Recorder(), sqs=Around(rig.sqs, receive_message=receive_message))
    task = asyncio.create_task(consumer.run())
    await polling.wait()
    consumer.stop()
    async with asyncio.timeout(2):
        await task


async def test_a_consumer_that_is_cancelled_hands_its_work_back(rig: Rig) -> None:
    begun = Recorder()

    async def handle(body: str) -> None:
        await begun(body)
        await asyncio.Event().wait()

    await rig.send("one")
    task = asyncio.create_task(rig.consumer(handle).run())
    await begun.until(1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert [message.body for message in await rig.receive()] == ["one"]


async def test_it_outlives_a_queue_that_is_away_for_a_while(tmp_path: Path) -> None:
    handle = Recorder()
    with running_emulator(tmp_path) as first, aws_environment(first):
        port = int(first.url.rpartition(":")[2])
        # botocore's own retries would only make the test slower: the consumer's are what is tested
        once = AioConfig(retries={"mode": "standard", "total_max_attempts": 1})
        async with aioboto3.Session().client("sqs", config=once) as sqs:
            rig = await Rig.make(sqs)
            failing = asyncio.Event()

            async def receive_message(**arguments: Any) -> Any:
                try:
                    return await rig.sqs.receive_message(**arguments)
                except Exception:
                    failing.set()
                    raise

            async with running(rig.consumer(handle, sqs=Around(rig.sqs, receive_message=receive_message))):
                await rig.send("before")
                await handle.until(1)
                first.kill()
                await failing.wait()
                with running_emulator(tmp_path, port=port):
                    for name in (rig.queue.name, rig.queue.dead_letter):
                        await rig.sqs.create_queue(QueueName=name)
                    await rig.send("after")
                    await handle.until(2)
                    await rig.until_empty()
    assert handle.seen == ["before", "after"]


PROGRAM = """
import asyncio, sys
from contextlib import asynccontextmanager
from onlooker_shared.queue.consumer import Consumer
from onlooker_shared.run import run_service
from onlooker_shared.service import Service
from onlooker_shared.settings import ServerSettings
from onlooker_shared.topology import Queue

async def handle(body):
    print("begun", body, flush=True)
    await asyncio.sleep(0.5)
    print("finished", body, flush=True)

class Dies:
    async def run(self):
        raise OSError("no more")
    def stop(self):
        pass

@asynccontextmanager
async def compose(aws, common):
    queue = Queue(sys.argv[1])
    consumer = Consumer(
        sqs=await aws.client("sqs"), queue=queue, url=await aws.queue_url(queue.name),
        dead_letter_url=await aws.queue_url(queue.dead_letter), decode=str, handle=handle,
    )
    yield Service(name="test", workers=[consumer, *([Dies()] if "dies" in sys.argv else [])])

class AnyPort(ServerSettings):
    port: int = 0

run_service("test", compose, AnyPort)
"""


async def start_program(emulator: Emulator, *arguments: str) -> asyncio.subprocess.Process:
    pipe = asyncio.subprocess.PIPE
    command = (sys.executable, "-c", PROGRAM, *arguments)
    return await asyncio.create_subprocess_exec(*command, env=emulator.environment, stdout=pipe, stderr=pipe)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_process_told_to_end_finishes_its_work_first(
    emulator: Emulator, rig: Rig, number: signal.Signals
) -> None:
    await rig.send("one")
    process = await start_program(emulator, rig.queue.name)
    assert process.stdout is not None
    assert await process.stdout.readline() == b"begun one\n"
    process.send_signal(number)
    output, errors = await process.communicate()
    assert output == b"finished one\n"
    assert process.returncode == 0, errors.decode()
    assert await rig.depth() == (0, 0)


async def test_a_worker_that_dies_ends_the_process_with_its_reason(emulator: Emulator, rig: Rig) -> None:
    process = await start_program(emulator, rig.queue.name, "dies")
    _, errors = await process.communicate()
    assert process.returncode == 1
    assert '"error": "OSError: no more"' in errors.decode()
