"""Structured logs: one JSON object a line on standard error, with the trace id of the picture that the line is about.

No secret and nothing about a face is ever logged: ids, keys of objects, counts and reasons are.
"""

import logging
import sys
from collections.abc import MutableMapping, Sequence
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

import structlog

from onlooker_shared.errors import describe
from onlooker_shared.settings import CommonSettings
from onlooker_shared.telemetry.tracing import current_trace_id

QUIET = (
    "aiobotocore",
    "aioboto3",
    "botocore",
    "boto3",
    "urllib3",
    "asyncio",
    "httpx",  # it names addresses that may have secrets in them
    "uvicorn.error",
)
"""Libraries whose chatter below WARNING says nothing about Onlooker."""
FILE_LIMIT = 10 * 2**20
"""Bytes: some thousand pictures."""


def _trace(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    trace_id = current_trace_id()
    if trace_id:
        event["trace_id"] = trace_id
    return event


SHARED: tuple[structlog.typing.Processor, ...] = (
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.ExtraAdder(),
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    _trace,
)
"""What every line is told, a library's too."""
JSON: tuple[structlog.typing.Processor, ...] = (
    structlog.processors.format_exc_info,
    structlog.processors.JSONRenderer(),
)
"""Makes one JSON object of a line."""


def configure(settings: CommonSettings, service: str) -> None:
    """Send this process's logs, the libraries' too, to standard error in one format."""
    structlog.configure(
        processors=[*SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_formatter(_renderer(settings)))
    handler.setLevel(settings.log_level)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.log_level)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.getLogger("asyncio").filters[:] = [_lost_connection_in_one_line]
    logging.captureWarnings(True)  # they would be lines of their own format otherwise
    structlog.contextvars.bind_contextvars(service=service)


def keep_in(path: Path) -> None:
    """Write every line from INFO on into a file, too, as JSON: what standard error need not show can be looked up.

    Once it has `FILE_LIMIT` bytes it is begun anew, and the one before it kept.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handler = _FileHandler(path, maxBytes=FILE_LIMIT, backupCount=1, encoding="utf-8")
    handler.setFormatter(_formatter(JSON))
    handler.setLevel(logging.INFO)
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(min(root.level, logging.INFO))


def _lost_connection_in_one_line(record: logging.LogRecord) -> bool:
    """Have a connection that broke under a task of the HTTP client's own be a line, not a failure of ours.

    An upload that S3 does not take any more has two ends: the request's, which whoever made it answers for, and that of
    the task that wrote its body, for which nobody waits.
    """
    error = record.exc_info[1] if record.exc_info else None
    if isinstance(error, ConnectionError):
        record.levelno, record.levelname = logging.WARNING, "WARNING"
        record.msg, record.args, record.exc_info = f"connection.lost {describe(error)}", None, None
    return True


class _FileHandler(RotatingFileHandler):
    """Leaves out what cannot be written: of a disk that is full something else has told already, in words."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        if not isinstance(sys.exception(), OSError):
            super().handleError(record)


def _formatter(renderers: Sequence[structlog.typing.Processor]) -> structlog.stdlib.ProcessorFormatter:
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=SHARED,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *renderers],
    )


def _renderer(settings: CommonSettings) -> Sequence[structlog.typing.Processor]:
    if settings.log_format == "console":
        return [
            structlog.dev.ConsoleRenderer(
                colors=sys.stderr.isatty(),
                exception_formatter=structlog.dev.plain_traceback,  # others print local variables, keys among them
            )
        ]
    return JSON
