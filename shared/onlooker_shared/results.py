"""The results bucket: one JSON document a picture, written by the recognizer and read by whoever needs the whole.

results/{image_id}.json    StoredResult: what was recognized, with Rekognition's own answers
failures/{image_id}.json   StoredFailure: why a picture can never be recognized
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError
from pydantic import BaseModel, ConfigDict

from onlooker_shared.errors import NotFoundError
from onlooker_shared.images import ImageRef
from onlooker_shared.messages import ImageFailed, ImageIdentified, ImageRecognized, ObjectRef, RecognitionMessage
from onlooker_shared.objects import ANY, exists, is_missing, is_overtaken
from onlooker_shared.recognition import Recognition

if TYPE_CHECKING:
    from types_aiobotocore_s3 import S3Client

RESULTS = "results/"
FAILURES = "failures/"


class StoredResult(BaseModel):
    """Everything that is known about a recognized picture."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)  # errors are logged, faces not

    image: ImageRef
    recognition: Recognition
    rekognition: dict[str, Any]
    """The answers of Rekognition as they came, by operation: the audit trail."""
    traceparent: str | None = None

    def message(self, results_bucket: str) -> ImageRecognized:
        """Return the message that announces this result."""
        return ImageRecognized(
            image=self.image,
            result=ObjectRef(bucket=results_bucket, key=result_key(self.image.image_id)),
            recognition=self.recognition,
            traceparent=self.traceparent,
        )

    def identified(self, results_bucket: str) -> ImageIdentified:
        """Return the message that announces that who is in the picture was settled anew."""
        return ImageIdentified(
            image=self.image,
            result=ObjectRef(bucket=results_bucket, key=result_key(self.image.image_id)),
            recognition=self.recognition,
            traceparent=self.traceparent,
        )


class StoredFailure(BaseModel):
    """Why a picture was not recognized and never will be."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    image: ImageRef
    reason: str
    failed_at: datetime | None = None
    """UTC; failures from before there was this field have none."""
    traceparent: str | None = None

    def message(self) -> ImageFailed:
        """Return the message that announces this failure."""
        return ImageFailed(image=self.image, reason=self.reason, traceparent=self.traceparent)


@dataclass(frozen=True, slots=True)
class Known:
    """A result as it was looked at."""

    result: StoredResult
    etag: str
    """By which it is told whether it still is so."""


Revision = Callable[[StoredResult], Awaitable[StoredResult]]
"""Returns what a result is to be, of what it is; may be asked again."""


def result_key(image_id: str) -> str:
    """Return the key of a picture's result."""
    return f"{RESULTS}{image_id}.json"


def failure_key(image_id: str) -> str:
    """Return the key of a picture's failure."""
    return f"{FAILURES}{image_id}.json"


class Results:
    """Reads and writes the results bucket."""

    def __init__(self, s3: "S3Client", bucket: str) -> None:
        self._s3 = s3
        self.bucket = bucket

    async def put(self, result: StoredResult) -> None:
        """Store a result; storing it again changes nothing but the time."""
        await self._put(result_key(result.image.image_id), result)

    async def put_failure(self, failure: StoredFailure) -> None:
        """Store a failure."""
        await self._put(failure_key(failure.image.image_id), failure)

    async def note_upload(self, image: ImageRef) -> StoredResult:
        """Have a picture's result name this upload if it is later than the one that it names; return it as it is then.

        Raises:
            NotFoundError: there is no result.
        """

        async def later(known: StoredResult) -> StoredResult:
            return known if image.moment <= known.image.moment else known.model_copy(update={"image": image})

        return await self.revise(image.image_id, later)

    async def revise(self, image_id: str, change: Revision) -> StoredResult:
        """Have a picture's result be otherwise, and return it as it is then.

        What was stored of the picture meanwhile is not undone: then it is looked at anew how that is to be.

        Args:
            image_id: which picture.
            change: returns what is to be in place of what is stored; the same, and nothing is stored.

        Raises:
            NotFoundError: there is no result (any more).
        """
        while True:
            known = await self._look(image_id)
            wanted = await change(known.result)
            if wanted == known.result or await self.replace(wanted, known):
                return wanted  # else somebody was faster: look again

    async def replace(self, result: StoredResult, known: Known | None) -> bool:
        """Store a result if what is stored of its picture is still what was looked at; return whether it was.

        Args:
            result: what is to be stored.
            known: what was looked at; None: that there was nothing.
        """
        condition = {"IfNoneMatch": ANY} if known is None else {"IfMatch": known.etag}
        try:
            await self._put(result_key(result.image.image_id), result, **condition)
        except ClientError as error:
            if not is_overtaken(error):
                raise
            return False
        return True

    async def look(self, image_id: str) -> Known | None:
        """Return a picture's result, to be replaced by what is decided by it; None if there is none."""
        try:
            return await self._look(image_id)
        except NotFoundError:
            return None

    async def get(self, image_id: str) -> StoredResult:
        """Return a picture's result.

        Raises:
            NotFoundError: there is none.
        """
        return (await self._look(image_id)).result

    async def exists(self, image_id: str) -> bool:
        """Whether a picture has a result: one that was deleted has none, and nothing that is made of a result stays."""
        return await exists(self._s3, self.bucket, result_key(image_id))

    async def get_failure(self, image_id: str) -> StoredFailure:
        """Return a picture's failure.

        Raises:
            NotFoundError: there is none.
        """
        text, _ = await self._get(failure_key(image_id), image_id)
        return StoredFailure.model_validate_json(text)

    async def delete_failure(self, image_id: str) -> None:
        """Delete a picture's failure, if there is one."""
        await self._s3.delete_object(Bucket=self.bucket, Key=failure_key(image_id))

    async def recognition_of(self, message: RecognitionMessage) -> Recognition:
        """Return what a message announces: from the message itself, or from the bucket if it was too large for it.

        Raises:
            NotFoundError: the message only points, and what it points to is gone.
        """
        return message.recognition or (await self.get(message.image.image_id)).recognition

    async def _look(self, image_id: str) -> Known:
        text, etag = await self._get(result_key(image_id), image_id)
        return Known(StoredResult.model_validate_json(text), etag)

    async def _put(self, key: str, document: StoredResult | StoredFailure, **condition: Any) -> None:
        await self._s3.put_object(
            Bucket=self.bucket,
            Key=key,
            Body=document.model_dump_json(exclude_none=True).encode(),
            ContentType="application/json",
            **condition,
        )

    async def _get(self, key: str, image_id: str) -> tuple[bytes, str]:
        """Return an object's bytes and its ETag."""
        try:
            answer = await self._s3.get_object(Bucket=self.bucket, Key=key)
        except ClientError as error:
            if is_missing(error):
                raise NotFoundError(f"Nothing is known about a picture with the id {image_id} (yet).") from error
            raise
        async with answer["Body"] as body:
            return await body.read(), answer["ETag"]
