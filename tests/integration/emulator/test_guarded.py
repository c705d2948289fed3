"""The guard at the process's door: its rules are in tests/unit/onlooker/emulator/test_guard.py."""

import urllib.error
import urllib.request

import pytest

from emulator import Emulator


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        ("POST", "/_ministack/reset", {}),
        ("GET", "/", {"Origin": "https://evil.example"}),
        ("GET", "/", {"Host": "evil.example"}),
        ("PUT", "/stolen", {"Sec-Fetch-Site": "cross-site"}),
    ],
)
def test_what_no_client_of_ours_sends_is_refused(
    emulator: Emulator, method: str, path: str, headers: dict[str, str]
) -> None:
    request = urllib.request.Request(f"{emulator.url}{path}", method=method, headers=headers, data=None)
    with pytest.raises(urllib.error.HTTPError, match="403") as error:
        urllib.request.urlopen(request)
    with error.value as answer:
        assert b"<Code>AccessDenied</Code>" in answer.read()
