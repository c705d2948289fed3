"""Exports the spans, if OpenTelemetry's standard variables ask for it and the extra ``otel`` is installed."""

import os

import structlog

ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
"""Either names the collector; all the other ``OTEL_*`` variables mean what OpenTelemetry says they mean."""

log = structlog.stdlib.get_logger(__name__)


def configure(service: str) -> bool:
    """Send this process's spans to the collector that the environment names; return whether there will be any.

    Without such a collector, or without the extra, ids still travel and appear in the logs.
    """
    endpoint = next((os.environ[name] for name in ENDPOINTS if os.environ.get(name)), None)
    if endpoint is None:
        return False
    try:
        from onlooker_shared.telemetry import otlp  # noqa: PLC0415 - the extra may be absent
    except ImportError as error:
        log.warning("traces.not_exported", reason=f"{error}; install onlooker-shared[otel]", endpoint=endpoint)
        return False
    otlp.install(os.environ.get("OTEL_SERVICE_NAME", f"onlooker-{service}"))
    log.info("traces.exported", endpoint=endpoint)
    return True
