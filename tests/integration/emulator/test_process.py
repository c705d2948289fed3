"""The emulator as a process: where it listens, how it ends, and that it is alone on its data."""

import contextlib
import json
import os
import select
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from emulator import Emulator, aws_environment, running_emulator, start_emulator
from listening import listening_addresses

LAUNCHER = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from emulator import start_emulator
print(start_emulator(Path(sys.argv[2])).process.pid, flush=True)
sys.stdin.read()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_it_listens_on_the_loopback_interface_only(emulator: Emulator) -> None:
    assert listening_addresses([emulator.process.pid]) == {"127.0.0.1"}


def test_its_health_is_told(emulator: Emulator) -> None:
    with urllib.request.urlopen(f"{emulator.url}/_ministack/health") as response:
        services = json.load(response)["services"]
    assert {"s3", "sqs", "sns", "ses", "dynamodb", "kinesis", "iot", "events", "kms"} <= services.keys()


def test_a_second_one_on_the_same_data_is_told_who_is_there(emulator: Emulator) -> None:
    command = [sys.executable, "-m", "onlooker.emulator", "--data", str(emulator.data)]
    second = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert second.returncode == 75
    assert f"in use by process {emulator.process.pid}, since 2" in second.stderr


def test_a_port_that_is_taken_is_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(RuntimeError, match=f"exit code 69.*Port {port} on 127.0.0.1 cannot be used"):
            start_emulator(tmp_path, port=port)


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    command = [sys.executable, "-m", "onlooker.emulator", "--data", str(tmp_path / "file" / "data")]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 73
    assert ended.stderr.startswith(f"The data folder {tmp_path}/file/data cannot be used: Not a directory.")


def test_it_stops_within_seconds_though_somebody_waits_for_a_message(tmp_path: Path) -> None:
    with running_emulator(tmp_path) as running, aws_environment(running):
        sqs = boto3.client("sqs", config=Config(retries={"total_max_attempts": 1}))
        queue = sqs.create_queue(QueueName="empty")["QueueUrl"]

        def poll() -> None:
            with contextlib.suppress(BotoCoreError, ClientError):
                sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=20)

        polling = threading.Thread(target=poll)
        polling.start()
        started = time.monotonic()
        assert running.stop() == 0
        assert time.monotonic() - started < 8
        polling.join()


def test_it_ends_with_the_launcher_that_was_killed(tmp_path: Path) -> None:
    launcher = subprocess.Popen(
        [
            sys.executable,
            "-c",
            LAUNCHER,
            str(Path(__file__).parents[2]),
            str(tmp_path),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert launcher.stdin is not None
    assert launcher.stdout is not None
    with launcher, launcher.stdin, launcher.stdout:
        emulator = int(launcher.stdout.readline())
        descriptor = os.pidfd_open(emulator)
        launcher.kill()
    ended, _, _ = select.select([descriptor], [], [], 15)
    os.close(descriptor)
    assert ended
