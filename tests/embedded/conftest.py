"""What `onlooker up` does on one machine: its processes, its data folder, its emulator."""

from collections.abc import Iterator

import pytest

from collector import Collector, running_collector
from stack import Stack, running_stack


@pytest.fixture(scope="module")
def collector() -> Iterator[Collector]:
    """Where the installation sends its spans."""
    with running_collector() as receiving:
        yield receiving


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory, collector: Collector) -> Iterator[Stack]:
    """A running installation."""
    traced = {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.url, "OTEL_BSP_SCHEDULE_DELAY": "200"}
    with running_stack(tmp_path_factory.mktemp("stack") / "data", traced) as running:
        yield running
