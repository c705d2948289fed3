"""One trace follows a picture through every queue, as W3C ``traceparent``.

Only OpenTelemetry's API is needed: with an SDK and exporter installed and configured the spans are exported, without
them the ids still travel, so that the logs of all services about one picture can be found by one trace id.
"""

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from opentelemetry import context, trace
from opentelemetry.trace import NonRecordingSpan, SpanContext, StatusCode, TraceFlags
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from onlooker_shared.errors import describe

TRACEPARENT = "traceparent"

_propagator = TraceContextTextMapPropagator()


@contextmanager
def span(name: str, traceparent: str | None = None) -> Iterator[None]:
    """Run the block inside a span that continues ``traceparent``, or the running span, or begins a new trace.

    A malformed ``traceparent`` counts as none.
    """
    parent = context.get_current()
    if traceparent:
        parent = _propagator.extract({TRACEPARENT: traceparent}, parent)
    before = trace.get_current_span(parent).get_span_context()
    with trace.get_tracer("onlooker").start_as_current_span(name, context=parent) as begun:
        made = begun.get_span_context()
        if made.is_valid and made.span_id != before.span_id:
            yield
        else:  # no SDK is there to make ids
            with trace.use_span(NonRecordingSpan(_child_of(before))):
                yield


def rename(name: str) -> None:
    """Give the running span the name that was not known when it began."""
    trace.get_current_span().update_name(name)


def note_failure(error: BaseException) -> None:
    """Note in the running span that its work failed."""
    running = trace.get_current_span()
    running.record_exception(error)
    running.set_status(StatusCode.ERROR, describe(error))


def current_traceparent() -> str | None:
    """Return the running span as a ``traceparent`` header; None outside any span."""
    carrier: dict[str, str] = {}
    _propagator.inject(carrier)
    return carrier.get(TRACEPARENT)


def current_trace_id() -> str | None:
    """Return the running trace's id, 32 hexadecimal digits; None outside any span."""
    found = trace.get_current_span().get_span_context()
    return f"{found.trace_id:032x}" if found.is_valid else None


def trace_id_of(traceparent: str | None) -> str | None:
    """Return the trace's id in a ``traceparent``; None if there is none, or a malformed one."""
    if traceparent is None or from_headers({TRACEPARENT: traceparent}) is None:
        return None
    return traceparent.split("-")[1]


def from_headers(headers: Mapping[str, str]) -> str | None:
    """Return the ``traceparent`` among headers, metadata or attributes, if it is well formed."""
    value = headers.get(TRACEPARENT)
    valid = value is not None and (
        trace.get_current_span(_propagator.extract({TRACEPARENT: value})).get_span_context().is_valid
    )
    return value if valid else None


def _child_of(parent: SpanContext) -> SpanContext:
    return SpanContext(
        trace_id=parent.trace_id if parent.is_valid else secrets.randbits(128) | 1,
        span_id=secrets.randbits(64) | 1,
        is_remote=False,
        trace_flags=parent.trace_flags if parent.is_valid else TraceFlags(TraceFlags.SAMPLED),
        trace_state=parent.trace_state,
    )
