"""A broker of one's own: the same JSON that webhooks get, to one topic."""

import asyncio
import ssl

import aiomqtt

from onlooker_notifier.channels.addresses import Guard
from onlooker_notifier.channels.bodies import body, encoded
from onlooker_notifier.channels.kinds import MqttSettings
from onlooker_notifier.channels.message import Message, Receipt, RefusedError, UnansweredError

TIMEOUT = 15.0
"""Seconds to connect, publish and have it acknowledged."""
REFUSED = frozenset({4, 5, 134, 135})
"""Answers to a connection: bad user or password, not authorized; of MQTT 3.1.1 and of 5."""


class Mqtt:
    """Publishes.

    Args:
        guard: says where it may connect to.
        tls: what TLS connections trust.
    """

    def __init__(self, guard: Guard, tls: ssl.SSLContext) -> None:
        self._guard = guard
        self._tls = tls

    async def send(self, settings: MqttSettings, secret: str | None, message: Message) -> Receipt:
        """See `Sends`."""
        address, *_ = await self._guard.addresses(settings.host, settings.port)
        client = aiomqtt.Client(
            # With TLS it is looked up again, for its certificate names it; nobody else's would.
            settings.host if settings.tls else address,
            settings.port,
            username=settings.username,
            password=secret,
            tls_context=self._tls if settings.tls else None,
            timeout=TIMEOUT,
        )
        taken = False
        try:
            async with asyncio.timeout(TIMEOUT), client:
                await client.publish(settings.topic, encoded(body(message)), qos=settings.qos, retain=settings.retain)
                taken = True
        except (aiomqtt.MqttError, TimeoutError, OSError, ValueError) as error:
            if not taken:  # else it failed at goodbye only, and is not to be told again
                raise _judged(error) from error
        return Receipt(None, "acknowledged by the broker" if settings.qos else "sent, without acknowledgement")


def _judged(error: Exception) -> RefusedError | UnansweredError:
    if not isinstance(error, aiomqtt.MqttCodeError):
        return UnansweredError(type(error).__name__, f"The broker cannot be reached: {error}")
    code = getattr(error.rc, "value", error.rc)
    if code in REFUSED:
        return RefusedError(f"MQTT{code}", f"The broker refuses user or password: {error}")
    return UnansweredError("MqttError", f"The broker does not take it: {error}")
