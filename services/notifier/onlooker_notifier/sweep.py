"""Finds results and failures of which nobody decided whom to tell, and sends them to the notifier's own queue."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from onlooker_notifier.conditions.facts import Event
from onlooker_notifier.gathering.gathering import Gathering
from onlooker_shared.messages import ImageFailed, ImageRecognized
from onlooker_shared.queue.sender import Sender
from onlooker_shared.results import FAILURES, RESULTS, Results
from onlooker_shared.service import Swept
from onlooker_shared.sweeping import send_on, stored_ids

if TYPE_CHECKING:
    from types_aiobotocore_s3 import S3Client

NEWS = timedelta(days=7)
"""How old a result may be and still be told: alerts of last month help nobody. It must stay below
`gathering.DECIDED_KEPT`, when decisions are forgotten."""


class Sweeper:
    """Sweeps the results bucket.

    Args:
        s3: the process's client.
        results: the results and failures.
        gathering: knows what was decided.
        sender: sends to the notifier's own queue.
        clock: the time, UTC.
    """

    def __init__(
        self,
        *,
        s3: "S3Client",
        results: Results,
        gathering: Gathering,
        sender: Sender,
        clock: Callable[[], datetime],
    ) -> None:
        self._s3 = s3
        self._results = results
        self._gathering = gathering
        self._sender = sender
        self._clock = clock

    async def sweep(self, older_than: timedelta) -> Swept:
        """Send on every undecided result and failure that was stored longer ago than this, but not before `NEWS`.

        Raises:
            botocore.exceptions.ClientError: S3, SQS or DynamoDB refuses.
        """
        now = self._clock()
        looked_at = sent_on = 0
        prefixes: tuple[tuple[str, Event], ...] = ((RESULTS, "recognized"), (FAILURES, "failed"))
        for prefix, event in prefixes:
            async for image_ids in stored_ids(
                self._s3, self._results.bucket, prefix, since=now - NEWS, until=now - older_than
            ):
                looked_at += len(image_ids)
                undecided = await self._gathering.undecided([(image_id, event) for image_id in image_ids])
                for image_id, _ in sorted(undecided):
                    sent_on += await send_on(self._sender, image_id, self._message(image_id, event))
        return Swept(looked_at, sent_on)

    async def _message(self, image_id: str, event: Event) -> ImageRecognized | ImageFailed:
        if event == "recognized":
            return (await self._results.get(image_id)).message(self._results.bucket)
        return (await self._results.get_failure(image_id)).message()
