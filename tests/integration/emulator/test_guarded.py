"""The guard at the process's door: its rules are in tests/unit/onlooker/emulator/test_guard.py."""

import http.client
import urllib.error
import urllib.request
from urllib.parse import urlsplit

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


@pytest.mark.parametrize(
    ("name", "origin", "status"),
    [
        ("iot.us-east-1.localhost", None, 101),
        ("iot.us-east-1.localhost", "http://localhost:8080", 101),
        ("iot.us-east-1.localhost", "https://evil.example", 403),
        ("iot.us-east-1.evil.example", None, 403),
        ("localhost", None, 403),
    ],
)
def test_of_websockets_only_those_of_iot_are_opened_and_to_no_other_sites_pages(
    emulator: Emulator, name: str, origin: str | None, status: int
) -> None:
    there = urlsplit(emulator.url)
    headers = {
        "Host": f"{name}:{there.port}",
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Protocol": "mqtt",
    }
    connection = http.client.HTTPConnection(f"{there.hostname}:{there.port}", timeout=10)
    connection.request("GET", "/mqtt", headers=headers | ({} if origin is None else {"Origin": origin}))
    with connection.getresponse() as answer:
        assert answer.status == status
    connection.close()
