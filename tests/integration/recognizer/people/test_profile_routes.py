"""Profiles over HTTP: read, written, and made people who are told by the faces that the collection has of them."""

from collections.abc import AsyncIterator

import httpx
import pytest

from people_past import Past, past_of, served
from people_records import a_face_id
from recognizer_stage import Stage, jpeg
from rekognition_standin import SEARCHED, StandIn


@pytest.fixture
async def past(stage: Stage) -> Past:
    return await past_of(stage)


@pytest.fixture
async def http(past: Past) -> AsyncIterator[httpx.AsyncClient]:
    async with served(past) as here, here.client() as client:
        yield client


async def test_a_profile_is_written_read_and_deleted(http: httpx.AsyncClient, past: Past) -> None:
    alice = await past.people.create("Alice")
    path = f"/people/profiles/{(await past.face(alice)).face_id}"
    assert (await http.get(path)).status_code == 404
    put = await http.put(path, json={"attributes": {"Bio": "Paints.", "Name": "Alice"}})
    assert put.status_code == 200
    assert (await http.get(path)).json() == put.json()
    assert put.json()["attributes"] == {"Bio": "Paints.", "Name": "Alice"}
    assert put.json()["person_id"] == alice.person_id
    assert (await http.delete(path)).status_code == 204
    assert (await http.get(path)).status_code == 404
    entries = (await http.get(f"/people/{alice.person_id}/audit")).json()["entries"]
    assert [entry["action"] for entry in entries] == ["changed", "read", "changed"]


async def test_what_is_no_profile_is_refused_with_words(http: httpx.AsyncClient) -> None:
    assert (await http.put("/people/profiles/x", json={"attributes": {"FaceId": "y"}})).status_code == 400
    assert (await http.put("/people/profiles/x", json={"attributes": {"Bio": 7}})).status_code == 422
    assert (await http.post("/people/profiles/import", params={"cursor": "nonsense"})).status_code == 400


@pytest.mark.parametrize(("key", "read", "write"), [("reader", 404, 403), ("bound", 403, 403)])
async def test_who_may(past: Past, key: str, read: int, write: int) -> None:
    async with served(past) as here, here.client(key) as client:
        assert (await client.get("/people/profiles/x")).status_code == read
        assert (await client.put("/people/profiles/x", json={"attributes": {}})).status_code == write
        assert (await client.delete("/people/profiles/x")).status_code == write
        assert (await client.post("/people/profiles/import")).status_code == write


async def test_an_import_goes_page_by_page_and_its_people_are_told_in_pictures(
    http: httpx.AsyncClient, past: Past, standin: StandIn
) -> None:
    """The collection is asked for the faces of each page alone; a key that is no FaceId is not asked for."""
    face_id, others = a_face_id(), [a_face_id(), a_face_id(), "of another system"]
    standin.collected = [{"FaceId": face_id, "BoundingBox": SEARCHED, "Confidence": 99.0, "ExternalImageId": "alice"}]
    standin.matches = [{"Face": {"FaceId": face_id}, "Similarity": 99.5}]
    for number, each in enumerate(others):
        await http.put(f"/people/profiles/{each}", json={"attributes": {"Name": f"Person {number}"}})
    await http.put(f"/people/profiles/{face_id}", json={"attributes": {"Bio": "Paints."}})

    pages = [(await http.post("/people/profiles/import", params={"limit": 3})).json()]
    while cursor := pages[-1]["cursor"]:
        pages.append((await http.post("/people/profiles/import", params={"limit": 3, "cursor": cursor})).json())

    assert [sum(page[what] for page in pages) for what in ("taken", "known", "refused")] == [4, 0, 0]
    with_face = [each["face_id"] for page in pages for each in page["profiles"] if each["has_face"]]
    assert with_face == [face_id]
    asked = [each.body["FaceIds"] for each in standin.asked if each.operation == "ListFaces"]
    assert sorted(face for page in asked for face in page) == sorted([face_id, *others[:2]])

    image_id = await past.stage.put("a.jpg", jpeg(600, 600))
    await past.told(1)
    assert await past.names(image_id) == ["alice"]


async def test_an_import_without_a_single_profile_is_done_at_once(http: httpx.AsyncClient) -> None:
    answer = await http.post("/people/profiles/import", json={})
    assert answer.json() == {"profiles": [], "taken": 0, "known": 0, "refused": 0, "cursor": None}
