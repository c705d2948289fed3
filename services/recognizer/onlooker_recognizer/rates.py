"""Token buckets: how fast an API may be called, and waiting for one's turn.

Amazon refuses calls beyond a rate and takes no note of who waited; asking within the rate is faster than being refused.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable


class TokenBucket:
    """Tokens that come at a steady rate, up to a burst. Pure arithmetic: the caller says what time it is.

    Args:
        rate: tokens a second.
        burst: tokens that an idle bucket holds.
        now: the time to begin with, in seconds of a clock that never goes back.
    """

    def __init__(self, rate: float, burst: float, now: float) -> None:
        self._rate = rate
        self._burst = burst
        self._tokens = burst
        self._as_of = now

    def take(self, now: float) -> float:
        """Take the next token, existing or yet to come, and return in how many seconds it is there.

        Tokens are promised in the order of the calls, so whoever came first goes first.
        """
        self._refill(now)
        self._tokens -= 1
        return max(0.0, -self._tokens / self._rate)

    def drain(self, now: float) -> None:
        """Forget the tokens that are saved: the other side says that they are worth nothing."""
        self._refill(now)
        self._tokens = min(self._tokens, 0.0)

    def _refill(self, now: float) -> None:
        self._tokens = min(self._burst, self._tokens + (now - self._as_of) * self._rate)
        self._as_of = now


class Pace:
    """Makes callers of one API wait for their turn.

    Args:
        rate: calls a second; as many may be made at once after a second of rest.
        clock: seconds that never go back.
        sleep: how to wait.
    """

    def __init__(
        self,
        rate: float,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._clock = clock
        self._sleep = sleep
        self._bucket = TokenBucket(rate, max(1.0, rate), clock())

    async def turn(self) -> None:
        """Return when the next call may be made."""
        wait = self._bucket.take(self._clock())
        if wait > 0:
            await self._sleep(wait)

    def refused(self) -> None:
        """Note that a call was refused for being too fast: no burst until the bucket has filled again."""
        self._bucket.drain(self._clock())
