import os

import pytest

from onlooker_rekognition.__main__ import main


@pytest.mark.parametrize(
    ("option", "value", "complaint"),
    [
        ("--port", "99999", "port: Input should be less than or equal to 65535"),
        ("--workers", "0", "workers: Input should be greater than or equal to 1"),
        ("--queue-length", "many", "queue_length: Input should be a valid integer"),
    ],
)
def test_a_wrong_setting_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], option: str, value: str, complaint: str
) -> None:
    monkeypatch.setattr("sys.argv", ["onlooker-rekognition", option, value])
    assert main() == os.EX_CONFIG
    assert complaint in capsys.readouterr().err
