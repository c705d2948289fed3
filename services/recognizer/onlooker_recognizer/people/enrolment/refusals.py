"""Why somebody is not enrolled, as types: answered with a problem document whose ``reason`` is for programs.

Who is named in it is not named in the log.
"""

from collections.abc import Sequence

from onlooker_recognizer.people.enrolment.judging import Objection, Reason
from onlooker_recognizer.people.registry.records import PersonRecord, State
from onlooker_shared.errors import ConflictError, UnprocessableError


class PictureUnfitError(UnprocessableError):
    """A picture that nobody can be told by.

    Args:
        objection: what speaks against it.
        number: which of the pictures it is, counted from 1.
        of: how many there are.
    """

    def __init__(self, objection: Objection, number: int = 1, of: int = 1) -> None:
        which = f"Picture {number}: " if of > 1 else ""
        more = {"reason": objection.reason, **objection.figures, "picture": number}
        super().__init__(which + objection.words, more=more)


class AlreadyEnrolledError(ConflictError):
    """A face that somebody else is told by.

    Args:
        person: who.
        similarity: of the face to the nearest of theirs, 0 to 100.
        number: in which of the pictures, counted from 1.
    """

    def __init__(self, person: PersonRecord, similarity: float, number: int = 1) -> None:
        if person.state is State.UNKNOWN:
            remedy = f"Give them their name (PATCH /people/{person.person_id})"
        else:
            remedy = f"If they are the same, add the picture to them (POST /people/{person.person_id}/faces)"
        alike = f"to {similarity:.1f} %"
        more = {
            "reason": Reason.ALREADY_ENROLLED,
            "person_id": person.person_id,
            "name": person.name,
            "state": person.state,
            "similarity": round(similarity, 2),
            "picture": number,
        }
        super().__init__(
            f"This face is known as {person.name}'s, {alike}. {remedy}; if it is somebody else, ask again with "
            "even_if_known=true.",
            more=more,
            logged=f"The face is known as that of the person {person.person_id}, {alike}.",
        )


class ConsentMissingError(ConflictError):
    """Somebody without whose consent no more may be known of them."""

    def __init__(self) -> None:
        super().__init__(
            "Nobody is made known here without their consent: send `consent` with `given_by` and `purpose`, "
            "or record it first (POST /people/{person_id}/consents).",
            more={"reason": Reason.CONSENT_MISSING},
        )


class NameTakenError(ConflictError):
    """A name that somebody has already.

    Args:
        people: who is called so; at least one.
    """

    def __init__(self, people: Sequence[PersonRecord]) -> None:
        ids = [person.person_id for person in people]
        many = "Somebody is" if len(ids) == 1 else f"{len(ids)} people are"
        super().__init__(
            f"{many} called so already. To add a face to them: POST /people/{ids[0]}/faces; "
            "to enrol another one of that name, ask again with another=true.",
            more={
                "reason": Reason.NAME_TAKEN,
                "person_id": ids[0],
                "name": people[0].name,
                "people": [{"person_id": each.person_id, "name": each.name, "state": each.state} for each in people],
            },
        )
