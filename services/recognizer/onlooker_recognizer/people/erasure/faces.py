"""Takes the faces of somebody who was erased from wherever they are: collection, crops, what they were enrolled by."""

from collections import Counter
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from onlooker_recognizer.people.collection.collection import Collection
from onlooker_recognizer.people.collection.crops_store import CropStore
from onlooker_recognizer.people.enrolment.tags import named
from onlooker_recognizer.people.erasure.records import Erasure, Place
from onlooker_recognizer.people.erasure.versions import Versions
from onlooker_recognizer.people.registry.names import digest
from onlooker_recognizer.people.registry.people import People
from onlooker_shared.objects import is_missing, list_objects

if TYPE_CHECKING:
    from types_aiobotocore_s3 import S3Client


class ErasedFaces:
    """Erases faces.

    Args:
        s3: the process's client.
        results: the bucket where crops are.
        bucket: the faces bucket.
        people: whose faces are.
        collection: where they are told by.
        crops: the faces' crops.
        versions: deletes what S3 keeps of what was there.
        threshold: the similarity from which on a face is somebody's.
    """

    def __init__(
        self,
        *,
        s3: "S3Client",
        results: str,
        bucket: str,
        people: People,
        collection: Collection,
        crops: CropStore,
        versions: Versions,
        threshold: float,
    ) -> None:
        self._s3 = s3
        self._results = results
        self._bucket = bucket
        self._people = people
        self._collection = collection
        self._crops = crops
        self._versions = versions
        self._threshold = threshold

    async def erase(self, erasure: Erasure) -> tuple[Erasure, Counter[str]]:
        """Remove the faces, and return the erasure with what was found by their crops, and how much was removed."""
        removed: Counter[str] = Counter()
        theirs = await self._in_collection(erasure)
        for person_id in erasure.person_ids:
            await self._collection.delete_user(person_id)  # else Amazon keeps its faces
        if theirs:
            await self._collection.delete_faces(sorted(theirs))
        removed[Place.COLLECTION] += len(theirs)
        for key in erasure.crops:
            jpeg = await self._crops.get(key)
            if jpeg is not None:
                erasure = await self._search(erasure, jpeg)
                removed[Place.CROPS] += 1
            removed[Place.VERSIONS] += await self._versions.delete(self._results, key)
        removed[Place.ENROLLED] += await self._erase_enrolled(erasure)
        return erasure, removed

    async def prove(self, erasure: Erasure) -> tuple[int, int]:
        """Return how many faces the collection has, and how many of them are theirs."""
        everybody = await self._collection.faces()
        return len(everybody), len(await self._in_collection(erasure))

    async def _in_collection(self, erasure: Erasure) -> set[str]:
        """Return their faces in the collection, those too that nobody could write down any more.

        The id that a face was added with is not believed where a record says that it is somebody else's by now.
        """
        everybody = await self._collection.faces()
        theirs = {face_id for face_id in everybody if face_id in erasure.face_ids}
        added = {face_id for face_id, person_id in everybody.items() if person_id in erasure.person_ids} - theirs
        others = await self._people.faces(added) if added else {}
        return theirs | {face for face in added if face not in others or others[face].person_id in erasure.person_ids}

    async def _search(self, erasure: Erasure, jpeg: bytes) -> Erasure:
        """Return the erasure with one more search by a crop, counted."""
        found = await self._collection.search(jpeg, threshold=self._threshold)
        matches = {match.id for match in (*found.faces, *found.people)} if found else set()
        return erasure.model_copy(
            update={
                "searched": erasure.searched + 1,
                "recognized": erasure.recognized + (not matches.isdisjoint(erasure.ids)),
            }
        )

    async def _erase_enrolled(self, erasure: Erasure) -> int:
        """Delete objects of the faces bucket that they were enrolled by, or that name them and nobody else."""
        originals = {each.key for each in erasure.originals if each.bucket == self._bucket}
        names = set(erasure.names) - await self._people.called(erasure.names)
        keys = [entry["Key"] async for entry in list_objects(self._s3, self._bucket)]
        theirs = {key for key in keys if key in originals or await self._names(key, erasure, names)}
        for key in theirs | originals:  # of those that are gone, versions may be left
            await self._versions.delete(self._bucket, key)
        async for key, version in self._versions.earlier(self._bucket):
            if await self._names(key, erasure, names, VersionId=version):
                await self._s3.delete_object(Bucket=self._bucket, Key=key, VersionId=version)
        return len(theirs)

    async def _names(self, key: str, erasure: Erasure, names: set[str], **version: str) -> bool:
        named_so: dict[str, Any] = {"Bucket": self._bucket, "Key": key, **version}
        try:
            metadata = (await self._s3.head_object(**named_so))["Metadata"]
            tags = (await self._s3.get_object_tagging(**named_so))["TagSet"]
        except ClientError as error:
            if is_missing(error):
                return False
            raise
        whose = named(key, {tag["Key"]: tag["Value"] for tag in tags}, metadata)
        if whose is None:
            return False
        return whose.person_id in erasure.person_ids or (whose.name is not None and digest(whose.name) in names)
