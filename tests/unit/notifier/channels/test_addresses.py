"""Channels reach no address that only this machine, its network or its cloud can reach, however it is written."""

from collections.abc import Sequence

import pytest

from onlooker_notifier.channels.addresses import Guard, why_not
from onlooker_notifier.channels.message import RefusedError, UnansweredError

PRIVATE = ["10.0.0.1", "172.16.5.4", "192.168.1.1", "127.0.0.1", "100.64.0.1", "::1", "fd00::1", "0.1.2.3", "fec0::1"]
CLOUDS = ["169.254.169.254", "169.254.170.2", "fd00:ec2::254", "fd20:ce::254", "100.100.100.200", "192.0.0.192"]
NEVER = [*CLOUDS, "fe80::1", "fe80::1%eth0", "224.0.0.1", "ff02::1", "0.0.0.0", "::"]
DISGUISED = [
    "::127.0.0.1",
    "::ffff:0:127.0.0.1",
    "64:ff9b:1::7f00:1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "2002:7f00:1::",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
]
PUBLIC = ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946", "64:ff9b::5db8:d822"]


@pytest.mark.parametrize("address", [*PRIVATE, *NEVER, *DISGUISED])
def test_what_is_not_public_is_refused(address: str) -> None:
    assert why_not(address, allow_private=False)


@pytest.mark.parametrize("address", PUBLIC)
def test_what_is_public_is_not(address: str) -> None:
    assert why_not(address, allow_private=False) is None


def test_private_ones_can_be_allowed_and_those_that_give_credentials_cannot() -> None:
    assert [address for address in PRIVATE if why_not(address, allow_private=True)] == []
    assert [address for address in NEVER if why_not(address, allow_private=True)] == NEVER
    assert why_not("::ffff:169.254.169.254", allow_private=True)


async def test_one_private_address_among_public_ones_refuses_the_name() -> None:
    async def lookup(host: str, port: int) -> Sequence[str]:
        return ["93.184.216.34", "10.0.0.1"]

    with pytest.raises(RefusedError, match=r"evil\.example is at 10.0.0.1.*ONLOOKER_NOTIFIER_ALLOW_PRIVATE"):
        await Guard(lookup=lookup).addresses("evil.example", 443)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1", "2130706433", "0x7f000001", "localhost", "[::1]".strip("[]")])
async def test_every_way_to_write_this_machine_is_refused(host: str) -> None:
    with pytest.raises((RefusedError, UnansweredError)):
        await Guard().addresses(host, 80)


async def test_a_name_that_nobody_has_may_be_there_later() -> None:
    async def lookup(host: str, port: int) -> Sequence[str]:
        raise OSError("Name or service not known")

    with pytest.raises(UnansweredError, match="cannot be looked up"):
        await Guard(lookup=lookup).addresses("nobody.example", 443)
