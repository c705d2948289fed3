"""S3 as this service uses it, with S3's errors as the answers they lead to."""

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from onlooker_ingest.addresses import ObjectAddress
from onlooker_ingest.errors import RangeNotSatisfiableError
from onlooker_shared.errors import ConflictError, NotFoundError, PreconditionFailedError, ProblemError, UnavailableError
from onlooker_shared.images import image_id
from onlooker_shared.objects import ANY, delete_if, how_gone, is_missing
from onlooker_shared.outages import UNREACHABLE, is_outage

if TYPE_CHECKING:
    from aiobotocore.response import StreamingBody
    from types_aiobotocore_s3 import S3Client
    from types_aiobotocore_s3.type_defs import GetObjectOutputTypeDef, HeadObjectOutputTypeDef

PASSING = frozenset({"NoSuchBucket", "NoSuchUpload", "RequestTimeout", "SlowDown"})
"""Codes of states that are no caller's fault: an installation that is still being provisioned, an upload that somebody
aborted, too much at once.
"""
CHUNK = 256 * 1024
"""Bytes handed on at once when an object is sent."""


@dataclass(frozen=True, slots=True)
class StoredObject:
    """What S3 says about an object."""

    address: ObjectAddress
    etag: str
    """Quoted, as in HTTP."""
    version_id: str | None
    content_type: str
    size: int
    last_modified: datetime
    """UTC, whole seconds."""

    @property
    def image_id(self) -> str:
        """The id under which everything about this version is stored."""
        return image_id(self.address.bucket, self.address.key, version(self.version_id, self.etag))


@dataclass(frozen=True, slots=True)
class OpenObject:
    """An object whose bytes are on their way. Close it, whether or not they were read."""

    stored: StoredObject
    content_range: str | None
    """Set if only a part comes (206)."""
    length: int
    """Bytes that come."""
    body: "StreamingBody"

    async def chunks(self) -> AsyncIterator[bytes]:
        """Yield the bytes as they come."""
        async for chunk in self.body.iter_chunks(CHUNK):
            yield chunk

    def close(self) -> None:
        """Let go of the connection to S3; it is used again if everything was read."""
        self.body.close()


class Objects:
    """Objects in S3, one call each; UnavailableError if S3 does not answer, or not now."""

    def __init__(self, s3: "S3Client") -> None:
        self._s3 = s3

    async def head(self, address: ObjectAddress) -> StoredObject:
        """Return what S3 says about an object.

        Raises:
            NotFoundError: there is none.
        """
        with translated(address):
            answer = await self._s3.head_object(Bucket=address.bucket, Key=address.key)
        return _stored(address, answer, answer["ContentLength"])

    async def open(
        self, address: ObjectAddress, *, byte_range: str | None = None, only_etag: str | None = None
    ) -> OpenObject:
        """Return an object, or a range of it, with its bytes on their way.

        Raises:
            NotFoundError: there is none.
            RangeNotSatisfiableError: the range lies outside of it.
            PreconditionFailedError: it is not (any more) the version with the ETag `only_etag`.
        """
        options: dict[str, Any] = {"Range": byte_range, "IfMatch": only_etag}
        given = {name: value for name, value in options.items() if value is not None}
        with translated(address):
            answer = await self._s3.get_object(Bucket=address.bucket, Key=address.key, **given)
        content_range = answer.get("ContentRange")
        length = answer["ContentLength"]
        size = int(content_range.rpartition("/")[2]) if content_range else length
        return OpenObject(_stored(address, answer, size), content_range, length, answer["Body"])

    async def delete(self, address: ObjectAddress, *, only_etag: str = ANY) -> None:
        """Delete an object: as a whole, though a bucket that keeps versions keeps them, behind a delete marker.

        Args:
            address: which.
            only_etag: delete it only if it is (still) the version with this ETag; S3 looks and deletes in one.

        Raises:
            NotFoundError: there is none.
            PreconditionFailedError: it has another ETag.
        """
        with translated(address):
            try:
                await delete_if(self._s3, address.bucket, address.key, only_etag)
            except ClientError as error:
                if only_etag == ANY and how_gone(error) is not None:  # whatever is there would have matched
                    raise _not_found(address) from error
                raise

    async def check(self, bucket: str) -> None:
        """Return if a bucket answers: the readiness check. Raises what the client raises."""
        await self._s3.head_bucket(Bucket=bucket)


def version(version_id: str | None, etag: str) -> str:
    """Return what tells one version of an object from another, as `ImageRef.of` does for the event of an upload."""
    return etag if version_id in {None, "", "null"} else str(version_id)


@contextmanager
def translated(address: ObjectAddress) -> Iterator[None]:
    """Raise S3's errors about an object as the problems that the caller is told of; others pass."""
    try:
        yield
    except ClientError as error:
        problem = _problem(error, address)
        if problem is None:
            raise
        raise problem from error
    except UNREACHABLE as error:
        raise _unavailable() from error


def _not_found(address: ObjectAddress) -> NotFoundError:
    return NotFoundError(f"There is no object '{address.key}' in the bucket '{address.bucket}'.")


def _unavailable() -> UnavailableError:
    return UnavailableError("S3 cannot do this now; try again in a moment.")


def _problem(error: ClientError, address: ObjectAddress) -> ProblemError | None:
    if is_missing(error):
        return _not_found(address)
    if is_outage(error) or error.response.get("Error", {}).get("Code") in PASSING:
        return _unavailable()
    answer = error.response.get("ResponseMetadata", {})
    match answer.get("HTTPStatusCode"):
        case HTTPStatus.PRECONDITION_FAILED:
            return PreconditionFailedError("The object is not in the state that the request's conditions ask for.")
        case HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
            headers = answer.get("HTTPHeaders", {})
            known = {"Content-Range": headers["content-range"]} if "content-range" in headers else {}
            return RangeNotSatisfiableError("The range lies outside the object.", headers=known)
        case HTTPStatus.CONFLICT:
            return ConflictError("Another upload or deletion of the same key was under way; try again.")
    return None


def _stored(
    address: ObjectAddress, answer: "GetObjectOutputTypeDef | HeadObjectOutputTypeDef", size: int
) -> StoredObject:
    return StoredObject(
        address=address,
        etag=answer["ETag"],
        version_id=answer.get("VersionId"),
        content_type=answer.get("ContentType", ""),
        size=size,
        last_modified=answer["LastModified"].astimezone(UTC),
    )
