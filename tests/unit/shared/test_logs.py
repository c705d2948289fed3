"""What a process writes to its log."""

import json
import subprocess
import sys
from functools import cache

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
