"""What the collection says of faces that were in it before Onlooker was."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from botocore.exceptions import ClientError

from onlooker_recognizer.calls import Calls
from onlooker_recognizer.people.collection.collection import LIST_FACES, MISSING
from onlooker_shared.recognition import BoundingBox, Percent

FACE_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
"""What Rekognition calls a face; it refuses a whole call for one that is called otherwise."""
AT_ONCE = 1000
"""FaceIds in one call of ListFaces; it takes 4,096, and gives out as many in a page."""


@dataclass(frozen=True, slots=True)
class CollectedFace:
    """What the collection says of a face (Rekognition's ListFaces)."""

    bounding_box: BoundingBox
    confidence: Percent
    model: str
    external_image_id: str | None = None


class CollectedFaces:
    """Looks faces up in the collection by their ids.

    Args:
        calls: how Rekognition is called.
        collection: what the collection is called.
    """

    def __init__(self, calls: Calls, collection: str) -> None:
        self._calls = calls
        self._collection = collection

    async def find(self, face_ids: Iterable[str]) -> dict[str, CollectedFace]:
        """Return faces by their ids; those that the collection does not have are left out.

        Raises:
            onlooker_shared.errors.RetryLater: Rekognition is asked too much.
            botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError: it does not answer, or denies it.
        """
        asked = [face_id for face_id in dict.fromkeys(face_ids) if FACE_ID.fullmatch(face_id)]
        found: dict[str, CollectedFace] = {}
        for start in range(0, len(asked), AT_ONCE):
            found |= await self._find(asked[start : start + AT_ONCE])
        return found

    async def _find(self, face_ids: list[str]) -> dict[str, CollectedFace]:
        parameters = {"CollectionId": self._collection, "FaceIds": face_ids, "MaxResults": AT_ONCE}
        try:
            answer = await self._calls.call(LIST_FACES, parameters)
        except ClientError as error:
            if error.response["Error"]["Code"] != MISSING:
                raise
            return {}  # there is no collection yet
        found = {}
        for face in answer["Faces"]:
            box = face["BoundingBox"]
            found[face["FaceId"]] = CollectedFace(
                BoundingBox(left=box["Left"], top=box["Top"], width=box["Width"], height=box["Height"]),
                face["Confidence"],
                answer["FaceModelVersion"],
                face.get("ExternalImageId"),
            )
        return found
