"""The faces by which people are told: a collection in Rekognition.

It knows no names: FaceIds, and users whose ids are people's. Whose a face is is written in our own tables. Who is
known, or has several faces, is a user besides, who is found by all of them together.
"""

import time
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import structlog
from botocore.exceptions import ClientError

from onlooker_recognizer.calls import Calls
from onlooker_recognizer.people.collection import answers
from onlooker_recognizer.people.collection.answers import Found, Indexed, Seen, Unfit
from onlooker_recognizer.people.collection.matching import SURE, Match
from onlooker_recognizer.permissions import DENIED
from onlooker_shared.errors import ConflictError, OnlookerError
from onlooker_shared.recognition import BoundingBox

SEARCH_FACES, SEARCH_USERS, INDEX_FACES = "SearchFacesByImage", "SearchUsersByImage", "IndexFaces"
SEARCH_BY_FACE = "SearchFaces"
CREATE_COLLECTION, DESCRIBE_COLLECTION = "CreateCollection", "DescribeCollection"
LIST_FACES, DELETE_FACES = "ListFaces", "DeleteFaces"
CREATE_USER, DELETE_USER = "CreateUser", "DeleteUser"
ASSOCIATE_FACES, DISASSOCIATE_FACES = "AssociateFaces", "DisassociateFaces"
ABOUT_PICTURES = (SEARCH_FACES, SEARCH_USERS, INDEX_FACES)
"""Those that are asked about a picture."""

MISSING, EXISTS, CONFLICT, WRONG = (
    "ResourceNotFoundException",
    "ResourceAlreadyExistsException",
    "ConflictException",
    "InvalidParameterException",
)
NO_FACE = "no faces"
"""In the text by which SearchFacesByImage says that it sees no face; the code has other meanings too."""
NOT_THERE = "FACE_NOT_FOUND"
"""Why a face is not deleted that is gone."""
AT_ONCE = 100
"""FaceIds that AssociateFaces and DisassociateFaces take in one call; DeleteFaces takes 4096."""
PAGE = 4096
"""Faces in a page of ListFaces."""
REMEMBERED = 15.0
"""Seconds for which it is remembered whether there are users at all: while there are none, none are searched."""

log = structlog.stdlib.get_logger(__name__)


class CollectionMissingError(OnlookerError):
    """The collection is not there: it was never made, or somebody deleted it."""


class Keeper(Protocol):
    """Sees to it that the collection is there, with all that should be in it."""

    def refuse_while_at_it(self) -> None:
        """Raise UnavailableError while it is at it."""

    async def restore(self) -> None:
        """Make the collection, and put back what it had."""


