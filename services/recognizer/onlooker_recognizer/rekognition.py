"""Asks Rekognition what a picture shows: all that is wanted of it at the same time."""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import structlog
from botocore.exceptions import ClientError

from onlooker_recognizer.calls import Calls
from onlooker_recognizer.permissions import DENIED, Permissions, denial
from onlooker_recognizer.questions import Question, Questions
from onlooker_shared.recognition import Feature, Missing

if TYPE_CHECKING:
    from types_aiobotocore_rekognition.type_defs import ImageTypeDef

log = structlog.stdlib.get_logger(__name__)


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
        calls: how it is called.
        questions: what is asked to learn what.
        permissions: is told of calls that are denied.
    """

    def __init__(self, calls: Calls, *, questions: Questions, permissions: Permissions) -> None:
        self._calls = calls
        self._questions = questions
        self._permissions = permissions

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
            denied=tuple(denial(question.operation, each) for question, _ in denials for each in question.features),
        )

    async def _unless_denied(self, question: Question, image: "ImageTypeDef") -> dict[str, Any] | ClientError:
        """Return the answer, or the error that denies it."""
        try:
            return await self._calls.call(question.operation, {"Image": image, **question.parameters})
        except ClientError as error:
            if error.response["Error"]["Code"] not in DENIED:
                raise
            self._permissions.doubt(question.operation)
            log.warning("rekognition.denied", operation=question.operation, error=str(error))
            return error
