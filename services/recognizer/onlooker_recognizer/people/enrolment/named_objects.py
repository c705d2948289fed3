"""Reads whom an object of the faces bucket names: its tags may change without another event."""

from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from onlooker_recognizer.errors import PictureGoneError
from onlooker_recognizer.people.enrolment.tags import Named, named
from onlooker_shared.images import ImageRef
from onlooker_shared.objects import how_gone, version_of
from onlooker_shared.telemetry.tracing import from_headers

if TYPE_CHECKING:
    from types_aiobotocore_s3 import S3Client


class NamedObjects:
    """Looks at objects.

    Args:
        s3: the process's client.
    """

    def __init__(self, s3: "S3Client") -> None:
        self._s3 = s3

    async def look(self, image: ImageRef) -> tuple[Named | None, str | None]:
        """Return whom an object names, None where it says nothing (yet), and the trace that its upload began.

        Raises:
            PictureGoneError: it was deleted or overwritten.
        """
        version: dict[str, Any] = {"VersionId": image.version_id} if image.version_id else {}
        try:
            metadata = (await self._s3.head_object(**version_of(image)))["Metadata"]
            answer = await self._s3.get_object_tagging(Bucket=image.bucket, Key=image.key, **version)
        except ClientError as error:
            how = how_gone(error)
            raise (PictureGoneError(how) if how is not None else error) from None
        tags = {tag["Key"]: tag["Value"] for tag in answer["TagSet"]}
        return named(image.key, tags, metadata), from_headers(metadata)
