"""Fixtures that every kind of test may use."""

from collections.abc import Iterator

import pytest

from emulator import Emulator, aws_environment, running_emulator


@pytest.fixture(scope="session")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """One emulator for the whole session, with the AWS variables set for it. Name what you create uniquely."""
    with running_emulator(tmp_path_factory.mktemp("emulator")) as running, aws_environment(running):
        yield running
