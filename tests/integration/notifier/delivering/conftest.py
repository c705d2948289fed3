"""The other side of a channel."""

import pytest

from tellings import Other


@pytest.fixture
def other() -> Other:
    return Other()
