"""`onlooker key`, and what the services are told of where the console is."""

from pathlib import Path

import pytest

from onlooker.commands.key import key
from onlooker.stack.environment import service_defaults
from onlooker_shared.errors import ConfigurationError


def test_it_prints_the_key_and_nothing_else(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    secret = "olk_0123456789abcdef_" + "a" * 64
    (tmp_path / "admin.key").write_text(f"{secret}\n")
    key(tmp_path)
    assert capsys.readouterr().out == f"{secret}\n"


def test_without_one_it_says_what_makes_it(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="`onlooker up` makes it"):
        key(tmp_path)


def test_messages_lead_to_the_console_that_runs_on_this_port(tmp_path: Path) -> None:
    told = service_defaults(tmp_path / "index", "http://127.0.0.1:8081", "http://127.0.0.1:4567")
    assert told["ONLOOKER_NOTIFIER_PICTURE_URL"] == "http://127.0.0.1:8081/console/pictures/{image_id}"
    assert told["ONLOOKER_CONSOLE_API_URL"] == "http://127.0.0.1:8081"
    assert told["ONLOOKER_CONSOLE_REKOGNITION_URL"] == "http://127.0.0.1:4567"
