"""The newest pictures, from the results bucket, as the notifier looks at pictures that come."""

from collections.abc import AsyncIterator
from datetime import datetime
from heapq import nlargest
from typing import TYPE_CHECKING

from onlooker_notifier import notices
from onlooker_notifier.conditions import facts
from onlooker_notifier.conditions.facts import Event, Facts
from onlooker_notifier.notices import Notice
from onlooker_notifier.together import all_of
from onlooker_shared.errors import NotFoundError
from onlooker_shared.objects import list_objects
from onlooker_shared.results import FAILURES, RESULTS, Results
from onlooker_shared.sweeping import image_id_in

if TYPE_CHECKING:
    from types_aiobotocore_s3 import S3Client

MOST_PICTURES = 500
"""Pictures that a rule is tried on at most."""
AT_ONCE = 16
"""Results that are read at the same time."""
LISTED = 100_000
"""Results that are looked through for the newest ones; the bucket has them in no order."""


class Album:
    """The newest pictures.

    Args:
        s3: the process's client.
        results: what was recognized.
    """

    def __init__(self, s3: "S3Client", results: Results) -> None:
        self._s3 = s3
        self._results = results

    async def newest(self, count: int) -> tuple[list[tuple[Notice, Facts]], bool]:
        """Return the newest pictures, newest first, and whether all there are were looked through.

        Raises:
            botocore.exceptions.ClientError: S3 refuses.
        """
        found, complete = await self._listed()
        pictures = await all_of(self._read, nlargest(count, found), at_once=AT_ONCE)
        there = [each for each in pictures if each is not None]
        return sorted(there, key=lambda each: each[0].uploaded_at, reverse=True), complete

    async def _listed(self) -> tuple[list[tuple[datetime, Event, str]], bool]:
        found: list[tuple[datetime, Event, str]] = []
        async for moment, event, image_id in self._entries():
            if len(found) == LISTED:
                return found, False
            found.append((moment, event, image_id))
        return found, True

    async def _entries(self) -> AsyncIterator[tuple[datetime, Event, str]]:
        prefixes: tuple[tuple[str, Event], ...] = ((FAILURES, "failed"), (RESULTS, "recognized"))
        for prefix, event in prefixes:
            async for entry in list_objects(self._s3, self._results.bucket, prefix):
                yield entry["LastModified"], event, image_id_in(entry["Key"], prefix)

    async def _read(self, listed: tuple[datetime, Event, str]) -> tuple[Notice, Facts] | None:
        _, event, image_id = listed
        try:
            if event == "failed":
                failure = await self._results.get_failure(image_id)
                return (
                    notices.failed(failure.image, failure.reason),
                    facts.of_failed(failure.image, failure.reason),
                )
            result = await self._results.get(image_id)
        except NotFoundError:  # deleted since it was listed
            return None
        return (
            notices.recognized(result.image, result.recognition),
            facts.of_recognized(result.image, result.recognition),
        )