class Collection:
    """The collection.

    Args:
        calls: how Rekognition is called.
        name: the collection's.
        keeper: makes the collection where it is missing; without one a call without collection fails.
        clock: seconds that never go back.
    """

    def __init__(
        self,
        calls: Calls,
        name: str,
        *,
        keeper: Keeper | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._calls = calls
        self.name = name
        self._keeper = keeper
        self._clock = clock
        self._users_until = 0.0
        self._has_users = False

    async def search(self, jpeg: bytes, *, threshold: float, most: int = 20) -> Found | None:
        """Return whom the largest face of a picture resembles; None if Rekognition sees no face in it.

        Users are asked first. Faces are asked too, unless a user is alike beyond doubt: a stranger with one face is no
        user.

        Args:
            jpeg: the picture.
            threshold: how alike at least, 0 to 100.
            most: matches of either kind.

        Raises:
            onlooker_shared.errors.RetryLater: Rekognition is asked too much.
            botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError: it does not answer, or denies it.
        """
        if not await self._knows_users():
            return await self._with_faces(jpeg, Found(_NOWHERE), threshold, most)
        seen = await self._search_users(jpeg, threshold, most)
        return seen.found and await self._with_faces(jpeg, seen.found, threshold, most)

    async def see(self, picture: bytes, *, threshold: float, most: int = 20) -> Seen:
        """Return all faces of a picture, and whom the largest resembles: one call where DetectFaces would be two.

        Args:
            picture: a JPEG or PNG of at most 5 MiB.
            threshold: how alike at least, 0 to 100.
            most: matches of either kind.

        Raises:
            onlooker_shared.errors.RetryLater, botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError:
                as for `search`.
        """
        seen = await self._search_users(picture, threshold, most)
        if seen.found is None:
            return seen
        return Seen(seen.details, await self._with_faces(picture, seen.found, threshold, most))

    async def alike(self, face_id: str, *, threshold: float, most: int) -> tuple[Match, ...]:
        """Return which other faces a face of the collection resembles; none if it is not there.

        Args:
            face_id: that face's.
            threshold: how alike at least, 0 to 100.
            most: faces that are returned, most alike first; 4096 at most.

        Raises:
            onlooker_shared.errors.RetryLater, botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError:
                as for `search`.
        """
        try:
            answer = await self._call(SEARCH_BY_FACE, FaceId=face_id, FaceMatchThreshold=threshold, MaxFaces=most)
        except ClientError as error:
            if _code(error) == WRONG:  # Amazon's answer for a FaceId that the collection does not have
                return ()
            raise
        return answers.faces(answer)

    async def index(self, jpeg: bytes, *, person_id: str) -> Indexed | Unfit:
        """Add the largest face of a picture, if Rekognition finds it good enough to be told again.

        Of the same picture for the same person the same face comes again.

        Raises:
            onlooker_shared.errors.RetryLater, botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError:
                as for `search`.
        """
        answer = await self._call(
            INDEX_FACES, Image={"Bytes": jpeg}, ExternalImageId=person_id, MaxFaces=1, QualityFilter="AUTO"
        )
        return answers.indexed(answer)

    async def delete_faces(self, face_ids: Sequence[str]) -> None:
        """Delete faces; those that are not there are no error. A user has to be rid of them before.

        Raises:
            ConflictError: some are a user's; the others are deleted.
        """
        kept: list[str] = []
        for part in _parts(face_ids, PAGE):
            answer = await self._unless_missing(DELETE_FACES, FaceIds=part)
            refused = answer.get("UnsuccessfulFaceDeletions", ())
            kept += [each["FaceId"] for each in refused if NOT_THERE not in each.get("Reasons", ())]
        if kept:
            raise ConflictError(f"Rekognition keeps {len(kept)} faces that are a user's, {kept[0]} among them.")

    async def associate(self, person_id: str, face_ids: Sequence[str]) -> None:
        """Have a person be found by several faces together, too; the user is made if need be.

        A face that is not like the user's others is left out by Rekognition; alone it still is found.
        """
        try:
            await self._call(CREATE_USER, UserId=person_id)
        except ClientError as error:
            if _code(error) != CONFLICT:
                raise
        for part in _parts(face_ids, AT_ONCE):
            answer = await self._call(ASSOCIATE_FACES, UserId=person_id, FaceIds=part)
            if refused := answer.get("UnsuccessfulFaceAssociations"):
                reasons = sorted({reason for each in refused for reason in each.get("Reasons", ())})
                log.info("collection.unassociated", person_id=person_id, faces=len(refused), reasons=reasons)
        self._has_users, self._users_until = True, self._clock() + REMEMBERED

    async def disassociate(self, person_id: str, face_ids: Sequence[str]) -> None:
        """Have a person not be found by some faces any more; a person or face that is not there is no error."""
        for part in _parts(face_ids, AT_ONCE):
            await self._unless_missing(DISASSOCIATE_FACES, UserId=person_id, FaceIds=part)

    async def delete_user(self, person_id: str) -> None:
        """Delete a person's user, not the faces; one that is not there is no error."""
        await self._unless_missing(DELETE_USER, UserId=person_id)

    async def create(self) -> None:
        """Make the collection, unless it is there."""
        try:
            await self._calls.call(CREATE_COLLECTION, {"CollectionId": self.name})
        except ClientError as error:
            if _code(error) != EXISTS:
                raise

    async def face_ids(self) -> set[str]:
        """Return the ids of all faces that are in the collection."""
        return set(await self.faces())

    async def faces(self) -> dict[str, str]:
        """Return the ids of all faces, each with that of the person for whom it was added, who need not be it now."""
        found: dict[str, str] = {}
        more: dict[str, str] = {}
        while True:
            answer = await self._call(LIST_FACES, MaxResults=PAGE, **more)
            found.update((face["FaceId"], face.get("ExternalImageId", "")) for face in answer["Faces"])
            if not answer.get("NextToken"):
                return found
            more = {"NextToken": answer["NextToken"]}

    async def _with_faces(self, jpeg: bytes, found: Found, threshold: float, most: int) -> Found | None:
        """Return what was found among users with what is among faces, unless a user is alike beyond doubt."""
        if found.people and found.people[0].similarity >= SURE:
            return found
        try:
            answer = await self._call(
                SEARCH_FACES, Image={"Bytes": jpeg}, FaceMatchThreshold=threshold, MaxFaces=most, QualityFilter="NONE"
            )
        except ClientError as error:
            if _code(error) == WRONG and NO_FACE in error.response["Error"].get("Message", ""):
                return None
            raise
        return answers.by_faces(answer, found.people)

    async def _search_users(self, jpeg: bytes, threshold: float, most: int) -> Seen:
        answer = await self._call(
            SEARCH_USERS, Image={"Bytes": jpeg}, UserMatchThreshold=threshold, MaxUsers=most, QualityFilter="NONE"
        )
        return answers.by_users(answer)

    async def _knows_users(self) -> bool:
        """Whether the collection has users; asking is free, but not more often than now and then."""
        if self._clock() >= self._users_until:
            self._has_users = await self._count_users() > 0
            self._users_until = self._clock() + REMEMBERED
        return self._has_users

    async def _count_users(self) -> int:
        try:
            return int((await self._call(DESCRIBE_COLLECTION)).get("UserCount", 0))
        except ClientError as error:
            if _code(error) not in DENIED:
                raise
            return 1  # as far as anybody may know

    async def _unless_missing(self, operation: str, **parameters: Any) -> dict[str, Any]:
        try:
            return await self._calls.call(operation, {"CollectionId": self.name, **parameters})
        except ClientError as error:
            if _code(error) != MISSING:
                raise
        return {}

    async def _call(self, operation: str, **parameters: Any) -> dict[str, Any]:
        """Call an operation on the collection; if that is missing, have it made, and call once more."""
        told = {"CollectionId": self.name, **parameters}
        if self._keeper:
            self._keeper.refuse_while_at_it()
        try:
            return await self._calls.call(operation, told)
        except ClientError as error:
            if _code(error) != MISSING:
                raise
            if self._keeper is None:
                raise CollectionMissingError(f"There is no collection {self.name} of faces in Rekognition.") from error
        await self._keeper.restore()
        return await self._calls.call(operation, told)


_NOWHERE = BoundingBox(left=0, top=0, width=0, height=0)


def _code(error: ClientError) -> str:
    return error.response["Error"]["Code"]


def _parts(ids: Sequence[str], size: int) -> list[list[str]]:
    listed = list(ids)
    return [listed[start : start + size] for start in range(0, len(listed), size)]
