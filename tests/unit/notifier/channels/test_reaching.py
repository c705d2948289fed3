"""Whoever is not reached is told in words why, whatever a library made of it."""

import asyncio
import socket
import ssl

import pytest

from onlooker_notifier.channels.reaching import first_that_opens, why_unreached


def wrapped(cause: BaseException) -> Exception:
    """An error as libraries raise it: with words of its own, and "from None"."""
    error = RuntimeError("All connection attempts failed")
    error.__context__, error.__suppress_context__ = cause, True
    return error


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ConnectionRefusedError(111, "Connect call failed"), "nobody listens at this port (connection refused)."),
        (OSError(113, "No route to host"), "No route to host."),
        (socket.gaierror(-2, "Name or service not known"), "Name or service not known."),
        (TimeoutError(), "it does not answer."),
        (asyncio.CancelledError(), "All connection attempts failed"),
        (
            ssl.SSLError(1, "wrong version number"),
            "no TLS connection could be made (wrong version number). Does it speak TLS at this port?",
        ),
        (ValueError(""), "All connection attempts failed"),
    ],
)
def test_why_somebody_was_not_reached(error: BaseException, words: str) -> None:
    assert why_unreached(wrapped(error)) == words


def test_an_error_without_words_has_its_name() -> None:
    assert why_unreached(ConnectionResetError()) == "ConnectionResetError"


async def test_the_addresses_of_a_name_are_tried_until_one_opens() -> None:
    tried: list[str] = []

    async def connect(address: str) -> str:
        tried.append(address)
        if address != "192.0.2.2":
            raise OSError(f"not at {address}")
        return address

    assert await first_that_opens(["192.0.2.1", "192.0.2.2", "192.0.2.3"], connect, OSError) == "192.0.2.2"
    assert tried == ["192.0.2.1", "192.0.2.2"]
    with pytest.raises(OSError, match=r"not at 192\.0\.2\.4"):
        await first_that_opens(["192.0.2.3", "192.0.2.4"], connect, OSError)
