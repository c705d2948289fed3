"""Has it looked, in one recognizer of however many, whether two people may be one."""

import asyncio
import contextlib
import time
import uuid
from collections.abc import Callable
from datetime import timedelta

import structlog
from botocore.exceptions import ClientError

from onlooker_recognizer.people.suggestions.looking import Looking
from onlooker_recognizer.permissions import DENIED
from onlooker_shared.claims import Claimed, Claims
from onlooker_shared.errors import describe

CLAIM = "people-suggestions"
LEASE = timedelta(minutes=3)
"""How long another recognizer waits for the one that looked last: some of its rounds."""
LOOK_EVERY = 30.0
"""Seconds between two rounds where the last one found nothing left to look at."""
LONGEST_ROUND = LEASE / 2
"""Then the claim is renewed."""
LONGEST_REST = 900.0
"""Seconds between two rounds at most where Rekognition is away; and where it does not allow it."""

log = structlog.stdlib.get_logger(__name__)


class SuggestionsTimer:
    """Has rounds made until stopped: an `onlooker_shared.service.Runs`.

    What keeps failing is logged once, and tried less and less often.

    Args:
        looking: makes the rounds.
        claims: have one recognizer of many do it.
        monotonic: a clock in seconds.
    """

    def __init__(self, looking: Looking, claims: Claims, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._looking = looking
        self._claims = claims
        self._monotonic = monotonic
        self._token = uuid.uuid4().hex
        self._stopped = asyncio.Event()
        self._rest = LOOK_EVERY
        self._failing: str | None = None

    def stop(self) -> None:
        """See `Runs`."""
        self._stopped.set()

    async def run(self) -> None:
        """See `Runs`."""
        rest = LOOK_EVERY  # a process that begins has more urgent things to do
        while not self._stopped.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopped.wait(), rest)
            if not self._stopped.is_set():
                rest = await self.look()

    async def look(self) -> float:
        """Make a round, unless another recognizer makes them; return in how many seconds the next one is due."""
        try:
            if not isinstance(await self._claims.claim(CLAIM, self._token, LEASE), Claimed):
                return LOOK_EVERY
            until = self._monotonic() + LONGEST_ROUND.total_seconds()
            more = await self._looking.round(lambda: self._monotonic() < until and not self._stopped.is_set())
        except Exception as error:  # noqa: BLE001 - nobody waits for it, and the next round begins where this one ended
            return self._failed(error)
        if self._failing is not None:
            log.info("suggestions.looking_again")
        self._rest, self._failing = LOOK_EVERY, None
        return 0.0 if more else LOOK_EVERY

    def _failed(self, error: Exception) -> float:
        """Log a failure that is another one than before; return in how many seconds it is worth another try."""
        code = error.response["Error"]["Code"] if isinstance(error, ClientError) else type(error).__name__
        if code != self._failing:
            log.warning("suggestions.not_looked", error=describe(error))
        self._failing = code
        self._rest = LONGEST_REST if code in DENIED else min(LONGEST_REST, 2 * self._rest)
        return self._rest
