"""Settings come from the environment, and wrong ones are refused by name."""

import pytest
from pydantic import ValidationError

from onlooker_shared.settings import CommonSettings, ServerSettings


def test_every_name_in_aws_has_the_prefix(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONLOOKER_PREFIX", "acme-")
    assert CommonSettings().topology.images.name == "acme-images"


def test_origins_are_a_json_list(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONLOOKER_CORS_ORIGINS", '["https://a.example", "https://b.example"]')
    assert CommonSettings().cors_origins == ("https://a.example", "https://b.example")


@pytest.mark.parametrize(
    ("name", "value"),
    [("SHUTDOWN_GRACE", "0"), ("LOG_LEVEL", "LOUD"), ("LOG_FORMAT", "xml"), ("S3_ADDRESSING", "street")],
)
def test_a_wrong_setting_is_refused_by_its_name(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"ONLOOKER_{name}", value)
    with pytest.raises(ValidationError, match=name.lower()):
        CommonSettings()


def test_a_service_listens_on_this_machine_alone_unless_told_otherwise() -> None:
    assert ServerSettings().host == "127.0.0.1"
