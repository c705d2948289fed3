"""Exporting spans. Each test has a process of its own: OpenTelemetry takes one provider a process, for good."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

TRACE_ID = "0af7651916cd43dd8448eb211c80319c"

IN_MEMORY = f"""
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from onlooker_shared.telemetry.tracing import current_traceparent, note_failure, rename, span

exporter = InMemorySpanExporter()
provider = TracerProvider()
provider.add_span_processor(SimpleSpanProcessor(exporter))
trace.set_tracer_provider(provider)
with span("root"):
    rename("renamed")
    with span("inner"):
        note_failure(OSError("disk"))
with span("continued", "00-{TRACE_ID}-b7ad6b7169203331-01"):
    pass
inner, root, continued = exporter.get_finished_spans()
assert root.name == "renamed"
assert root.parent is None, "no made-up parent"
assert inner.parent.span_id == root.context.span_id
assert inner.status.description == "OSError: disk"
assert [event.name for event in inner.events] == ["exception"]
assert format(continued.context.trace_id, "032x") == "{TRACE_ID}"
assert format(continued.parent.span_id, "016x") == "b7ad6b7169203331"
"""

EXPORTING = """
from onlooker_shared.telemetry import export
from onlooker_shared.telemetry.tracing import span

assert export.configure("test")
with span("work"):
    pass
"""

NOT_INSTALLED = """
import sys
sys.modules["opentelemetry.sdk.trace"] = None
from onlooker_shared.telemetry import export
from onlooker_shared.telemetry.tracing import current_trace_id, span

assert not export.configure("test")
with span("work"):
    assert current_trace_id()
"""


def run(program: str, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def collector() -> Iterator[tuple[str, list[tuple[str, bytes]]]]:
    """A collector that notes the path and body of every request."""
    asked: list[tuple[str, bytes]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append((self.path, self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", asked
        server.shutdown()
        thread.join()


def test_spans_nest_continue_and_tell_their_failures() -> None:
    run(IN_MEMORY)


def test_spans_reach_the_collector_before_the_process_ends(collector: tuple[str, list[tuple[str, bytes]]]) -> None:
    endpoint, asked = collector
    run(EXPORTING, OTEL_EXPORTER_OTLP_ENDPOINT=endpoint, OTEL_EXPORTER_OTLP_COMPRESSION="none")
    assert [path for path, _ in asked] == ["/v1/traces"]
    assert b"onlooker-test" in asked[0][1]


def test_without_the_extra_it_says_so_and_ids_still_travel() -> None:
    output = run(NOT_INSTALLED, OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:9")
    assert "traces.not_exported" in output
    assert "install onlooker-shared[otel]" in output


def test_nobody_asked_so_nothing_is_exported() -> None:
    run("from onlooker_shared.telemetry import export; assert not export.configure('test')")
