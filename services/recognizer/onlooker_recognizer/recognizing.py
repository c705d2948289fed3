"""Turns a picture's bytes into a result: prepares it, asks Rekognition, translates the answers, says who is in it."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from onlooker_recognizer import translation
from onlooker_recognizer.conversion import Frame
from onlooker_recognizer.costs.budget import waiting
from onlooker_recognizer.errors import PictureRefusedError
from onlooker_recognizer.originals import Originals
from onlooker_recognizer.people.identification.identifying import Identifying, Likenesses
from onlooker_recognizer.people.registry.records import Sighting
from onlooker_recognizer.pictures import MIN_SIDE, Pictures, Prepared
from onlooker_recognizer.rekognition import Answers, Rekognition
from onlooker_shared.images import ImageRef
from onlooker_shared.recognition import Feature, Missing, Recognition
from onlooker_shared.results import StoredResult
from onlooker_shared.telemetry.tracing import current_traceparent

if TYPE_CHECKING:
    from types_aiobotocore_rekognition.type_defs import ImageTypeDef

PADDED = Missing(
    feature="properties",
    reason=f"The picture has a side under {MIN_SIDE} pixels, and the grey around it that is sent would be counted.",
)


PARTS = {
    "labels": ("labels", "label_model_version"),
    "properties": ("properties",),
    "text": ("text", "text_model_version"),
    "moderation": ("moderation", "moderation_model_version"),
}
"""Of a recognition: what each feature that is not about faces fills in."""


@dataclass(frozen=True, slots=True)
class Found:
    """What Rekognition says of a picture: all that costs money."""

    image: ImageRef
    recognition: Recognition
    likenesses: Likenesses | None
    """If people are looked for."""
    rekognition: dict[str, Any]
    """Its answers, by operation."""


@dataclass(frozen=True, slots=True)
class Recognized:
    """What is to be stored of a picture."""

    result: StoredResult
    sightings: tuple[Sighting, ...] = ()
    """To be recorded after it."""


class Recognizing:
    """Has pictures recognized.

    Args:
        originals: where pictures are.
        pictures: looks into them.
        rekognition: recognizes them.
        features: what is looked for.
        identifying: says who is in them; used if people are looked for.
        clock: the time, UTC.
    """

    def __init__(
        self,
        *,
        originals: Originals,
        pictures: Pictures,
        rekognition: Rekognition,
        features: Sequence[Feature],
        identifying: Identifying,
        clock: Callable[[], datetime],
    ) -> None:
        self._originals = originals
        self._pictures = pictures
        self._rekognition = rekognition
        self._features = features
        self._identifying = identifying
        self._clock = clock

    async def find(
        self,
        image: ImageRef,
        data: bytes,
        *,
        started_at: datetime,
        only: Sequence[Feature] = (),
        held: Sequence[Feature] = (),
    ) -> Found:
        """Return what a picture shows, and whom its faces are like.

        Args:
            image: which it is.
            data: its bytes.
            started_at: when it was taken up.
            only: features to look for; empty: all that are switched on.
            held: those that wait for the budget.

        Raises:
            PictureRefusedError: it can never be recognized.
            PictureGoneError: it was deleted or overwritten before Rekognition had fetched it.
            RetryLater: Rekognition is asked too much.
            UnavailableError: faces are being put into a new collection, or DynamoDB is overrun.
            botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError: AWS does not answer, or refuses.
        """
        picture = await self._pictures.prepare(data)
        wanted = [feature for feature in only or self._features if feature not in held]
        unfit = _unfit(picture, wanted)
        features = [feature for feature in wanted if feature not in {missing.feature for missing in unfit}]
        if picture.body is not None:
            answers = await self._rekognition.recognize({"Bytes": picture.body}, features)
        else:
            answers = await self._by_reference(image, features)
        recognition = translation.recognition(
            picture,
            answers.by_operation,
            features=answers.features,
            missing=(*answers.denied, *unfit, *waiting(held)),
            started_at=started_at,
            recognized_at=self._clock(),
        )
        people = await self._identifying.look(image, recognition, data) if "people" in wanted else None
        return Found(image, recognition, people, answers.by_operation)

    async def result(self, found: Found, known: StoredResult | None) -> Recognized:
        """Return what is to be stored of a picture; nothing of it is asked of Rekognition.

        Args:
            found: what Rekognition says of it.
            known: what is stored of it: what somebody said of it holds, and a later upload of the same bytes stays.

        Raises:
            UnavailableError: DynamoDB is overrun.
            botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError: AWS does not answer, or refuses.
        """
        image, recognition, sightings = found.image, found.recognition, tuple[Sighting, ...]()
        if known is not None and known.image.moment > image.moment:
            image = known.image
        if found.likenesses is not None:
            identified = await self._identifying.identify(image, found.likenesses, known)
            recognition, sightings = identified.recognition, identified.sightings
        result = StoredResult(
            image=image, recognition=recognition, rekognition=found.rekognition, traceparent=current_traceparent()
        )
        return Recognized(result, sightings)

    def completed(self, found: Found, known: StoredResult) -> StoredResult:
        """Return what is stored of a picture with what was held back before; of its faces nothing changes."""
        new, old = found.recognition, known.recognition
        looked_for = {*new.features, *(missing.feature for missing in new.missing)}
        recognition = old.model_copy(
            update={
                **{part: getattr(new, part) for feature in new.features for part in PARTS.get(feature, ())},
                "features": tuple(dict.fromkeys((*old.features, *new.features))),
                "missing": (*(each for each in old.missing if each.feature not in looked_for), *new.missing),
                "recognized_at": new.recognized_at,
            }
        )
        return known.model_copy(
            update={"recognition": recognition, "rekognition": {**known.rekognition, **found.rekognition}}
        )

    async def _by_reference(self, image: ImageRef, features: Collection[Feature]) -> Answers:
        """Have Rekognition fetch the object itself; what it says holds only if the object is still the same then."""
        try:
            answers = await self._rekognition.recognize(_reference(image), features)
        except (ClientError, PictureRefusedError):
            await self._originals.confirm(image)
            raise
        await self._originals.confirm(image)
        return answers


def _unfit(picture: Prepared, features: Collection[Feature]) -> tuple[Missing, ...]:
    """Return the features that are not worth asking for, as what is sent is not all the picture's own."""
    return (PADDED,) if "properties" in features and picture.frame != Frame() else ()


def _reference(image: ImageRef) -> "ImageTypeDef":
    if image.version_id is not None:
        return {"S3Object": {"Bucket": image.bucket, "Name": image.key, "Version": image.version_id}}
    return {"S3Object": {"Bucket": image.bucket, "Name": image.key}}
