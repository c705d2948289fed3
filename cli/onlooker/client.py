"""Talks to Onlooker's HTTP APIs."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

import httpx

from onlooker_shared.errors import OnlookerError

TIMEOUT = httpx.Timeout(60.0, connect=5.0)
CONNECTIONS = 16
CHUNK = 256 * 1024
"""Bytes read from disk at a time."""
ATTEMPTS = 6
"""Times that a picture is sent to an installation that asks to come back later: about half a minute without S3."""
MOST = 500
"""Pictures that a search gives at once."""
SERVICES = ("recognizer", "annotator", "tagger", "notifier")
"""Those that work on queues, in the order a picture meets them."""
QUEUES = ("recognizer", "recognizer-people", "annotator", "tagger", "notifier")
"""Their queues, by the names under which they tell of them."""
RAW = "application/octet-stream"
"""What a picture is sent as: the services look themselves what it is."""
NOT_FOUND = 404
BAD_REQUEST = 400
"""What a body of another length than was said would be answered."""

T = TypeVar("T")


class ApiError(OnlookerError):
    """The API refused; the text says why.

    Attributes:
        status: the HTTP status; 0 if nothing answered.
        problem_id: the id under which the service's log has it, if it gave one.
        retry_after: seconds after which the same request may well succeed, if the service said so.
        problem: all of the problem document, with what it says for programs; empty if there was none.
    """

    def __init__(
        self,
        status: int,
        detail: str,
        problem_id: str | None = None,
        retry_after: float | None = None,
        problem: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.problem_id = problem_id
        self.retry_after = retry_after
        self.problem = problem or {}

    @property
    def reason(self) -> str | None:
        """Why it refused, in a word for programs, if it gave one."""
        reason = self.problem.get("reason")
        return None if reason is None else str(reason)


class OnlookerClient:
    """A client of one installation. Make it with `connect`."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http

    async def upload(self, path: Path, bucket: str, key: str, sent: Callable[[int], None] = lambda _: None) -> str:
        """Send a file, from disk as it is read, and return its image id.

        An installation that is too busy, or without S3 for the moment, is asked again when it said to.

        Args:
            path: the file.
            bucket: where to.
            key: under which name.
            sent: called with the number of bytes after each piece; with a negative one if it begins anew.
        """
        counted = 0

        def count(size: int) -> None:
            nonlocal counted
            counted += size
            sent(size)

        async def once() -> str:
            nonlocal counted
            if counted:
                sent(-counted)
            counted = 0
            return await self._upload(path, bucket, key, count)

        return await patiently(once)

    async def _upload(self, path: Path, bucket: str, key: str, sent: Callable[[int], None]) -> str:
        size = await asyncio.to_thread(lambda: path.stat().st_size)
        answer = await self._request(
            "PUT", object_path(bucket, key), content=_pieces(path, size, sent), headers={"Content-Length": str(size)}
        )
        return answer.headers["X-Onlooker-Image-Id"]

    async def delete(self, bucket: str, key: str, *, etag: str | None = None) -> None:
        """Delete an object; what is known of it goes a moment later.

        Args:
            bucket: where it is.
            key: its name there.
            etag: without quotes; only if it is still the version with this ETag.
        """
        condition = {} if etag is None else {"If-Match": f'"{etag}"'}
        await self._request("DELETE", object_path(bucket, key), headers=condition)

    async def recognize_again(self, image_id: str) -> dict[str, Any]:
        """Have a picture recognized again, and return where to look and from when on it is new."""
        return await self._json("POST", f"/recognitions/{image_id}")

    async def recognition(self, image_id: str) -> dict[str, Any]:
        """Return what was recognized in a picture."""
        return await self._json("GET", f"/recognitions/{image_id}")

    async def annotation(self, image_id: str) -> dict[str, Any]:
        """Return the presigned links to a picture's annotated copy and thumbnail."""
        return await self._json("GET", f"/annotations/{image_id}")

    async def document(self, image_id: str) -> dict[str, Any]:
        """Return a picture's document in the index."""
        return await self._json("GET", f"/tags/images/{image_id}")

    async def search(self, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """Return one page of pictures that match."""
        return await self._json("GET", "/tags/images", parameters)

    async def statistics(self, parameters: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Return figures of the pictures that match; of all without parameters."""
        return await self._json("GET", "/tags/statistics", parameters)

    async def costs(self, month: str | None = None) -> dict[str, Any]:
        """Return what a month's calls of Rekognition cost (as in 2026-11; the present one)."""
        return await self._json("GET", "/recognitions/costs", {"month": month} if month else None)

    async def alerts(self, method: str, path: str, **more: Any) -> httpx.Response:
        """Ask the notifier what is below ``/alerts``: rules, channels, what was sent."""
        return await self._request(method, f"/alerts/{path}", **more)

    async def deliveries(self, limit: int = 50) -> dict[str, Any]:
        """Return the latest notifications."""
        return await self._json("GET", "/alerts/deliveries", {"limit": limit})

    async def make_rule(self, draft: Mapping[str, Any]) -> dict[str, Any]:
        """Make an alert rule and return it: it tells of pictures that come 15 seconds later, or at once."""
        return _body(await self._request("POST", "/alerts/rules", json=draft))

    async def sweep(self, service: str, older_than: float) -> dict[str, Any]:
        """Have a service send on what got stuck longer than some seconds ago."""
        return await self._json("POST", f"/sweeps/{service}", {"older_than": older_than})

    async def queue(self, name: str, letters: int) -> dict[str, Any]:
        """Return what waits in a queue (one of `QUEUES`), and some of its dead letters, so many at most."""
        return await self._json("GET", f"/queues/{name}", {"letters": letters})

    async def redrive(self, name: str) -> dict[str, Any]:
        """Send a queue's dead letters through it again, or as many as one request does; return how many."""
        return await self._json("POST", f"/queues/{name}/redrive")

    async def keys(self, cursor: str | None = None) -> dict[str, Any]:
        """Return one page of the access keys, newest first."""
        return await self._json("GET", "/keys", {} if cursor is None else {"cursor": cursor})

    async def create_key(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        """Make an access key and return it: the answer alone has it whole."""
        return _body(await self._request("POST", "/keys", json=asked))

    async def revoke_key(self, key_id: str) -> None:
        """Make an access key worthless."""
        await self._request("DELETE", f"/keys/{key_id}")

    async def people(self, parameters: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Return one page of people."""
        return await self._json("GET", "/people", parameters)

    async def person(self, person_id: str) -> dict[str, Any]:
        """Return a person."""
        return await self._json("GET", f"/people/{_segment(person_id)}")

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
            return _body(answer)

        return await patiently(once)

    async def add_face(self, person_id: str, picture: Path, *, known: bool = False) -> dict[str, Any]:
        """Add the face in a picture to a person; return them, and the face.

        Args:
            person_id: whose it is.
            picture: a file.
            known: whether somebody else may have such a face.
        """
        path = f"/people/{_segment(person_id)}/faces"
        return _body(await patiently(lambda: self._send(path, picture, params={"even_if_known": known})))

    async def remove_face(self, person_id: str, face_id: str) -> None:
        """Take a face from a person: they are not told by it any more."""
        await self._request("DELETE", f"/people/{_segment(person_id)}/faces/{_segment(face_id)}")

    async def faces(self, person_id: str) -> dict[str, Any]:
        """Return the faces that a person is told by."""
        return await self._json("GET", f"/people/{_segment(person_id)}/faces")

    async def sightings(self, person_id: str, limit: int) -> dict[str, Any]:
        """Return where a person was seen last."""
        return await self._json("GET", f"/people/{_segment(person_id)}/sightings", {"limit": limit})

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
            f"/people/{_segment(person_id)}",
            json={"name": name},
            params={"another": another},
            headers={"If-Match": f'"{version}"'},
        )
        return _body(answer)

    async def merge(self, person_id: str, into: str) -> dict[str, Any]:
        """Make a person the same as another one, who gets all that is theirs; return that one."""
        path = f"/people/{_segment(person_id)}/merge"
        return _body(await self._request("POST", path, json={"into": into}))

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
            return _body(await self._request("POST", "/people/profiles/import", json=body, params=parameters))

        return await patiently(once)

    async def erase(self, person_id: str) -> dict[str, Any]:
        """Have a person erased; return the receipt of it, as far as it is."""
        return await self._json("DELETE", f"/people/{_segment(person_id)}")

    async def erasure(self, person_id: str) -> dict[str, Any] | None:
        """Return the receipt of somebody who was, or is being, erased; None if nobody of this id was."""
        try:
            return await self._json("GET", f"/people/erasures/{_segment(person_id)}")
        except ApiError as error:
            if error.status != NOT_FOUND:
                raise
            return None

    async def export(self, person_id: str) -> bytes:
        """Return everything that is stored of a person, as a zip."""
        return (await self._request("GET", f"/people/{_segment(person_id)}/export")).content

    async def identify(self, picture: Path) -> dict[str, Any]:
        """Return who is in a picture, of which nothing is kept."""
        return _body(await patiently(lambda: self._send("/people/identify", picture)))

    async def readiness(self) -> dict[str, Any]:
        """Return what is ready and what is not; being not ready is an answer, not an error."""
        try:
            answer = await self._http.get("/readyz")
        except httpx.TransportError as error:
            raise unreachable(self._http.base_url, error) from error
        body: dict[str, Any] = answer.json()
        return body

    async def download(self, url: str, path: Path) -> None:
        """Write what a presigned link leads to into a file."""
        async with httpx.AsyncClient(timeout=TIMEOUT) as plain, plain.stream("GET", url) as answer:
            if answer.is_error:
                raise ApiError(answer.status_code, f"The link was refused with status {answer.status_code}.")
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("wb") as file:
                async for piece in answer.aiter_bytes():
                    file.write(piece)

    async def _json(self, method: str, path: str, parameters: Mapping[str, Any] | None = None) -> dict[str, Any]:
        return _body(await self._request(method, path, params=parameters))

    async def _send(self, path: str, picture: Path, **more: Any) -> httpx.Response:
        """Send a picture as it is, from disk as it is read."""
        size = (await asyncio.to_thread(picture.stat)).st_size
        headers = {"Content-Length": str(size), "Content-Type": RAW}
        return await self._request(
            "POST", path, content=_pieces(picture, size, lambda _: None), headers=headers, **more
        )

    async def _request(self, method: str, path: str, **more: Any) -> httpx.Response:
        try:
            answer = await self._http.request(method, path, **more)
        except httpx.TransportError as error:
            raise unreachable(self._http.base_url, error) from error
        if answer.is_error:
            raise _refusal(answer)
        return answer


@asynccontextmanager
async def connect(url: str, key: str, reason: str = "") -> AsyncIterator[OnlookerClient]:
    """Open a client for the installation at a URL.

    Args:
        url: where it answers.
        key: an access key.
        reason: why people are looked at or changed, for the audit log.
    """
    why = "".join(each if each.isprintable() else " " for each in reason).strip().encode()
    async with httpx.AsyncClient(
        base_url=url,
        headers={b"Authorization": f"Bearer {key}".encode(), **({b"Onlooker-Reason": why} if why else {})},
        timeout=TIMEOUT,
        limits=httpx.Limits(max_connections=CONNECTIONS),
    ) as http:
        yield OnlookerClient(http)


async def patiently(once: Callable[[], Awaitable[T]]) -> T:
    """Return what a request returns; it is made again where an installation that is too busy said when to come back.

    Raises:
        ApiError: it was refused, or so often that it is hopeless.
    """
    for _ in range(ATTEMPTS - 1):
        try:
            return await once()
        except ApiError as error:
            if error.retry_after is None:
                raise
            await asyncio.sleep(error.retry_after)
    return await once()


def object_path(bucket: str, key: str) -> str:
    """Return an object's path at ingest; every byte that could be read otherwise is percent-encoded, slashes too.

    A key may hold ``..`` or ``//``, which clients and proxies on the way would tidy up if they saw them.
    """
    return f"/v1/{_segment(bucket)}/{_segment(key)}"


def _segment(text: str) -> str:
    """Return text as one part of a path: not `.` or `..`, by which a client would leave out others."""
    return quote(text, safe="") if text.strip(".") else text.replace(".", "%2E")


def unreachable(url: httpx.URL, error: httpx.TransportError) -> ApiError:
    """Return the error for an installation that does not answer."""
    return ApiError(0, f"Nothing answers at {url} ({type(error).__name__}). Is `onlooker up` running?")


def _refusal(answer: httpx.Response) -> ApiError:
    seconds = answer.headers.get("Retry-After", "")
    retry_after = float(seconds) if seconds.isdecimal() else None
    try:
        problem = answer.json()
        return ApiError(answer.status_code, problem["detail"], problem.get("instance"), retry_after, problem)
    except (ValueError, KeyError, TypeError):
        return ApiError(answer.status_code, f"{answer.status_code} {answer.reason_phrase}", retry_after=retry_after)


def _body(answer: httpx.Response) -> dict[str, Any]:
    body: dict[str, Any] = answer.json()
    return body


async def _pieces(path: Path, size: int, sent: Callable[[int], None]) -> AsyncIterator[bytes]:
    """Yield a file that has so many bytes; one that has more or fewer by now is not sent to its end."""
    left = size
    with path.open("rb") as file:
        while piece := await asyncio.to_thread(file.read, CHUNK):
            left -= len(piece)
            if left < 0:
                break
            yield piece
            sent(len(piece))
    if left != 0:
        raise ApiError(BAD_REQUEST, "The file changed while it was sent.")
