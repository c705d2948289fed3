"""A broker of one's own: the same JSON that webhooks get, to one topic."""

import asyncio
import contextlib
import socket
import ssl
from collections.abc import Callable
from typing import Any, cast

import aiomqtt

from onlooker_notifier.channels.addresses import Guard
from onlooker_notifier.channels.bodies import body, encoded
from onlooker_notifier.channels.kinds import MqttSettings
from onlooker_notifier.channels.message import Message, Receipt, RefusedError, UnansweredError
from onlooker_notifier.channels.reaching import first_that_opens, why_unreached

TIMEOUT = 15.0
"""Seconds to connect, publish and have it acknowledged."""
REFUSED = frozenset({4, 5, 134, 135})
"""Answers to a connection: bad user or password, not authorized; of MQTT 3.1.1 and of 5."""


class Mqtt:
    """Publishes.

    Args:
        guard: says where it may connect to.
        tls: returns what TLS connections trust, when there is one.
    """

    def __init__(self, guard: Guard, tls: Callable[[], ssl.SSLContext]) -> None:
        self._guard = guard
        self._tls = tls

    async def send(self, settings: MqttSettings, secret: str | None, message: Message) -> Receipt:
        """See `Sends`."""
        addresses = await self._guard.addresses(settings.host, settings.port)
        taken = False
        try:
            async with asyncio.timeout(TIMEOUT), contextlib.AsyncExitStack() as stack:

                async def connect(address: str) -> aiomqtt.Client:
                    return await stack.enter_async_context(self._client(address, settings, secret))

                client = await first_that_opens(addresses, connect, aiomqtt.MqttError)
                await client.publish(settings.topic, encoded(body(message)), qos=settings.qos, retain=settings.retain)
                taken = True
        except (aiomqtt.MqttError, TimeoutError, OSError, ValueError) as error:
            if not taken:  # else it failed at goodbye only, and is not to be told again
                raise _judged(error) from error
        return Receipt(None, "acknowledged by the broker" if settings.qos else "sent, without acknowledgement")

    def _client(self, address: str, settings: MqttSettings, secret: str | None) -> aiomqtt.Client:
        return aiomqtt.Client(
            address,
            settings.port,
            username=settings.username,
            password=secret if settings.username else None,
            tls_context=cast("ssl.SSLContext", _Named(self._tls(), settings.host)) if settings.tls else None,
            timeout=TIMEOUT,
            keepalive=round(TIMEOUT),  # a broker that says nothing is left after so long, also where nobody waits
        )


class _Named:
    """What paho asks of a context, for one host: it would have the certificate be of what it connects to, an address.

    Args:
        tls: what TLS connections trust.
        host: the name that the certificate must have.
    """

    def __init__(self, tls: ssl.SSLContext, host: str) -> None:
        self._tls = tls
        self._host = host

    @property
    def check_hostname(self) -> bool:
        return self._tls.check_hostname

    def wrap_socket(self, sock: socket.socket, **_how: Any) -> ssl.SSLSocket:
        made = self._tls.wrap_socket(sock, server_hostname=self._host, do_handshake_on_connect=False)
        try:
            made.do_handshake()  # within the socket's timeout; paho does it once more, which changes nothing,
        except BaseException:
            made.close()  # but would leave the connection open
            raise
        return made


def _judged(error: Exception) -> RefusedError | UnansweredError:
    if not isinstance(error, aiomqtt.MqttCodeError):
        return UnansweredError(type(error).__name__, f"The broker cannot be reached: {why_unreached(error)}")
    code = getattr(error.rc, "value", error.rc)
    if code in REFUSED:
        return RefusedError(f"MQTT{code}", f"The broker refuses user or password: {error}")
    return UnansweredError("MqttError", f"The broker does not take it: {error}")
