"""What `onlooker up` does on one machine: its processes, its data folder, its emulator."""

from collections.abc import Iterator

import pytest

from stack import Stack, running_stack


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A running installation."""
    with running_stack(tmp_path_factory.mktemp("stack") / "data") as running:
        yield running
