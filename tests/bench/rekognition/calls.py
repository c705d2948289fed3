"""Calls of a server that cost its machine little: on two cores, a client's own work would be measured with it."""

import base64
import http.client
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit


class Caller:
    """One connection that is kept. Not signed: the server takes any signature for good."""

    def __init__(self, url: str) -> None:
        self._connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=120)

    def call(self, operation: str, **members: Any) -> dict[str, Any]:
        """The answer. Raises RuntimeError for an error."""
        headers = {"X-Amz-Target": f"RekognitionService.{operation}", "Content-Type": "application/x-amz-json-1.1"}
        self._connection.request("POST", "/", json.dumps(members), headers)
        response = self._connection.getresponse()
        content = response.read()
        if response.status != 200:
            raise RuntimeError(f"{operation}: {response.status} {content[:300]!r}")
        return json.loads(content)


def image(picture: bytes) -> dict[str, str]:
    """The `Image` member of a request."""
    return {"Bytes": base64.b64encode(picture).decode()}


def full_analysis(caller: Caller, picture: bytes) -> None:
    """Faces with all attributes, and labels."""
    caller.call("DetectFaces", Image=image(picture), Attributes=["ALL"])
    caller.call("DetectLabels", Image=image(picture))


def ask_for_each(url: str, pictures: list[bytes], ask: Callable[[Caller, bytes], None], *, clients: int) -> None:
    """Each client asks for its share of the pictures, one after the other, over a connection of its own."""

    def share(number: int) -> None:
        caller = Caller(url)
        for picture in pictures[number::clients]:
            ask(caller, picture)

    with ThreadPoolExecutor(clients) as threads:
        list(threads.map(share, range(clients)))
