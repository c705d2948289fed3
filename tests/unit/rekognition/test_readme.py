"""The README's tables against the code."""

import re
from pathlib import Path

import pytest

import onlooker_rekognition
from onlooker_rekognition.operations import build_handlers
from onlooker_rekognition.settings import Settings

README = (Path(onlooker_rekognition.__file__).parent.parent / "README.md").read_text()


def test_the_operations_offered_are_those_of_the_table() -> None:
    table = re.findall(r"^\| `(\w+)` \| yes \|", README, re.MULTILINE)
    assert sorted(table) == sorted(build_handlers(None, None, None))


def test_every_setting_is_in_the_table_with_its_default(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "XDG_DATA_HOME", "XDG_CACHE_HOME", "ONLOOKER_REKOGNITION_MODELS"):
        monkeypatch.delenv(name, raising=False)
    table = dict(re.findall(r"^\| `ONLOOKER_REKOGNITION_(\w+)` \| ([^|]*) \|", README, re.MULTILINE))
    settings = Settings()
    assert set(table) == {name.upper() for name in Settings.model_fields}
    for name, default in table.items():
        value = getattr(settings, name.lower())
        if isinstance(value, bool):
            assert default == f"`{str(value).lower()}`"
        elif isinstance(value, Path):
            assert default == f"`~/{value.relative_to(Path.home())}`"
        elif name == "WORKERS":
            assert default == "number of cores"
        else:
            assert f"`{value:g}`" == default if isinstance(value, float) else f"`{value}`" in default


def test_a_setting_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONLOOKER_REKOGNITION_QUEUE_LENGTH", "7")
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    settings = Settings()
    assert settings.queue_length == 7
    assert settings.region == "eu-central-1"
