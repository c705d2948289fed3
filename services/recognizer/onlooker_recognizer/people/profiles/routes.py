"""``/people/profiles``: profiles that other programs keep, to be read, written, and made people of."""

from collections import Counter
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from onlooker_recognizer.people.audit.callers import Reader, Writer, asking_rekognition
from onlooker_recognizer.people.audit.log import Action, Audit
from onlooker_recognizer.people.consent.consents import Given
from onlooker_recognizer.people.profiles.importing import Imported, ImportedPage, Outcome, ProfileImport
from onlooker_recognizer.people.profiles.table import LONGEST_KEY, Profile, Profiles
from onlooker_recognizer.people.registry.people import People
from onlooker_recognizer.people.registry.routes import not_this_list
from onlooker_shared import cursor
from onlooker_shared.errors import NotFoundError

MAX_PAGE = 500
"""Profiles that one request imports: some seconds' work."""
ProfileInPath = Annotated[str, Path(min_length=1, max_length=LONGEST_KEY)]


class ProfileView(BaseModel):
    """A profile."""

    face_id: str
    attributes: dict[str, str] = Field(description="As text: numbers in figures, lists and maps as JSON.")
    unreadable: list[str] = Field(default=[], description="The names of attributes that hold bytes.")
    person_id: str | None = Field(default=None, description="Whose the face is, if somebody's.")


class ProfileBody(BaseModel):
    """What a profile is to say."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    attributes: dict[str, str] = Field(description="All of them: others go, but for those that hold bytes.")


class ImportBody(BaseModel):
    """How to import."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    consent: Given | None = Field(default=None, description="What all of these people agreed to.")


class ImportedView(BaseModel):
    """What became of one profile."""

    face_id: str
    outcome: Outcome
    person_id: str | None
    reason: str | None = Field(description="Why it was refused.")
    left_out: list[str] = Field(description="What of it could not be taken, though the rest was.")
    has_face: bool = Field(description="Whether the collection has the face; else nobody is told by it.")

    @classmethod
    def of(cls, imported: Imported) -> "ImportedView":
        """Return what is told of it."""
        return cls(
            face_id=imported.face_id,
            outcome=imported.outcome,
            person_id=imported.person_id,
            reason=imported.reason,
            left_out=list(imported.left_out),
            has_face=imported.has_face,
        )


class ImportView(BaseModel):
    """What became of one page of profiles."""

    profiles: list[ImportedView]
    taken: int
    known: int
    refused: int
    cursor: str | None = Field(description="Where to go on; null: that was all.")

    @classmethod
    def of(cls, page: ImportedPage) -> "ImportView":
        """Return what is told of it."""
        counts = Counter(each.outcome for each in page.profiles)
        return cls(
            profiles=[ImportedView.of(each) for each in page.profiles],
            taken=counts[Outcome.TAKEN],
            known=counts[Outcome.KNOWN],
            refused=counts[Outcome.REFUSED],
            cursor=cursor.encode({"profile": page.after}) if page.after is not None else None,
        )


def profiles_router(profiles: Profiles, importing: ProfileImport, people: People, audit: Audit) -> APIRouter:
    """Return the routes; they stand before those that take any word for a person's id.

    Args:
        profiles: the table of them.
        importing: makes people of them.
        people: whose the faces are.
        audit: notes who asked.
    """
    routes = APIRouter(prefix="/people/profiles", tags=["people"])

    @routes.post("/import")
    async def import_profiles(
        caller: Writer,
        body: ImportBody | None = None,
        limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 200,
        after: Annotated[str | None, Query(alias="cursor", max_length=2000, description="Of the page before.")] = None,
    ) -> ImportView:
        """Make people of profiles, some with each request: ask again with the cursor until there is none.

        Asked for again, it makes nobody twice, and leaves alone what was changed of people since.
        """
        consent = body.consent if body else None
        with asking_rekognition():
            return ImportView.of(await importing.page(by=caller, limit=limit, after=_place(after), consent=consent))

    @routes.get("/{face_id}")
    async def get_profile(caller: Reader, face_id: ProfileInPath) -> ProfileView:
        """Answer with the profile of whom a face belongs to."""
        found = await profiles.find([face_id])
        if face_id not in found:
            raise NotFoundError(f"There is no profile with the FaceId {face_id}.")
        owner = await _owner(people, face_id)
        await audit.note(caller, Action.READ, *owner)
        return _view(found[face_id], owner)

    @routes.put("/{face_id}")
    async def put_profile(caller: Writer, face_id: ProfileInPath, body: ProfileBody) -> ProfileView:
        """Store a profile in place of the one that there was. Who was made of it already stays as they are."""
        owner = await _owner(people, face_id)
        async with audit.around(caller, Action.CHANGED, *owner):
            return _view(await profiles.put(face_id, body.attributes), owner)

    @routes.delete("/{face_id}", status_code=HTTPStatus.NO_CONTENT, response_class=Response)
    async def delete_profile(caller: Writer, face_id: ProfileInPath) -> None:
        """Delete a profile. Who was made of it stays."""
        async with audit.around(caller, Action.CHANGED, *await _owner(people, face_id)):
            await profiles.delete(face_id)

    return routes


async def _owner(people: People, face_id: str) -> list[str]:
    """Return the id of whom a face belongs to, if anybody."""
    return [face.person_id for face in (await people.faces([face_id])).values()]


def _view(profile: Profile, owner: list[str]) -> ProfileView:
    return ProfileView(
        face_id=profile.face_id,
        attributes=dict(profile.attributes),
        unreadable=list(profile.unreadable),
        person_id=next(iter(owner), None),
    )


def _place(given: str | None) -> str | None:
    """Return where a page begins."""
    if given is None:
        return None
    after = cursor.decode(given).get("profile")
    if not isinstance(after, str) or not 0 < len(after) <= LONGEST_KEY:
        raise not_this_list()
    return after
