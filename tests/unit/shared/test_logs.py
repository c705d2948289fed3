"""What a process writes to its log."""

import json
import subprocess
import sys
from functools import cache
from pathlib import Path

PROGRAM = """
import logging, warnings
import structlog
from onlooker_shared.settings import CommonSettings
from onlooker_shared.telemetry import logs
from onlooker_shared.telemetry.tracing import span

logs.configure(CommonSettings(), "test")
log = structlog.stdlib.get_logger("onlooker_test")
with span("work", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"):
    log.info("picture.stored", image_id="abc", size=3)
logging.getLogger("some.library").warning("careful: %s", "hot")
for chatty in ("botocore", "uvicorn.error"):
    logging.getLogger(chatty).info("chatter")
log.debug("too fine")
warnings.warn("old", stacklevel=1)
def fail(password):
    raise ValueError("broken")
try:
    fail("hunter2")
except ValueError:
    log.exception("work.failed")
"""


@cache
def run(log_format: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env={"ONLOOKER_LOG_FORMAT": log_format},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == ""
    return done.stderr


def test_the_log_is_one_json_object_a_line_with_the_trace_id() -> None:
    stored, library, warning, failed = (json.loads(line) for line in run("json").splitlines())
    timestamp = stored.pop("timestamp")
    assert timestamp.endswith("Z")
    assert stored == {
        "event": "picture.stored",
        "image_id": "abc",
        "size": 3,
        "level": "info",
        "logger": "onlooker_test",
        "service": "test",
        "trace_id": "0af7651916cd43dd8448eb211c80319c",
    }
    assert (library["event"], library["level"], library["service"]) == ("careful: hot", "warning", "test")
    assert warning["logger"] == "py.warnings"
    assert "ValueError: broken" in failed["exception"]
    assert "trace_id" not in failed


def test_no_format_prints_local_variables() -> None:
    for log_format in ("json", "console"):
        text = run(log_format)
        assert "ValueError: broken" in text
        assert "hunter2" not in text


KEEPING = """
import sys
from pathlib import Path
import structlog
from onlooker_shared.settings import CommonSettings
from onlooker_shared.telemetry import logs

logs.configure(CommonSettings(log_level="WARNING", log_format="console"), "test")
logs.FILE_LIMIT = 2_000
logs.keep_in(Path(sys.argv[1]))
log = structlog.stdlib.get_logger("onlooker_test")
for number in range(40):
    log.info("picture.stored", number=number)
log.debug("too fine")
log.warning("careful")
"""


def test_what_standard_error_need_not_show_is_kept_in_a_file_that_does_not_grow_for_ever(tmp_path: Path) -> None:
    kept = tmp_path / "logs" / "services.log"
    done = subprocess.run([sys.executable, "-c", KEEPING, str(kept)], capture_output=True, text=True, check=True)
    assert "careful" in done.stderr
    assert "picture.stored" not in done.stderr
    lines = [json.loads(line) for line in kept.read_text().splitlines()]
    assert lines[-1]["event"] == "careful"
    assert lines[-2]["number"] == 39
    before = kept.with_suffix(".log.1")
    assert {path.name for path in kept.parent.iterdir()} == {kept.name, before.name}
    assert max(path.stat().st_size for path in (kept, before)) <= 2_000


def test_a_file_that_cannot_be_written_puts_no_stack_between_the_lines(tmp_path: Path) -> None:
    full = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (300, 300))" + KEEPING
    done = subprocess.run(
        [sys.executable, "-c", full, str(tmp_path / "log")], capture_output=True, text=True, check=True
    )
    assert "careful" in done.stderr
    assert "Traceback" not in done.stderr


LOST = """
import asyncio, gc
from onlooker_shared.settings import CommonSettings
from onlooker_shared.telemetry import logs

logs.configure(CommonSettings(), "test")

async def write(error):
    raise error

async def main():
    for error in (ConnectionResetError("Cannot write to closing transport"), ValueError("a fault")):
        task = asyncio.create_task(write(error))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        del task
        gc.collect()

asyncio.run(main())
"""


def test_a_connection_that_broke_under_a_task_for_which_nobody_waits_is_a_line_without_a_stack() -> None:
    done = subprocess.run([sys.executable, "-c", LOST], capture_output=True, text=True, check=True)
    lost, fault = (json.loads(line) for line in done.stderr.splitlines())
    assert lost["event"] == "connection.lost ConnectionResetError: Cannot write to closing transport"
    assert lost["level"] == "warning"
    assert "exception" not in lost
    assert "ValueError: a fault" in fault["exception"]
