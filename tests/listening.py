"""On which addresses processes listen, as the Linux kernel tells it."""

import ipaddress
import sys
from collections.abc import Iterable
from pathlib import Path

LISTEN = "0A"
"""The state of a listening socket in /proc/net/tcp (include/net/tcp_states.h)."""


def listening_addresses(pids: Iterable[int]) -> set[str]:
    """Return the addresses that processes accept TCP connections on."""
    return {address for pid in pids for address in _of(pid)}


def _of(pid: int) -> set[str]:
    process = Path(f"/proc/{pid}")
    held = {link.readlink().name for link in (process / "fd").iterdir() if link.is_symlink()}
    return {
        _address(fields[1])
        for table in ("tcp", "tcp6")
        for fields in map(str.split, (process / "net" / table).read_text().splitlines()[1:])
        if fields[3] == LISTEN and f"socket:[{fields[9]}]" in held
    }


def _address(field: str) -> str:
    """Return an address of /proc/net/tcp, which is hexadecimal in words of the machine's byte order."""
    digits = bytes.fromhex(field.partition(":")[0])
    words = [digits[start : start + 4] for start in range(0, len(digits), 4)]
    return str(ipaddress.ip_address(b"".join(word[::-1] if sys.byteorder == "little" else word for word in words)))
