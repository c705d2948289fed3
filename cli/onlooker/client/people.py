"""People: found, named, enrolled, erased."""

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from onlooker.client.errors import NOT_FOUND, ApiError
from onlooker.client.requests import RAW, Requests, body_of, patiently, segment


class People(Requests):
    """What is asked of people."""

    async def people(self, parameters: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Return one page of people."""
        return await self._json("GET", "/people", parameters)

    async def person(self, person_id: str) -> dict[str, Any]:
        """Return a person."""
        return await self._json("GET", f"/people/{segment(person_id)}")

    async def enrol(
        self,
        name: str,
        picture: Path,
        *,
        consent: Mapping[str, str] | None = None,
        another: bool = False,
        known: bool = False,
    ) -> dict[str, Any]:
        """Make a person of the face in a picture; return them, and the face.

        Args:
            name: what they are called.
            picture: a file; the face that it shows is theirs.
            consent: who agreed to it (`given_by`), and what for (`purpose`).
            another: whether somebody else may be called so.
            known: whether somebody else may have such a face.
        """

        async def once() -> dict[str, Any]:
            with await asyncio.to_thread(picture.open, "rb") as file:
                answer = await self._request(
                    "POST",
                    "/people",
                    data={"name": name} | ({"consent": json.dumps(consent)} if consent else {}),
                    files={"picture": ("picture", file, RAW)},
                    params={"another": another, "even_if_known": known},
                )
            return body_of(answer)

        return await patiently(once)

    async def add_face(self, person_id: str, picture: Path, *, known: bool = False) -> dict[str, Any]:
        """Add the face in a picture to a person; return them, and the face.

        Args:
            person_id: whose it is.
            picture: a file.
            known: whether somebody else may have such a face.
        """
        path = f"/people/{segment(person_id)}/faces"
        return body_of(await patiently(lambda: self._send(path, picture, params={"even_if_known": known})))

    async def remove_face(self, person_id: str, face_id: str) -> None:
        """Take a face from a person: they are not told by it any more."""
        await self._request("DELETE", f"/people/{segment(person_id)}/faces/{segment(face_id)}")

    async def faces(self, person_id: str) -> dict[str, Any]:
        """Return the faces that a person is told by."""
        return await self._json("GET", f"/people/{segment(person_id)}/faces")

    async def sightings(self, person_id: str, limit: int) -> dict[str, Any]:
        """Return where a person was seen last."""
        return await self._json("GET", f"/people/{segment(person_id)}/sightings", {"limit": limit})

    async def rename(self, person_id: str, name: str, version: int, *, another: bool = False) -> dict[str, Any]:
        """Give a person another name, if they are still as they were in this version, and return them.

        Args:
            person_id: who.
            name: what they are called from now on, in pictures of the past too.
            version: that the change was decided by.
            another: whether somebody else may be called so.
        """
        answer = await self._request(
            "PATCH",
            f"/people/{segment(person_id)}",
            json={"name": name},
            params={"another": another},
            headers={"If-Match": f'"{version}"'},
        )
        return body_of(answer)

    async def merge(self, person_id: str, into: str) -> dict[str, Any]:
        """Make a person the same as another one, who gets all that is theirs; return that one."""
        path = f"/people/{segment(person_id)}/merge"
        return body_of(await self._request("POST", path, json={"into": into}))

    async def import_profiles(
        self, cursor: str | None = None, consent: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        """Make people of the next profiles that another program kept; return what became of each.

        Args:
            cursor: where the page before ended.
            consent: who agreed to it (`given_by`), and what for (`purpose`).
        """
        parameters = {} if cursor is None else {"cursor": cursor}
        body = {"consent": consent} if consent else {}

        async def once() -> dict[str, Any]:
            return body_of(await self._request("POST", "/people/profiles/import", json=body, params=parameters))

        return await patiently(once)

    async def erase(self, person_id: str) -> dict[str, Any]:
        """Have a person erased; return the receipt of it, as far as it is."""
        return await self._json("DELETE", f"/people/{segment(person_id)}")

    async def erasure(self, person_id: str) -> dict[str, Any] | None:
        """Return the receipt of somebody who was, or is being, erased; None if nobody of this id was."""
        try:
            return await self._json("GET", f"/people/erasures/{segment(person_id)}")
        except ApiError as error:
            if error.status != NOT_FOUND:
                raise
            return None

    async def export(self, person_id: str) -> bytes:
        """Return everything that is stored of a person, as a zip."""
        return (await self._request("GET", f"/people/{segment(person_id)}/export")).content

    async def identify(self, picture: Path) -> dict[str, Any]:
        """Return who is in a picture, of which nothing is kept."""
        return body_of(await patiently(lambda: self._send("/people/identify", picture)))
