"""A picture of 64 MiB through ingest, against the same one straight to the same S3; and the memory that it takes.

Both are sent by aiohttp (the AWS client is made of it), so that what differs is what receives.
"""

import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import aiohttp

from emulator import aws_environment, running_emulator
from onlooker_shared.aws import Aws
from onlooker_shared.keys import KeyStore, Scope
from onlooker_shared.provision import provision
from onlooker_shared.settings import CommonSettings

MIB = 1024 * 1024
SIZE = 64 * MIB
ROUNDS = 5
JPEG = b"\xff\xd8\xff\xe0"


async def main() -> None:
    """Print throughputs, their ratio, and the growth of ingest's memory."""
    with tempfile.TemporaryDirectory() as scratch:
        file = Path(scratch) / "picture.jpg"
        file.write_bytes(JPEG + os.urandom(SIZE - 4))
        with running_emulator(Path(scratch) / "emulator") as emulator, aws_environment(emulator):
            async with Aws(CommonSettings()) as aws:
                await _measure(aws, file)


async def _measure(aws: Aws, file: Path) -> None:
    names = CommonSettings().topology
    await provision(aws, names)
    key = await KeyStore(await aws.client("dynamodb"), names.access_keys.name).create(
        owner="bench", scopes=[Scope.IMAGES_WRITE]
    )
    s3 = await aws.client("s3")

    async def direct() -> None:
        with file.open("rb") as body:
            await s3.put_object(Bucket=names.images.name, Key="direct.jpg", Body=body)

    with _ingest() as (process, url):
        async with aiohttp.ClientSession(url, headers={"Authorization": f"Bearer {key}"}) as http:

            async def through() -> None:
                with file.open("rb") as body:
                    async with http.put(f"/v1/{names.images.name}/a.jpg", data=body) as answer:
                        answer.raise_for_status()

            async def warm_up() -> None:
                async with http.put(f"/v1/{names.images.name}/b.jpg", data=JPEG + bytes(MIB)) as answer:
                    answer.raise_for_status()

            for _ in range(5):
                await warm_up()  # modules are imported, connections open
            await direct()
            before = _memory(process.pid, "VmRSS")
            seconds = [(await _timed(direct), await _timed(through)) for _ in range(ROUNDS)]
            growth = _memory(process.pid, "VmHWM") - before
    straight, ingest = (SIZE / MIB / statistics.median(column) for column in zip(*seconds, strict=True))
    ratio = statistics.median(one / other for one, other in seconds)
    print(f"ingest    direct S3 PUT       {straight:6.1f} MiB/s")
    print(f"ingest    through ingest      {ingest:6.1f} MiB/s")
    print(f"ingest    ratio               {ratio:6.2f}   (at least 0.6)")
    print(f"ingest    memory grows by     {growth:6.1f} MiB (at most 16)")


async def _timed(put: Callable[[], Awaitable[None]]) -> float:
    began = time.perf_counter()
    await put()
    return time.perf_counter() - began


@contextmanager
def _ingest() -> Iterator[tuple[subprocess.Popen[str], str]]:
    environment = {**os.environ, "ONLOOKER_INGEST_PORT": "0"}
    command = [sys.executable, "-m", "onlooker_ingest"]
    with tempfile.TemporaryFile("w+") as log:
        process = subprocess.Popen(command, env=environment, stderr=log, text=True)
        try:
            yield process, _url(process, log.fileno())
        finally:
            process.terminate()
            process.wait()


def _url(process: subprocess.Popen[str], log: int) -> str:
    while process.poll() is None:
        listening = re.search(rb'"port": (\d+), "event": "http.listening"', os.pread(log, 65536, 0))
        if listening:
            return f"http://127.0.0.1:{int(listening[1])}"
        time.sleep(0.05)
    raise RuntimeError(f"ingest did not start: {os.pread(log, 65536, 0).decode()}")


def _memory(pid: int, field: str) -> float:
    """A process's memory in MiB, as the Linux kernel counts it."""
    status = Path(f"/proc/{pid}/status").read_text()
    kib = re.search(rf"^{field}:\s+(\d+) kB", status, re.MULTILINE)
    assert kib is not None
    return int(kib[1]) / 1024
