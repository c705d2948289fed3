"""Settings come from the environment, and wrong ones are refused by name."""

import json
import subprocess
import sys

import pytest

from onlooker_notifier.settings import NotifierSettings
from onlooker_shared.errors import SettingsError
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
def test_a_wrong_setting_is_refused_by_its_variable(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"ONLOOKER_{name}", value)
    with pytest.raises(SettingsError, match=f"ONLOOKER_{name}: input should be"):
        CommonSettings()


def test_a_list_that_is_no_json_is_refused_by_its_field(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONLOOKER_CORS_ORIGINS", "https://a.example")
    with pytest.raises(SettingsError, match=r"ONLOOKER_\.\.\..*cors_origins"):
        CommonSettings()


def test_each_wrong_setting_has_a_line_and_no_value_is_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONLOOKER_NOTIFIER_DIGEST_LIMIT", "secret")
    monkeypatch.setenv("ONLOOKER_NOTIFIER_PICTURE_URL", "secret")
    with pytest.raises(SettingsError) as refused:
        NotifierSettings()
    first, second = str(refused.value).splitlines()
    assert first.startswith("ONLOOKER_NOTIFIER_DIGEST_LIMIT: ")
    assert second.startswith("ONLOOKER_NOTIFIER_PICTURE_URL: must begin with")
    assert "secret" not in str(refused.value)


def test_settings_that_do_not_fit_together_say_so_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONLOOKER_NOTIFIER_EMAIL_TO", "a@example.com")
    with pytest.raises(SettingsError, match=r"^ONLOOKER_NOTIFIER_EMAIL_TO needs ONLOOKER_NOTIFIER_EMAIL_FROM"):
        NotifierSettings()


@pytest.mark.parametrize("name", ["ONLOOKER_LOG_LEVEL", "ONLOOKER_NOTIFIER_PORT"])
def test_a_service_with_wrong_settings_ends_with_78_and_the_variable_in_its_log(name: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "onlooker_notifier"], env={name: "loud"}, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 78
    (line,) = ended.stderr.splitlines()
    assert name in json.loads(line)["reason"]


def test_a_service_listens_on_this_machine_alone_unless_told_otherwise() -> None:
    assert ServerSettings().host == "127.0.0.1"
