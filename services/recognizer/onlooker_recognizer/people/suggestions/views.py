"""Suggestions as the API tells of them."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from onlooker_recognizer.people.registry.records import PersonId
from onlooker_recognizer.people.registry.views import Person
from onlooker_shared.recognition import Percent


class SuggestedPair(BaseModel):
    """Two people who may be one."""

    suggestion_id: str
    similarity: Percent = Field(description="Of the two faces, 0 to 100.")
    suggested_at: datetime
    one: Person = Field(description="Who stays, if they are one.")
    other: Person
    one_face_id: str = Field(description="The face of `one` that is like one of `other`.")
    other_face_id: str
    keep: PersonId = Field(
        description="The id of who stays: who has a name, else who was seen more often, else who came first."
    )


class SuggestionsPage(BaseModel):
    """One page of them, most alike first."""

    suggestions: list[SuggestedPair]
    cursor: str | None = None


class SuggestionsCount(BaseModel):
    """How many wait for somebody."""

    count: int = Field(description="A few of them may be about people who are one, or gone, since a while ago.")


class Decision(BaseModel):
    """What somebody says about two people."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    same: bool = Field(strict=True, description="Whether they are one. If not, they are never suggested again.")


class Decided(BaseModel):
    """What became of a suggestion."""

    suggestion_id: str
    same: bool
    person: Person | None = Field(description="Who they are, if they are one.")
