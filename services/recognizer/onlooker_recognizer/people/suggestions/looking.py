"""Looks in the background whether two people may be one, by the faces that the collection has of them.

    a face nobody looked at ──> SearchFaces ──> others' faces ──> alike enough, never seen together? ──> suggested

No picture is fetched or sent for it. Each face is looked at once: of two the later one finds the other.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta

import structlog

from onlooker_recognizer.metrics import SUGGESTIONS
from onlooker_recognizer.people.collection.collection import Collection
from onlooker_recognizer.people.collection.matching import SURE, Match
from onlooker_recognizer.people.identification.verdicts import Judge
from onlooker_recognizer.people.registry.people import People
from onlooker_recognizer.people.registry.records import MAX_FACES, FaceRecord, PersonRecord
from onlooker_recognizer.people.sightings.table import Sightings
from onlooker_recognizer.people.suggestions.looked_at import LookedAt
from onlooker_recognizer.people.suggestions.pairs import Pairs
from onlooker_recognizer.people.suggestions.records import Bars, suggestion
from onlooker_recognizer.people.suggestions.table import Suggestions

MOST = 100
"""Faces that one round looks at."""
PAGES = 5
"""Pages of faces that one round reads at most, where all of them were looked at before."""
MOST_OPEN = 1000
"""Suggestions that wait for somebody; while there are so many, nobody looks for more."""
MATCHES = 2 * MAX_FACES
"""That one search returns: the most alike ones are mostly faces of the same person."""
TIDY_EVERY = timedelta(hours=1)
"""Between two looks whether suggestions still are about two people."""

log = structlog.stdlib.get_logger(__name__)


class Looking:
    """Looks at faces.

    Args:
        looked_at: which were looked at.
        collection: is searched.
        people: whose faces are.
        judge: knows who merged people are by now.
        sightings: who was seen together.
        suggestions: those that wait for somebody.
        pairs: gets what is found.
        bars: from which similarity on somebody is asked.
        saving: says whether nothing is to be asked of Rekognition now that nobody waits for.
        clock: the time, UTC.
    """

    def __init__(
        self,
        *,
        looked_at: LookedAt,
        collection: Collection,
        people: People,
        judge: Judge,
        sightings: Sightings,
        suggestions: Suggestions,
        pairs: Pairs,
        bars: Bars,
        saving: Callable[[], bool],
        clock: Callable[[], datetime],
    ) -> None:
        self._looked_at = looked_at
        self._collection = collection
        self._people = people
        self._judge = judge
        self._sightings = sightings
        self._suggestions = suggestions
        self._pairs = pairs
        self._bars = bars
        self._saving = saving
        self._clock = clock
        self._after: str | None = None
        self._tidied_at: datetime | None = None

    async def round(self, go_on: Callable[[], bool]) -> bool:
        """Look at some faces, as long as `go_on` says so; return whether there may be more to look at now.

        Where the budget is spent it looks at none: they are looked at when there is more.

        Raises:
            onlooker_shared.errors.RetryLater, onlooker_shared.errors.UnavailableError,
            botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError: AWS does not answer, is asked too much,
                or refuses. What was looked at before is noted.
        """
        await self._tidy()
        if await self._suggestions.count() >= MOST_OPEN:
            return False
        for _ in range(PAGES):
            page = await self._looked_at.not_yet(self._after)
            some = page.faces[:MOST]
            for face in some:
                if self._saving():
                    return False
                if not go_on():
                    return True
                await self._look_at(face)
                await self._looked_at.note(face)
            if len(some) == len(page.faces):
                self._after = page.after
            if some or page.after is None:
                return bool(some)
        return False

    async def _tidy(self) -> None:
        now = self._clock()
        if self._tidied_at is None or now - self._tidied_at >= TIDY_EVERY:
            await self._pairs.tidy()
            self._tidied_at = now

    async def _look_at(self, face: FaceRecord) -> None:
        """Suggest whom a face's person may be, besides."""
        alike = await self._collection.alike(face.face_id, threshold=self._bars.suggest, most=MATCHES)
        faces = await self._people.faces(match.id for match in alike)
        people = await self._judge.resolved({face.person_id, *(each.person_id for each in faces.values())})
        person = people.get(face.person_id)
        if person is None:  # gone this moment
            return
        for other, match in self._others(person, alike, faces, people):
            if match.similarity < SURE and await self._were_together((person, face), (other, faces[match.id])):
                continue
            found = suggestion(
                (person.person_id, face.face_id),
                (other.person_id, match.id),
                similarity=match.similarity,
                at=self._clock(),
            )
            if await self._pairs.suggest(found):
                SUGGESTIONS.labels("suggested").inc()
                log.info("people.suggested", one=person.person_id, other=other.person_id)

    def _others(
        self,
        person: PersonRecord,
        alike: Iterable[Match],
        faces: Mapping[str, FaceRecord],
        people: Mapping[str, PersonRecord],
    ) -> list[tuple[PersonRecord, Match]]:
        """Return who else a person may be, each with the face that is most alike."""
        found: dict[str, tuple[PersonRecord, Match]] = {}
        for match in alike:  # most alike first
            other = people.get(faces[match.id].person_id) if match.id in faces else None
            if other is not None and self._bars.pass_(person, other, match.similarity):
                found.setdefault(other.person_id, (other, match))
        return list(found.values())

    async def _were_together(
        self, one: tuple[PersonRecord, FaceRecord], other: tuple[PersonRecord, FaceRecord]
    ) -> bool:
        """Whether two people are in one picture, of those that their faces are from: so they are two, most likely."""
        for (person, _), (_, face) in ((one, other), (other, one)):
            if face.image_id is None:
                continue
            seen = await self._sightings.of_picture(face.image_id)
            if any(each.person_id == person.person_id for each in seen):
                return True
        return False
