"""``/people/{person_id}/merge``, ``/split``, and whose a face in a picture is: what somebody knows better."""

from typing import Annotated

from fastapi import APIRouter, Body, Path, Request
from pydantic import BaseModel, ConfigDict, Field, model_validator

from onlooker_recognizer.people.audit.callers import PersonInPath, Writer, asking_rekognition
from onlooker_recognizer.people.audit.log import Action, Audit
from onlooker_recognizer.people.changes.decisions import Decisions
from onlooker_recognizer.people.changes.merging import Grouping
from onlooker_recognizer.people.registry.records import MAX_FACES, MAX_NAME, PersonId
from onlooker_recognizer.people.registry.views import Person
from onlooker_recognizer.routes import Recognized, recognized
from onlooker_shared.errors import UnprocessableError
from onlooker_shared.images import IMAGE_ID_PATTERN

MOST_FACES = 10_000
"""In a picture, of those that are asked for by number; Rekognition finds 100."""


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class Merge(_Asked):
    """Whom somebody is."""

    into: PersonId = Field(description="The id of the person who stays.")


class Split(_Asked):
    """Which faces are somebody else's."""

    faces: Annotated[tuple[str, ...], Field(min_length=1, max_length=MAX_FACES, description="Their ids.")]
    into: PersonId | None = Field(default=None, description="Whose they are; without it a new person's.")
    name: str | None = Field(
        default=None, min_length=1, max_length=MAX_NAME, description="Of the new person; a stranger without it."
    )

    @model_validator(mode="after")
    def _of_one(self) -> "Split":
        if self.into is not None and self.name is not None:
            raise ValueError("`into` names somebody who is known, `name` somebody new; give one of them")
        return self


class Who(_Asked):
    """Whose a face is."""

    person_id: PersonId | None = None
    name: str | None = Field(
        default=None, min_length=1, max_length=MAX_NAME, description="Of the only one called so; nobody is: a new one."
    )
    not_person_id: PersonId | None = Field(default=None, description="Of somebody whom it resembles, and is not.")

    @model_validator(mode="after")
    def _is_one(self) -> "Who":
        if sum(given is not None for given in (self.person_id, self.name, self.not_person_id)) != 1:
            raise ValueError(
                "give one of `person_id`, `name` and `not_person_id`; `null` in place of all says: not this person"
            )
        return self


def changes_router(grouping: Grouping, decisions: Decisions, audit: Audit) -> APIRouter:
    """Return the routes.

    Args:
        grouping: merges and splits people.
        decisions: has faces be whose somebody says they are.
        audit: notes who asked.
    """
    routes = APIRouter(tags=["people"])

    @routes.post("/people/{person_id}/merge")
    async def merge(caller: Writer, person_id: PersonInPath, asked: Merge) -> Person:
        """Make a person another one, who gets their faces and pictures; answer with that one.

        The id of the merged one still leads there. Pictures from before follow within seconds to minutes.
        """
        with asking_rekognition():
            async with audit.around(caller, Action.MERGED, person_id, asked.into):
                return Person.of(await grouping.merge(person_id, asked.into))

    @routes.post("/people/{person_id}/split")
    async def split(caller: Writer, person_id: PersonInPath, asked: Split) -> Person:
        """Make some of a person's faces somebody else's, who is answered; the pictures that they are from follow."""
        both = (person_id, asked.into) if asked.into else (person_id,)
        with asking_rekognition():
            async with audit.around(caller, Action.SPLIT, *both):
                return Person.of(await grouping.split(person_id, asked.faces, into=asked.into, name=asked.name))

    @routes.put("/recognitions/{image_id}/faces/{number}/person")
    async def tell(
        caller: Writer,
        request: Request,
        image_id: Annotated[str, Path(pattern=IMAGE_ID_PATTERN)],
        number: Annotated[int, Path(ge=1, le=MOST_FACES, description="Among the picture's faces, from 1.")],
        who: Annotated[Who | None, Body(description="Null: not this person.")] = None,
    ) -> Recognized:
        """Say whose a face in a picture is, or that it is not that of whom it was told to be.

        It holds when the picture is recognized again.
        """
        if who is None and not (await request.body()).strip():
            raise UnprocessableError("Say whose the face is: `person_id`, `name`, or `null` for: not this person.")
        audit.allow(caller)
        before = await decisions.told(image_id, number)
        if who is not None and who.not_person_id is not None:
            with asking_rekognition():
                async with audit.around(caller, Action.TOLD, who.not_person_id):
                    return recognized(await decisions.deny(image_id, number, who.not_person_id))
        with asking_rekognition():
            person = await decisions.who(person_id=who.person_id, name=who.name) if who else None
            both = [each for each in (before, person and person.person_id) if each]
            async with audit.around(caller, Action.TOLD, *both):
                return recognized(await decisions.tell(image_id, number, person))

    return routes
