"""Decides of each picture who is told of it."""

from collections.abc import Callable, Collection

from onlooker_notifier import notices
from onlooker_notifier.conditions import facts
from onlooker_notifier.conditions.facts import Facts
from onlooker_notifier.deciding.deciding import Deciding
from onlooker_notifier.notices import Notice
from onlooker_notifier.rules.model import Rule
from onlooker_notifier.rules.rulebook import Rulebook
from onlooker_notifier.watching.absences import Absences
from onlooker_shared.errors import NotFoundError, Reject
from onlooker_shared.messages import ImageFailed, ImageRecognized, decode
from onlooker_shared.outages import Outages
from onlooker_shared.results import Results


def decode_event(body: str) -> ImageRecognized | ImageFailed:
    """Return the message in a body of the notifier's queue.

    Raises:
        pydantic.ValidationError: it is no message of Onlooker.
        Reject: it is a message that is not for the notifier.
    """
    message = decode(body)
    if not isinstance(message, ImageRecognized | ImageFailed):
        raise Reject(f"The notifier takes image.recognized.v1 and image.failed.v1, not {message.type}.")
    return message


class Handler:
    """Handles the notifier queue's messages, each of which may come twice.

    Args:
        rulebook: the rules.
        results: what was recognized, where it was too much for the message.
        deciding: decides who is told.
        absences: notes what rules wait for.
        wake: called with the rules for which something was gathered.
        outages: how long to rest while AWS does not answer.
    """

    def __init__(
        self,
        *,
        rulebook: Rulebook,
        results: Results,
        deciding: Deciding,
        absences: Absences,
        wake: Callable[[Collection[Rule]], None],
        outages: Outages,
    ) -> None:
        self._rulebook = rulebook
        self._results = results
        self._deciding = deciding
        self._absences = absences
        self._wake = wake
        self._outages = outages

    async def handle(self, message: ImageRecognized | ImageFailed) -> None:
        """Have it decided who is told of a picture; in DynamoDB when this returns.

        Raises:
            RetryLater: AWS does not answer.
            Reject: the message points to a result that is gone.
        """
        with self._outages.weathered():
            notice, known = await self._looked_at(message)
            rules = await self._rulebook.all()
            await self._absences.note(known, rules)
            self._wake(await self._deciding.decide(notice, known, rules))

    async def _looked_at(self, message: ImageRecognized | ImageFailed) -> tuple[Notice, Facts]:
        """Return what is told of a picture, and what rules are asked about."""
        if isinstance(message, ImageFailed):
            return notices.failed(message.image, message.reason), facts.of_failed(message.image, message.reason)
        try:
            recognition = await self._results.recognition_of(message)
        except NotFoundError as error:
            raise Reject(f"The result that this message points to is gone: {message.result.key}") from error
        return notices.recognized(message.image, recognition), facts.of_recognized(message.image, recognition)
