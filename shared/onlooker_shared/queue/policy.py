"""What becomes of a message after its handler ran: a pure decision, applied by the settler."""

from collections.abc import Callable
from dataclasses import dataclass

from pydantic import ValidationError

from onlooker_shared.errors import Reject, RetryLater, describe

MAX_DELAY = 39_600.0
"""Seconds (11 hours): SQS hides a message for at most 12 hours from its receipt, and the work took some of them."""


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

    The delay before try n + 1 is drawn evenly from 0 to ``min(cap, base * 2**(n - 1))`` ("full jitter", AWS
    Architecture Blog, "Exponential Backoff And Jitter", 2015), but is never under `least`, so that a crowd of
    failures does not come back as a crowd.
    """

    attempts: int = 5
    """Tries of work that fails by an unexpected error. Receives for other reasons do not count as tries: a message
    that waited out the failure of a service, or was handed back by a worker that stopped, has done nothing wrong."""
    last_receive: int = 50
    """The receive after which SQS's own redrive would move the message without a reason: ours comes first."""
    base: float = 2.0
    cap: float = 120.0
    least: float = 1.0

    def backoff(self, attempt: int, random: Callable[[], float]) -> float:
        """Return the seconds to wait after the given attempt (1, 2, ...); `random` returns 0..1."""
        return max(self.least, random() * min(self.cap, self.base * 2.0 ** min(attempt - 1, 16)))

    def judge(self, error: Exception, *, receives: int, failures: int, random: Callable[[], float]) -> Outcome:
        """Return what becomes of a message whose handler raised `error`.

        Args:
            error: what was raised.
            receives: how often SQS has handed the message out, this time included.
            failures: how often its handler failed by an unexpected error, this one included if it is one.
            random: returns 0..1.
        """
        match error:
            case Reject(reason=reason):
                return DeadLetter(reason)
            case ValidationError():
                return DeadLetter(f"Not a message that this queue takes: {_first_fault(error)}")
            case RetryLater(reason=reason, delay=delay, pause=pause) if receives < self.last_receive:
                wait = self.backoff(receives, random) if delay is None else delay
                return Retry(min(max(wait, 0.0), MAX_DELAY), reason, pause)
            case RetryLater(reason=reason):
                return DeadLetter(f"Gave up after {receives} receives: {reason}")
            case _ if failures < self.attempts and receives < self.last_receive:
                return Retry(self.backoff(failures, random), describe(error))
            case _:
                return DeadLetter(f"Failed {failures} times, last: {describe(error)}")


def _first_fault(error: ValidationError) -> str:
    fault = error.errors(include_url=False, include_input=False)[0]
    place = ".".join(str(part) for part in fault["loc"])
    return f"{place}: {fault['msg']}" if place else fault["msg"]
