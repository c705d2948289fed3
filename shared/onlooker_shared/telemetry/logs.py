"""Structured logs: one JSON object a line on standard error, with the trace id of the picture that the line is about.

No secret and nothing about a face is ever logged: ids, keys of objects, counts and reasons are.
"""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

from onlooker_shared.settings import CommonSettings
from onlooker_shared.telemetry.tracing import current_trace_id

QUIET = (
    "aiobotocore",
    "aioboto3",
    "botocore",
    "boto3",
    "urllib3",
    "asyncio",
    "uvicorn.error",
)
"""Libraries whose chatter below WARNING says nothing about Onlooker."""


def configure(settings: CommonSettings, service: str) -> None:
    """Send this process's logs, the libraries' too, to standard error in one format."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _trace,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_renderer(settings)],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.log_level)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.captureWarnings(True)  # they would be lines of their own format otherwise
    structlog.contextvars.bind_contextvars(service=service)


def _renderer(settings: CommonSettings) -> list[structlog.typing.Processor]:
    if settings.log_format == "console":
        return [
            structlog.dev.ConsoleRenderer(
                colors=sys.stderr.isatty(),
                exception_formatter=structlog.dev.plain_traceback,  # others print local variables, keys among them
            )
        ]
    return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]


def _trace(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    trace_id = current_trace_id()
    if trace_id:
        event["trace_id"] = trace_id
    return event
