"""Amazon Rekognition, or whatever answers at AWS_ENDPOINT_URL_REKOGNITION.

Each call waits for its turn, is counted, and is tried a few times here if it is refused for being too fast or the
connection broke: botocore's own retries are off for this client, because they know neither turns nor counts.
"""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import structlog
from botocore import xform_name
from botocore.exceptions import BotoCoreError, ClientError

from onlooker_recognizer.errors import PictureRefusedError
from onlooker_recognizer.metrics import CALL_SECONDS, CALLS, COST
from onlooker_recognizer.permissions import DENIED, Permissions
from onlooker_recognizer.questions import Question, Questions
from onlooker_recognizer.rates import Pace
from onlooker_shared.errors import RetryLater
from onlooker_shared.outages import is_outage
from onlooker_shared.recognition import Feature, Missing

if TYPE_CHECKING:
    from types_aiobotocore_rekognition import RekognitionClient
    from types_aiobotocore_rekognition.type_defs import ImageTypeDef

log = structlog.stdlib.get_logger(__name__)

THROTTLED = frozenset({"ThrottlingException", "ProvisionedThroughputExceededException"})
REFUSED = frozenset({"InvalidImageFormatException", "ImageTooLargeException"})
THROTTLED_TRIES = 5
"""Tries of a throttled call; the waits between them add up to a few seconds, well within a message's time-out."""
BROKEN_TRIES = 2
"""Tries of a call that did not get through: a second one mends a connection that had been idle for too long."""
BACKOFF, BACKOFF_CAP = 0.2, 5.0
"""Seconds."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What Rekognition said about one picture."""

    by_operation: dict[str, dict[str, Any]]
    """As botocore parses it."""
    features: tuple[Feature, ...]
    """What was answered."""
    denied: tuple[Missing, ...] = ()
    """What was not."""


class Rekognition:
    """Asks Rekognition about pictures.

    Args:
        client: the process's client, made without retries.
        questions: what is asked to learn what.
        paces: how fast each operation may be called, by its name.
        permissions: is told of calls that are denied.
        sleep: how to wait.
        jitter: how much of a wait between tries is kept, 0 to 1, so that many callers do not come back as one.
    """

    def __init__(
        self,
        client: "RekognitionClient",
        *,
        questions: Questions,
        paces: Mapping[str, Pace],
        permissions: Permissions,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._client = client
        self._questions = questions
        self._paces = paces
        self._permissions = permissions
        self._sleep = sleep
        self._jitter = jitter

    async def recognize(self, image: "ImageTypeDef", features: Collection[Feature]) -> Answers:
        """Return what a picture shows of some features, asked for at the same time.

        A feature that is denied to this installation is told of as such, and takes no other with it.

        Raises:
            PictureRefusedError: Rekognition cannot read the picture.
            RetryLater: it is asked too much, by whomever.
            botocore.exceptions.BotoCoreError: it cannot be reached.
            botocore.exceptions.ClientError: any other answer; denied, if every feature is.
        """
        questions = self._questions.about(features)
        asked = [asyncio.ensure_future(self._unless_denied(question, image)) for question in questions]
        try:
            answers = await asyncio.gather(*asked)
        finally:
            for call in asked:  # when one fails, the others' answers are of no use any more
                call.cancel()
        pairs = list(zip(questions, answers, strict=True))
        given = {question.operation: answer for question, answer in pairs if not isinstance(answer, ClientError)}
        denials = [(question, answer) for question, answer in pairs if isinstance(answer, ClientError)]
        if denials and not given:
            raise denials[0][1]  # which is worth trying again: nothing is known of the picture
        return Answers(
            by_operation=given,
            features=tuple(each for question in questions if question.operation in given for each in question.features),
            denied=tuple(_denied(question, each) for question, _ in denials for each in question.features),
        )

    async def _unless_denied(self, question: Question, image: "ImageTypeDef") -> dict[str, Any] | ClientError:
        """Return the answer, or the error that denies it."""
        try:
            return await self._call(question, image)
        except ClientError as error:
            if error.response["Error"]["Code"] not in DENIED:
                raise
            self._permissions.doubt(question.operation)
            log.warning("rekognition.denied", operation=question.operation, error=str(error))
            return error

    async def _call(self, question: Question, image: "ImageTypeDef") -> dict[str, Any]:
        operation = question.operation
        throttled = broken = 0
        while True:
            await self._paces[operation].turn()
            try:
                return await self._ask_once(question, image)
            except _ThrottledError as error:
                self._paces[operation].refused()
                throttled += 1
                if throttled == THROTTLED_TRIES:
                    raise RetryLater(f"Rekognition refuses {operation} as too fast: {error}") from error
            except (BotoCoreError, ClientError) as error:
                broken += 1
                if not is_outage(error) or broken == BROKEN_TRIES:
                    raise
            await self._sleep(self._jitter() * min(BACKOFF_CAP, BACKOFF * 2.0 ** (throttled + broken)))

    async def _ask_once(self, question: Question, image: "ImageTypeDef") -> dict[str, Any]:
        ask = getattr(self._client, xform_name(question.operation))
        outcome = "failed"
        started = time.perf_counter()
        try:
            answer: dict[str, Any] = await ask(Image=image, **question.parameters)
            outcome = "ok"
            COST.inc(question.price)
        except ClientError as error:
            code, text = error.response["Error"]["Code"], error.response["Error"].get("Message", "")
            if code in THROTTLED:
                outcome = "throttled"
                raise _ThrottledError(text) from error
            if code in REFUSED:
                outcome = "refused"
                raise PictureRefusedError(f"Rekognition cannot read the picture: {text}") from error
            if code in DENIED:
                outcome = "denied"
            raise
        finally:
            CALLS.labels(question.operation, outcome).inc()
            CALL_SECONDS.labels(question.operation).observe(time.perf_counter() - started)
        answer.pop("ResponseMetadata", None)
        return answer


def _denied(question: Question, feature: Feature) -> Missing:
    """Return what is said of a feature whose call was denied; Amazon's own words name the role, and are logged."""
    return Missing(feature=feature, reason=f"Rekognition's {question.operation} is not allowed or not offered here.")


class _ThrottledError(Exception):
    """Rekognition refused a call for being too fast."""
