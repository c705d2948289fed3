"""Whether a long queue is worked off as fast as a short one: pictures a second with 2,000 queued against 100."""

import os
import tempfile
import time
from pathlib import Path

from crowd import crowd
from emulator import running_emulator
from load import PICTURES, worked_off
from onlooker.client import connect
from onlooker.stack.environment import aws_environment
from onlooker_shared.aws import Aws
from onlooker_shared.provision import provision
from onlooker_shared.settings import CommonSettings
from stack import running_stack

SHORT, LONG = 100, 2_000


async def main() -> None:
    """Print both rates and their ratio."""
    short, long = await _rate(SHORT), await _rate(LONG)
    print(f"backlog   {SHORT:5} queued     {short:6.1f} images/s")
    print(f"backlog   {LONG:5} queued     {long:6.1f} images/s")
    print(f"backlog   ratio            {long / short:6.2f}   (at least 0.95)")


async def _rate(count: int) -> float:
    """Store pictures while nothing but the emulator runs; the sweep at the stack's start queues them all at once."""
    with tempfile.TemporaryDirectory() as scratch:
        data = Path(scratch) / "data"
        with running_emulator(data / "emulator") as emulator:
            await _store(emulator.url, crowd(PICTURES / "portraits" / "obama.jpg", Path(scratch) / "crowd", count))
        with running_stack(data) as stack:
            began = time.monotonic()
            async with connect(stack.running.url, stack.key) as client:
                return count / (await worked_off(client, count) - began)


async def _store(url: str, files: list[Path]) -> None:
    os.environ.update(aws_environment({}, url, None))
    settings = CommonSettings()
    async with Aws(settings) as aws:
        await provision(aws, settings.topology)
        s3 = await aws.client("s3")
        for path in files:
            await s3.put_object(Bucket=settings.topology.images.name, Key=f"crowd/{path.name}", Body=path.read_bytes())
