"""One trace follows a picture through every queue, as W3C ``traceparent``.

Only OpenTelemetry's API is needed: with an SDK and exporter installed and configured the spans are exported, without
them the ids still travel, so that the logs of all services about one picture can be found by one trace id.
"""

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from opentelemetry import context, trace
from opentelemetry.trace import NonRecordingSpan, SpanContext, TraceFlags
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

TRACEPARENT = "traceparent"

_propagator = TraceContextTextMapPropagator()


@contextmanager
def span(name: str, traceparent: str | None = None) -> Iterator[None]:
    """Run the block inside a span that continues ``traceparent``, or the running span, or begins a new trace."""
    parent = _propagator.extract({TRACEPARENT: traceparent}) if traceparent else context.get_current()
    if not trace.get_current_span(parent).get_span_context().is_valid:
        parent = trace.set_span_in_context(NonRecordingSpan(_random_context()), parent)
    with trace.get_tracer("onlooker").start_as_current_span(name, context=parent):
        yield


def current_traceparent() -> str | None:
    """Return the running span as a ``traceparent`` header; None outside any span."""
    carrier: dict[str, str] = {}
    _propagator.inject(carrier)
    return carrier.get(TRACEPARENT)


def current_trace_id() -> str | None:
    """Return the running trace's id, 32 hexadecimal digits; None outside any span."""
    found = trace.get_current_span().get_span_context()
    return f"{found.trace_id:032x}" if found.is_valid else None


def from_headers(headers: Mapping[str, str]) -> str | None:
    """Return the ``traceparent`` among headers, metadata or attributes, if it is well formed."""
    value = headers.get(TRACEPARENT)
    valid = value is not None and (
        trace.get_current_span(_propagator.extract({TRACEPARENT: value})).get_span_context().is_valid
    )
    return value if valid else None


def _random_context() -> SpanContext:
    return SpanContext(
        trace_id=secrets.randbits(128) | 1,
        span_id=secrets.randbits(64) | 1,
        is_remote=False,
        trace_flags=TraceFlags(TraceFlags.SAMPLED),
    )
