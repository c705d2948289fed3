"""Where a channel may connect to: whoever may write channels must not reach what only this machine can.

A name is looked up once and every address that it has is judged; the connection then goes to an address that was
judged, so that a name server which answers otherwise the second time gains nothing.
"""

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from onlooker_notifier.channels.message import RefusedError, UnansweredError
from onlooker_notifier.channels.reaching import why_unreached

IPV4 = 4
LOOKUP_TIMEOUT = 5.0
"""Seconds."""
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
"""RFC 6052: the last four bytes are an IPv4 address."""
GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
"""All of IPv6 that IANA gives out (RFC 4291). Python calls more of it global: fec0::1, ::7f00:1."""
OF_CLOUDS = tuple(
    map(ipaddress.ip_network, ("169.254.0.0/16", "fd00:ec2::/32", "fd20:ce::/32", "100.100.100.200", "192.0.0.192"))
)
"""Where cloud providers (AWS, Google, Alibaba, Oracle) give credentials to whoever asks."""

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Lookup = Callable[[str, int], Awaitable[Sequence[str]]]
"""Returns the addresses of a name, in the order in which they should be tried; raises OSError if it has none."""


async def system_lookup(host: str, port: int) -> Sequence[str]:
    """Ask the system's resolver."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


@dataclass(frozen=True, slots=True)
class Guard:
    """Says to which addresses channels connect.

    Args:
        allow_private: whether to private and loopback ones, too. Link-local ones, and those at which clouds give out
            credentials, are never connected to: no receiver is there.
        lookup: how names are looked up.
    """

    allow_private: bool = False
    lookup: Lookup = system_lookup

    async def addresses(self, host: str, port: int) -> Sequence[str]:
        """Return the addresses of a host, each of which may be connected to; at least one.

        Raises:
            RefusedError: one of them may not be.
            UnansweredError: the name cannot be looked up now.
        """
        try:
            async with asyncio.timeout(LOOKUP_TIMEOUT):
                found = await self.lookup(host, port)
        except (OSError, UnicodeError, TimeoutError) as error:
            why = why_unreached(error)
            raise UnansweredError("NameNotFound", f"The name {host} cannot be looked up: {why}") from error
        for text in found:
            fault = why_not(text, allow_private=self.allow_private)
            if fault is not None:
                raise RefusedError("AddressNotAllowed", f"{host} is at {text}, {fault}")
        if not found:
            raise UnansweredError("NameNotFound", f"The name {host} has no address.")
        return found


def why_not(text: str, *, allow_private: bool) -> str | None:
    """Return why an address must not be connected to; None if it may be."""
    address = _innermost(ipaddress.ip_address(text.partition("%")[0]))
    if address.is_multicast or address.is_link_local or address.is_unspecified:
        return "a multicast, link-local or empty address, to which channels never connect."
    if any(address in each for each in OF_CLOUDS):
        return "an address of the cloud's own, to which channels never connect."
    if allow_private or (address.is_global and (address.version == IPV4 or address in GLOBAL_UNICAST)):
        return None
    return (
        "which is not a public address. Where channels are to reach your own network, set"
        " ONLOOKER_NOTIFIER_ALLOW_PRIVATE=true."
    )


def _innermost(address: Address) -> Address:
    """Return the IPv4 address that an IPv6 one leads to, if it does: ::ffff:127.0.0.1 is 127.0.0.1."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in NAT64:
        return ipaddress.IPv4Address(address.packed[-4:])
    return address.ipv4_mapped or address.sixtofour or address
