"""How the other side is reached, at whatever of its addresses, and why it is not, in words."""

import contextlib
import ssl
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import TypeVar

from onlooker_shared.errors import describe

UNKNOWN_AUTHORITY = frozenset({2, 18, 19, 20, 21})
"""OpenSSL's X509_V_ERR_* of certificates that nobody who is trusted has signed, as far as can be seen."""
OWN_AUTHORITY = (
    "If an authority of your own has signed it, name the file of that authority in ONLOOKER_NOTIFIER_CA_FILE."
)

T = TypeVar("T")


async def first_that_opens(
    addresses: Sequence[str], connect: Callable[[str], Awaitable[T]], *failures: type[Exception]
) -> T:
    """Connect to the first address at which that is possible: a name may have some at which nobody listens.

    Args:
        addresses: at least one, in their order.
        connect: to one of them; must not have sent anything when it fails.
        failures: what it raises where it is not possible. That of the last address is raised.
    """
    *others, last = addresses
    for address in others:
        with contextlib.suppress(*failures):
            return await connect(address)
    return await connect(last)


def why_unreached(error: Exception) -> str:
    """Return why somebody was not reached, in words that say what to do about it.

    Args:
        error: of any library that connects. They wrap, or forget to mention, what happened below them.
    """
    causes = [each for each in _causes(error) if isinstance(each, Exception)]  # else what a time-out has cancelled
    for each in causes:
        if isinstance(each, ssl.SSLCertVerificationError):
            return _certificate(each)
    for each in causes:
        if isinstance(each, ssl.SSLError):
            what = getattr(each, "reason", None) or each.strerror  # OpenSSL's own errors alone have a reason
            return f"no TLS connection could be made ({what}). Does it speak TLS at this port?"
    if any(isinstance(each, ConnectionRefusedError) for each in causes):
        return "nobody listens at this port (connection refused)."
    deepest = causes[-1]
    if isinstance(deepest, OSError) and deepest.strerror:
        return f"{deepest.strerror}."
    if isinstance(deepest, TimeoutError):
        return "it does not answer."
    return str(error) or describe(deepest)


def _certificate(error: ssl.SSLCertVerificationError) -> str:
    advice = f" {OWN_AUTHORITY}" if error.verify_code in UNKNOWN_AUTHORITY else ""
    return f"its certificate is not accepted: {error.verify_message.rstrip('.')}.{advice}"


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error and what is below it, also where somebody raised it "from None"."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
