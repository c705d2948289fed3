"""Enrols people: sends pictures of them one by one, so that each is taken or refused for itself."""

import asyncio
import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from onlooker.client import FORBIDDEN, UNAUTHORIZED, ApiError, OnlookerClient
from onlooker.pictures import SUFFIXES, pictures, readable
from onlooker_shared.errors import ConfigurationError

AT_ONCE = 3
"""People at the same time, and so pictures: the recognizer takes four."""
HOPELESS = frozenset({0, UNAUTHORIZED, FORBIDDEN})
"""Statuses after which the next picture would fare no better: nobody answers, or not to this key."""

Stage = Literal["taken", "known", "refused"]
"""A picture is known where its person has the face in it already."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Somebody who is to be told in pictures."""

    name: str
    pictures: tuple[Path, ...]
    person_id: str | None = None
    """Whom the faces are added to; None: who is called so, or else somebody new."""
    another: bool = False
    """Whether somebody else may be called so."""
    consent: Mapping[str, str] | None = None
    """Who agreed that they are known, and what for, if it is somebody new."""


@dataclass(frozen=True, slots=True)
class Enrolled:
    """What became of one picture of a person."""

    name: str
    path: Path
    stage: Stage
    person_id: str | None = None
    face_id: str | None = None
    reason: str | None = None
    """Why it was refused, in a word for programs."""
    detail: str | None = None
    """The same for people."""


def of_files(name: str, paths: Sequence[Path], *, person_id: str | None = None, another: bool = False) -> Wanted:
    """Return somebody by the pictures of them: files, and folders of them.

    Raises:
        ConfigurationError: there are none.
    """
    found = tuple(picture.path for path in paths for picture in pictures([path]))
    if not found:
        raise ConfigurationError(f"No pictures in {', '.join(readable(str(path)) for path in paths)}.")
    return Wanted(name, found, person_id, another)


def of_folder(folder: Path) -> list[Wanted]:
    """Return the people of a folder that has a folder for each, called as they are; hidden ones are left out.

    Raises:
        ConfigurationError: it has no such folders, or pictures besides, of which nobody knows whose they are.
    """
    inside = sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    loose = [path for path in inside if path.suffix.lower() in SUFFIXES and path.is_file()]
    if loose:
        raise ConfigurationError(
            f"{readable(str(loose[0]))} is in no person's folder, so it is not clear whose picture it is. "
            "Each person needs a folder, called as they are."
        )
    people = [of_files(readable(path.name), [path]) for path in inside if path.is_dir()]
    if not people:
        raise ConfigurationError(f"{readable(str(folder))} has no folders of people.")
    return people


async def enrol_all(
    client: OnlookerClient, people: Sequence[Wanted], *, even_if_known: bool, settled: Callable[[Enrolled], None]
) -> list[Enrolled]:
    """Enrol people, several at a time; returns what became of each picture, in their order.

    Args:
        client: of the installation.
        people: and pictures of them.
        even_if_known: whether somebody else may have such a face.
        settled: called as it is known of each picture.

    Raises:
        ApiError: the installation does not answer, or not to this key.
    """
    slots = asyncio.Semaphore(AT_ONCE)

    async def one(wanted: Wanted) -> list[Enrolled]:
        async with slots:
            return await _enrol(client, wanted, even_if_known=even_if_known, settled=settled)

    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one(wanted)) for wanted in people]
    except ExceptionGroup as failures:
        raise failures.exceptions[0] from failures  # they are all of one kind, and the caller wants to tell it
    return [result for task in tasks for result in task.result()]


async def _enrol(
    client: OnlookerClient, wanted: Wanted, *, even_if_known: bool, settled: Callable[[Enrolled], None]
) -> list[Enrolled]:
    """Send one person's pictures one after the other: the first that is taken makes them, where they are new."""
    results = []
    person_id = wanted.person_id
    for path in wanted.pictures:
        try:
            answer = await _send(client, wanted, person_id, path, even_if_known=even_if_known)
        except ApiError as error:
            if error.status in HOPELESS:
                raise
            result = Enrolled(
                wanted.name, path, "refused", person_id, reason=error.reason, detail=_in_words(error, wanted.name)
            )
        except OSError as error:
            result = Enrolled(wanted.name, path, "refused", person_id, detail=f"Cannot be read: {error.strerror}.")
        else:
            person_id = answer["person"]["person_id"]
            (face,) = answer["faces"]
            stage: Stage = "taken" if answer["added"] else "known"
            result = Enrolled(answer["person"]["name"], path, stage, person_id, face["face_id"])
        results.append(result)
        settled(result)
    return results


async def _send(
    client: OnlookerClient, wanted: Wanted, person_id: str | None, path: Path, *, even_if_known: bool
) -> dict[str, Any]:
    """Add a picture's face to a person, who is made if there is nobody of that name."""
    if person_id is None:
        try:
            return await client.enrol(
                wanted.name, path, consent=wanted.consent, another=wanted.another, known=even_if_known
            )
        except ApiError as error:
            namesakes = error.problem.get("people", [])
            if error.reason != "name_taken" or len(namesakes) != 1:
                raise
            person_id = namesakes[0]["person_id"]
    return await client.add_face(person_id, path, known=even_if_known)


def _in_words(error: ApiError, name: str) -> str:
    """Return why a picture was refused, and what to do about it here: the API's own words name HTTP requests."""
    problem = error.problem
    match error.reason:
        case "already_enrolled":
            known = f"This face is known as {problem['name']}'s, to {problem['similarity']:.1f} %."
            same = f"enrol it as {problem['name']}"
            if problem["state"] == "unknown":
                same = f"onlooker people rename {problem['person_id']} {shlex.quote(name)}"
            return f"{known} If they are the same: {same}; if not: --even-if-known."
        case "consent_missing":
            return "Nobody is made known here without consent: --consent-by says who agreed, --purpose what for."
        case "name_taken":
            ids = ", ".join(person["person_id"] for person in problem["people"])
            return f"{len(problem['people'])} people are called {name}. Say which one is meant: --id, of {ids}."
        case _:
            return str(error)
