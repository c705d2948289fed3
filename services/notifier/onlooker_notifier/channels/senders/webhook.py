"""Signed POSTs to an address of somebody's own. How to verify them: docs/webhooks.md."""

import asyncio
import contextlib
import hashlib
import hmac
import time
from collections.abc import Callable
from http import HTTPStatus

import httpx

from onlooker_notifier.channels.addresses import Guard
from onlooker_notifier.channels.bodies import body, encoded
from onlooker_notifier.channels.kinds import WebhookSettings
from onlooker_notifier.channels.message import LONGEST_ANSWER, Message, Receipt, RefusedError, UnansweredError
from onlooker_notifier.letters.wording import printable, shortened

CONNECT_TIMEOUT, TIMEOUT = 5.0, 10.0
"""Seconds to connect, and until it is answered."""
ANSWER_TIMEOUT = 2.0
"""Seconds that the words of an answer may take besides: it is known by then whether the message was taken."""
LARGEST_ANSWER = 64 * 1024
"""Bytes that are read of an answer."""
TIMESTAMP, SIGNATURE, DELIVERY = "Onlooker-Timestamp", "Onlooker-Signature", "Onlooker-Delivery"
LATER = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS})
"""Answers below 500 that may be others the next time."""


def client() -> httpx.AsyncClient:
    """Return a client for webhooks: no redirect is followed, and no proxy of the environment stands between."""
    return httpx.AsyncClient(
        follow_redirects=False,
        trust_env=False,
        timeout=httpx.Timeout(TIMEOUT, connect=CONNECT_TIMEOUT),
        limits=httpx.Limits(max_keepalive_connections=0),  # kept ones are told apart by address, not by name
    )


def signature(secret: str, timestamp: str, content: bytes) -> str:
    """Return the value of the header that proves who sent a body, and when."""
    made = hmac.new(secret.encode(), f"{timestamp}.".encode() + content, hashlib.sha256)
    return f"v1={made.hexdigest()}"


class Webhook:
    """Posts.

    Args:
        http: see `client`.
        guard: says where it may connect to.
        clock: epoch seconds.
    """

    def __init__(self, http: httpx.AsyncClient, guard: Guard, clock: Callable[[], float] = time.time) -> None:
        self._http = http
        self._guard = guard
        self._clock = clock

    async def send(self, settings: WebhookSettings, secret: str | None, message: Message) -> Receipt:
        """See `Sends`."""
        content, timestamp = encoded(body(message)), str(int(self._clock()))
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "onlooker",
            DELIVERY: message.delivery_id,
            TIMESTAMP: timestamp,
            SIGNATURE: signature(secret or "", timestamp, content),
        }
        try:
            status, answer, where = await self._post(httpx.URL(settings.url), headers, content)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise UnansweredError(type(error).__name__, f"It cannot be reached: {error}") from error
        except TimeoutError as error:
            raise UnansweredError("TimeoutError", f"It did not answer within {TIMEOUT:.0f} s.") from error
        return _judged(status, answer, where)

    async def _post(self, url: httpx.URL, headers: dict[str, str], content: bytes) -> tuple[int, str, str]:
        """Return the status, the beginning of the answer, and where it redirects to."""
        port = url.port or (443 if url.scheme == "https" else 80)
        async with contextlib.AsyncExitStack() as stack:
            async with asyncio.timeout(TIMEOUT):
                address, *_ = await self._guard.addresses(url.host, port)
                response = await stack.enter_async_context(
                    self._http.stream(
                        "POST",
                        url.copy_with(host=address),  # the one that was judged
                        headers={"Host": url.netloc.decode(), **headers},
                        content=content,
                        extensions={"sni_hostname": url.host},  # the name that the certificate must have
                    )
                )
            return response.status_code, await _words(response), response.headers.get("Location", "")


async def _words(response: httpx.Response) -> str:
    """Return the beginning of an answer, as far as it came in time: who answered must not be told again for it."""
    read = b""
    with contextlib.suppress(httpx.HTTPError, TimeoutError):
        async with asyncio.timeout(ANSWER_TIMEOUT):
            async for part in response.aiter_raw():
                read += part
                if len(read) >= LARGEST_ANSWER:
                    break
    text = read[:LARGEST_ANSWER].decode("utf-8", "replace")
    return shortened(printable(text.strip()), LONGEST_ANSWER // 2)


def _judged(status: int, answer: str, where: str) -> Receipt:
    told = f"HTTP {status}" + (f": {answer}" if answer else "")
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return Receipt(None, told)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status in LATER:
        raise UnansweredError(f"HTTP{status}", told)
    if where:
        to = shortened(printable(where), LONGEST_ANSWER // 2)
        raise RefusedError(f"HTTP{status}", f"HTTP {status}: it redirects to {to}, and redirects are not followed.")
    raise RefusedError(f"HTTP{status}", told)
