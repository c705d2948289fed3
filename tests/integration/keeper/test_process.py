"""The keeper's process: an emulator that is killed and comes back with nothing; the last pass when it stops."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from emulator import aws_environment, running_emulator
from installation import eventually
from kept import Kept
from onlooker.keeper.ready import Ready
from onlooker_shared.aws import Aws
from onlooker_shared.provision import provision
from onlooker_shared.settings import CommonSettings


async def started(data: Path, *options: str) -> asyncio.subprocess.Process:
    command = [sys.executable, "-m", "onlooker.keeper", "--data", str(data), *options]
    return await asyncio.create_subprocess_exec(*command, env=os.environ, stderr=asyncio.subprocess.DEVNULL)


async def test_an_emulator_that_is_killed_gets_everything_back_up_to_the_last_pass(tmp_path: Path) -> None:
    data = tmp_path / "copy"
    with running_emulator(tmp_path / "first") as first, aws_environment(first):
        settings = CommonSettings()
        images = settings.topology.images.name
        port = int(first.url.rpartition(":")[2])
        async with Aws(settings) as aws:
            s3 = await aws.client("s3")
            await provision(aws, settings.topology)
            await s3.put_object(Bucket=images, Key="early.jpg", Body=b"x")
            keeper = await started(data)
            await eventually(lambda: asyncio.to_thread(lambda: Ready(data).is_told))
            first.kill()
            with running_emulator(tmp_path / "second", port=port):
                kept = Kept(aws, settings, data)
                await eventually(lambda: _provisioned(kept))
                assert await kept.keys(images) == ["early.jpg"]

                await s3.put_object(Bucket=images, Key="late.jpg", Body=b"x")
                keeper.send_signal(signal.SIGTERM)
                assert await keeper.wait() == 0
            with running_emulator(tmp_path / "third", port=port):
                restoring = await started(data, "--restore")
                assert await restoring.wait() == 0
                assert await kept.keys(images) == ["early.jpg", "late.jpg"]


async def _provisioned(kept: Kept) -> bool:
    """Whether the images bucket announces again what comes: the last thing that is set right."""
    s3 = await kept.aws.client("s3")
    try:
        found = await s3.get_bucket_notification_configuration(Bucket=kept.topology.images.name)
    except s3.exceptions.ClientError:
        return False
    return bool(found.get("QueueConfigurations"))


async def test_a_copy_that_cannot_be_used_ends_it_with_74(tmp_path: Path, emulator: object) -> None:
    (tmp_path / "objects").mkdir()
    (tmp_path / "objects" / "something").touch()
    keeper = await started(tmp_path, "--restore")
    assert await keeper.wait() == 74


@pytest.mark.parametrize("told", [True, False])
async def test_the_health_check_tells_by_its_exit_code(tmp_path: Path, told: bool) -> None:
    Ready(tmp_path).tell(told)
    command = [sys.executable, "-m", "onlooker.keeper.ready", str(tmp_path)]
    check = await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.DEVNULL)
    assert await check.wait() == (0 if told else 1)
