"""Signed POSTs to an address of somebody's own. How to verify them: docs/webhooks.md."""

import asyncio
import contextlib
import hashlib
import hmac
import ssl
import time
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from http import HTTPStatus

import httpx

from onlooker_notifier.channels import retries
from onlooker_notifier.channels.addresses import Guard
from onlooker_notifier.channels.bodies import body, encoded
from onlooker_notifier.channels.kinds import WebhookSettings
from onlooker_notifier.channels.message import LONGEST_ANSWER, Message, Receipt, RefusedError, UnansweredError
from onlooker_notifier.channels.reaching import first_that_opens, why_unreached
from onlooker_notifier.wording.wording import printable, shortened

CONNECT_TIMEOUT, TIMEOUT = 5.0, 10.0
"""Seconds to connect, and until it is answered."""
ANSWER_TIMEOUT = 2.0
"""Seconds that the words of an answer may take besides: it is known by then whether the message was taken."""
LARGEST_ANSWER = 64 * 1024
"""Bytes that are read of an answer."""
TIMESTAMP, SIGNATURE, DELIVERY = "Onlooker-Timestamp", "Onlooker-Signature", "Onlooker-Delivery"
LATER = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS})
"""Answers below 500 that may be others the next time."""


def client(tls: ssl.SSLContext) -> httpx.AsyncClient:
    """Return a client for webhooks: no redirect is followed, and no proxy of the environment stands between.

    Args:
        tls: what TLS connections trust.
    """
    return httpx.AsyncClient(
        verify=tls,
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
            "Accept-Encoding": "identity",  # its words are shown as they come: an answer that is packed might explode
            DELIVERY: message.delivery_id,
            TIMESTAMP: timestamp,
            SIGNATURE: signature(secret or "", timestamp, content),
        }
        try:
            async with contextlib.AsyncExitStack() as stack:
                async with asyncio.timeout(TIMEOUT):
                    response = await self._post(stack, httpx.URL(settings.url), headers, content)
                return _judged(response, await _words(response), self._clock())
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise UnansweredError(type(error).__name__, f"It cannot be reached: {why_unreached(error)}") from error
        except TimeoutError as error:
            raise UnansweredError("TimeoutError", f"It did not answer within {TIMEOUT:.0f} s.") from error

    async def _post(
        self, stack: contextlib.AsyncExitStack, url: httpx.URL, headers: dict[str, str], content: bytes
    ) -> httpx.Response:
        """Return the answer, whose words are still to be read, until the stack closes it."""
        name = url.raw_host.decode()
        addresses = await self._guard.addresses(name, url.port or (443 if url.scheme == "https" else 80))

        async def post(address: str) -> httpx.Response:
            return await stack.enter_async_context(
                self._http.stream(
                    "POST",
                    url.copy_with(host=address),  # one that was judged
                    headers={"Host": url.netloc.decode(), **headers},
                    content=content,
                    extensions={"sni_hostname": name},  # the name that the certificate must have
                )
            )

        return await first_that_opens(addresses, post, httpx.ConnectError, httpx.ConnectTimeout)


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


def asked_to_wait(value: str, now: float) -> float:
    """Return the seconds of a `Retry-After` (RFC 9110, section 10.2.3), an hour at most; 0 if it says nothing."""
    with contextlib.suppress(ValueError, OverflowError):
        seconds = float(value) if value.isdecimal() else parsedate_to_datetime(value).timestamp() - now
        return min(max(seconds, 0.0), retries.LONGEST_DELAY)
    return 0.0


def _judged(response: httpx.Response, answer: str, now: float) -> Receipt:
    status, where = response.status_code, response.headers.get("Location", "")
    told = f"HTTP {status}" + (f": {answer}" if answer else "")
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return Receipt(None, told)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status in LATER:
        wait = asked_to_wait(response.headers.get("Retry-After", ""), now)
        asks = f" (It asks to be left alone for {wait:.0f} s.)" if wait else ""
        raise UnansweredError(f"HTTP{status}", f"{told}{asks}", wait=wait)
    if where:
        to = shortened(printable(where), LONGEST_ANSWER // 2)
        raise RefusedError(f"HTTP{status}", f"HTTP {status}: it redirects to {to}, and redirects are not followed.")
    raise RefusedError(f"HTTP{status}", told)
