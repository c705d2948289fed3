"""What becomes of a message after its handler ran: a pure decision, applied by the settler."""

from collections.abc import Callable
from dataclasses import dataclass

from pydantic import ValidationError

from onlooker_shared.errors import Reject, RetryLater

MAX_DELAY = 43_200.0
"""Seconds: the longest visibility time-out that SQS takes (12 hours)."""


@dataclass(frozen=True, slots=True)
class Done:
    """Delete the message."""


@dataclass(frozen=True, slots=True)
class Retry:
    """Show the message again after `delay` seconds; `pause` the whole consumer for as long if asked."""

    delay: float
    reason: str
    pause: bool = False


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """Move the message to the dead-letter queue with the reason."""

    reason: str


Outcome = Done | Retry | DeadLetter


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often and how fast failed work is tried again.

    The delay before attempt n + 1 is drawn evenly from 0 to ``min(cap, base * 2**(n - 1))`` ("full jitter", AWS
    Architecture Blog, "Exponential Backoff And Jitter", 2015), but is never under a second, so that a crowd of
    failures does not come back as a crowd.
    """

    attempts: int = 5
    """Tries of work that fails by an unexpected error."""
    last_receive: int = 50
    """The receive after which SQS's own redrive would move the message without a reason: ours comes first."""
    base: float = 2.0
    cap: float = 120.0

    def backoff(self, attempt: int, random: Callable[[], float]) -> float:
        """Return the seconds to wait after the given attempt (1, 2, ...); `random` returns 0..1."""
        return max(1.0, random() * min(self.cap, self.base * 2.0 ** min(attempt - 1, 16)))

    def judge(self, error: Exception | None, attempt: int, random: Callable[[], float]) -> Outcome:
        """Return what becomes of a message whose handler raised `error` (None: returned) at this attempt."""
        match error:
            case None:
                return Done()
            case Reject(reason=reason):
                return DeadLetter(reason)
            case ValidationError():
                return DeadLetter(f"Not a message that this queue takes: {_first_fault(error)}")
            case RetryLater(reason=reason, delay=delay, pause=pause) if attempt < self.last_receive:
                wait = self.backoff(attempt, random) if delay is None else delay
                return Retry(min(wait, MAX_DELAY), reason, pause)
            case RetryLater(reason=reason):
                return DeadLetter(f"Gave up after {attempt} attempts: {reason}")
            case _ if attempt < self.attempts:
                return Retry(self.backoff(attempt, random), describe(error))
            case _:
                return DeadLetter(f"Failed {attempt} times, last: {describe(error)}")


def describe(error: BaseException) -> str:
    """Return an error as one line: its type and text."""
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def _first_fault(error: ValidationError) -> str:
    fault = error.errors(include_url=False, include_input=False)[0]
    place = ".".join(str(part) for part in fault["loc"])
    return f"{place}: {fault['msg']}" if place else fault["msg"]
