"""Settings, by the environment and by flags."""

from typing import Any

import pytest
from pydantic import ValidationError

from onlooker_rekognition.settings import Settings


def test_a_setting_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONLOOKER_REKOGNITION_QUEUE_LENGTH", "7")
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    settings = Settings()
    assert settings.queue_length == 7
    assert settings.region == "eu-central-1"


def test_an_empty_variable_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """As compose files pass variables that are not set: not every address, the folder at hand and no port."""
    for name in Settings.model_fields:
        monkeypatch.delenv(f"ONLOOKER_REKOGNITION_{name.upper()}", raising=False)
    without = Settings()
    for name in Settings.model_fields:
        monkeypatch.setenv(f"ONLOOKER_REKOGNITION_{name.upper()}", "")
    assert Settings() == without


@pytest.mark.parametrize("option", [{"host": ""}, {"port": 70000}, {"account": "42"}, {"log_level": "LOUD"}])
def test_what_has_no_sense_is_refused(option: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Settings(**option)
