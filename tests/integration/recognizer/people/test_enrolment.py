"""Enrolment and lookup over HTTP, by the real local Rekognition server: what is kept, refused, and never left half."""

import asyncio
import base64
from collections.abc import AsyncIterator, Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image, ImageEnhance, ImageFilter
from structlog.testing import capture_logs

from onlooker_recognizer.people.registry.people import People
from onlooker_shared.aws import Aws
from onlooker_shared.errors import UnauthorizedError
from onlooker_shared.keys import Principal, Scope
from onlooker_shared.objects import list_objects
from onlooker_shared.web.app import create_app
from people_stage import beside
from recognizer_stage import Stage, provisioned

KEYS = {
    "writer": Principal("1", "front desk", frozenset({Scope.PEOPLE_READ, Scope.PEOPLE_WRITE})),
    "reader": Principal("2", "door", frozenset({Scope.PEOPLE_READ})),
    "auditor": Principal("5", "auditor", frozenset({Scope.PEOPLE_AUDIT})),
    "bound": Principal("3", "team a", frozenset({Scope.PEOPLE_READ, Scope.PEOPLE_WRITE}), bucket="images"),
    "other": Principal("4", "pictures only", frozenset({Scope.IMAGES_READ})),
}

Edit = Callable[[Image.Image], Image.Image]


class Keys:
    async def authenticate(self, key: str) -> Principal:
        if key not in KEYS:
            raise UnauthorizedError("unknown")
        return KEYS[key]


@pytest.fixture
async def here(real_aws: Aws) -> Stage:
    """An installation in which nobody is known."""
    return await provisioned(real_aws)


@pytest.fixture
async def http(here: Stage) -> AsyncIterator[httpx.AsyncClient]:
    """The recognizer's API, asked with a key that may read and write people."""
    async with here.recognizer() as service:
        transport = httpx.ASGITransport(create_app([service], Keys()))
        async with httpx.AsyncClient(transport=transport, base_url="http://onlooker", headers=key("writer")) as client:
            yield client


@pytest.fixture
def portraits(pictures: Path) -> Path:
    return pictures / "portraits"


def key(name: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {name}"}


def encoded(*pictures: Path | bytes) -> list[str]:
    found = (each.read_bytes() if isinstance(each, Path) else each for each in pictures)
    return [base64.b64encode(each).decode() for each in found]


def edited(path: Path, edit: Edit) -> bytes:
    out = BytesIO()
    with Image.open(path) as opened:
        edit(opened.convert("RGB")).save(out, "JPEG", quality=95)
    return out.getvalue()


async def enrol(http: httpx.AsyncClient, name: str, *pictures: Path | bytes, **query: bool) -> httpx.Response:
    return await http.post("/people", json={"name": name, "pictures": encoded(*pictures)}, params=query)


async def who(http: httpx.AsyncClient, picture: Path | bytes) -> list[str | None]:
    """The names of those who are told to be in a picture."""
    answer = await http.post("/people/identify", json={"picture": encoded(picture)[0]})
    assert answer.status_code == 200, answer.text
    return [face["person"] and face["person"]["name"] for face in answer.json()["faces"]]


async def look(http: httpx.AsyncClient, picture: Path | bytes) -> httpx.Response:
    return await http.post("/people/look", json={"picture": encoded(picture)[0]})


async def kept(stage: Stage) -> dict[str, int]:
    """How much there is of anybody: records, faces in the collection, crops."""
    rekognition, dynamodb = await stage.aws.client("rekognition"), await stage.aws.client("dynamodb")
    faces = await rekognition.list_faces(CollectionId=f"{stage.common.prefix}people")
    crops = [each async for each in list_objects(await stage.aws.client("s3"), stage.names.results.name, "crops/")]
    people = People(dynamodb, stage.names.people.name, stage.names.people_faces.name)
    everybody = await people.everybody()
    return {
        "people": len(everybody),
        "faces": sum(len(person.face_ids) for person in everybody),
        "indexed": len(faces["Faces"]),
        "crops": len(crops),
    }


def amount(people: int, faces: int) -> dict[str, int]:
    return {"people": people, "faces": faces, "indexed": faces, "crops": faces}


async def test_whoever_is_enrolled_is_told_in_other_pictures(
    http: httpx.AsyncClient, here: Stage, portraits: Path
) -> None:
    assert await who(http, portraits / "obama.jpg") == [None]
    body = {"name": "Zoë <b>", "attributes": {"Bio": "x"}, "external_id": "7"}
    answer = await http.post("/people", json={**body, "pictures": encoded(portraits / "obama.jpg")})
    assert answer.status_code == 201, answer.text
    person = answer.json()["person"]
    path = answer.headers["location"]
    assert path == f"/people/{person['person_id']}"

    read = await http.get(path, headers=key("reader"))
    assert read.json() == person
    assert read.headers["etag"] == answer.headers["etag"] == f'"{person["version"]}"'
    assert (person["name"], person["attributes"], person["external_id"]) == ("Zoë <b>", {"Bio": "x"}, "7")
    assert (person["state"], person["faces"], person["sightings"]) == ("known", 1, 0)

    (face,) = (await http.get(f"{path}/faces")).json()["faces"]
    assert face["face_id"] == person["cover"]
    crop = await http.get(face["picture"])
    assert crop.headers["content-type"] == "image/jpeg"
    assert "private" in crop.headers["cache-control"]
    assert Image.open(BytesIO(crop.content)).width <= 512

    assert await who(http, portraits / "obama-speaking.jpg") == ["Zoë <b>"]
    assert await who(http, portraits / "biden.jpg") == [None]
    listed = (await http.get("/people", params={"q": "ZOË"})).json()
    assert ([each["person_id"] for each in listed["people"]], listed["total"]) == ([person["person_id"]], 1)
    assert await kept(here) == amount(1, 1)


async def test_the_same_picture_again_adds_nothing_and_another_one_makes_a_user(
    http: httpx.AsyncClient, here: Stage, portraits: Path
) -> None:
    person = (await enrol(http, "Alice", portraits / "obama.jpg")).json()["person"]
    path = f"/people/{person['person_id']}/faces"
    again = await http.post(path, files={"picture": ("a.jpg", (portraits / "obama.jpg").read_bytes())})
    assert (again.status_code, again.json()["added"], again.json()["person"]["faces"]) == (200, 0, 1)
    raw = (portraits / "obama-standing.jpg").read_bytes()
    another = await http.post(path, content=raw, headers={"Content-Type": "image/jpeg"})
    assert (another.status_code, another.json()["added"], another.json()["person"]["faces"]) == (201, 1, 2)
    rekognition = await here.aws.client("rekognition")
    users = await rekognition.list_users(CollectionId=f"{here.common.prefix}people")
    assert [user["UserId"] for user in users["Users"]] == [person["person_id"]]
    assert await kept(here) == amount(1, 2)


@pytest.mark.parametrize(
    ("edit", "reason"),
    [
        (lambda image: image.resize((64, 64 * image.height // image.width)), "too_small"),
        (lambda image: ImageEnhance.Brightness(image).enhance(0.08), "too_dark"),
        (lambda image: image.filter(ImageFilter.GaussianBlur(10)), "too_blurred"),
    ],
    ids=["small", "dark", "blurred"],
)
async def test_a_poor_picture_is_refused_with_the_reason(
    http: httpx.AsyncClient, portraits: Path, edit: Edit, reason: str
) -> None:
    poor = edited(portraits / "obama.jpg", edit)
    answer = await enrol(http, "Alice", poor)
    assert (answer.status_code, answer.json().get("reason")) == (422, reason), answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    looked = (await look(http, poor)).json()
    assert (looked["reason"], looked["words"]) == (reason, answer.json()["detail"])
    assert (await http.get("/people")).json()["people"] == []


async def test_before_a_picture_is_taken_it_is_told_whether_it_will_do(
    http: httpx.AsyncClient, here: Stage, portraits: Path
) -> None:
    good = (await look(http, portraits / "obama.jpg")).json()
    assert (good["reason"], good["words"], len(good["faces"])) == (None, None, 1)
    with Image.open(portraits / "obama.jpg") as opened:
        assert (good["width"], good["height"]) == opened.size
    two = (await look(http, beside(portraits / "obama.jpg", portraits / "biden.jpg"))).json()
    assert (two["reason"], len(two["faces"])) == ("several_faces", 2)
    text = await look(http, b"no picture")
    assert (text.status_code, text.json()["reason"]) == (422, "not_a_picture")
    assert (await http.get("/people/audit", headers=key("auditor"))).json()["entries"] == []


async def test_pictures_of_nobody_of_several_and_of_nothing_are_refused_and_nothing_is_kept(
    http: httpx.AsyncClient, here: Stage, pictures: Path, portraits: Path
) -> None:
    good = portraits / "obama.jpg"
    cat = await enrol(http, "Alice", good, pictures / "scenes" / "cat.png")
    two = await enrol(http, "Alice", beside(good, portraits / "biden.jpg"))
    text = await enrol(http, "Alice", b"no picture")
    refused = [(answer.status_code, answer.json()["reason"]) for answer in (cat, two, text)]
    assert refused == [(422, "no_face"), (422, "several_faces"), (422, "not_a_picture")]
    assert (cat.json()["picture"], cat.json()["detail"][:10]) == (2, "Picture 2:")
    assert two.json()["faces"] == 2
    assert await kept(here) == amount(0, 0)


async def test_a_face_that_somebody_has_is_refused_with_whose_it_is_unless_it_is_meant(
    http: httpx.AsyncClient, portraits: Path
) -> None:
    alice = (await enrol(http, "Alice Secret", portraits / "obama.jpg")).json()["person"]
    with capture_logs() as logged:
        answer = await enrol(http, "Bob", portraits / "obama-speaking.jpg")
    problem = answer.json()
    assert (answer.status_code, problem["reason"], problem["state"]) == (409, "already_enrolled", "known")
    assert (problem["person_id"], problem["name"]) == (alice["person_id"], "Alice Secret")
    assert "Alice Secret" in problem["detail"]
    assert "Secret" not in str(logged)
    meant = await enrol(http, "Bob", portraits / "obama-speaking.jpg", even_if_known=True)
    assert meant.status_code == 201


async def test_a_name_that_somebody_has_is_refused_unless_it_is_meant(http: httpx.AsyncClient, portraits: Path) -> None:
    alice = (await enrol(http, "Alice", portraits / "obama.jpg")).json()["person"]
    answer = await enrol(http, "ALICE", portraits / "biden.jpg")
    assert (answer.status_code, answer.json()["reason"]) == (409, "name_taken")
    assert answer.json()["people"] == [{"person_id": alice["person_id"], "name": "Alice", "state": "known"}]
    assert (await enrol(http, "ALICE", portraits / "biden.jpg", another=True)).status_code == 201


async def test_each_of_several_faces_is_told_whichever_is_the_largest(http: httpx.AsyncClient, portraits: Path) -> None:
    await enrol(http, "Alice", portraits / "obama.jpg")
    await enrol(http, "Bob", portraits / "biden.jpg")
    both = beside(portraits / "obama-speaking.jpg", portraits / "biden.jpg")
    assert sorted(filter(None, await who(http, both))) == ["Alice", "Bob"]


async def test_of_two_who_enrol_one_person_at_once_one_does(
    http: httpx.AsyncClient, here: Stage, portraits: Path
) -> None:
    answers = await asyncio.gather(*(enrol(http, "Alice", portraits / "obama.jpg") for _ in range(3)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409]
    assert await kept(here) == amount(1, 1)


async def test_one_picture_added_twice_at_once_is_one_face(
    http: httpx.AsyncClient, here: Stage, portraits: Path
) -> None:
    person = (await enrol(http, "Alice", portraits / "obama.jpg")).json()["person"]
    body = {"pictures": encoded(portraits / "obama-standing.jpg")}
    answers = await asyncio.gather(*(http.post(f"/people/{person['person_id']}/faces", json=body) for _ in range(3)))
    assert {answer.status_code for answer in answers} <= {200, 201}
    assert await kept(here) == amount(1, 2)


async def test_what_cannot_be_recorded_is_taken_back(
    http: httpx.AsyncClient, here: Stage, portraits: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = People.add_face
    calls = 0

    async def fails_at_the_second(people: People, face: Any) -> None:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise RuntimeError("the table is gone")
        await before(people, face)

    monkeypatch.setattr(People, "add_face", fails_at_the_second)
    pictures = [portraits / "obama.jpg", portraits / "obama-standing.jpg"]
    assert (await enrol(http, "Alice", *pictures)).status_code == 500
    assert await kept(here) == amount(0, 0)
    assert (await enrol(http, "Alice", *pictures)).status_code == 201
    assert await kept(here) == amount(1, 2)


async def test_a_face_that_is_forgotten_tells_nobody_any_more(
    http: httpx.AsyncClient, here: Stage, portraits: Path
) -> None:
    pictures = [portraits / "obama.jpg", portraits / "obama-standing.jpg"]
    enrolled = (await enrol(http, "Alice", *pictures)).json()
    path = f"/people/{enrolled['person']['person_id']}/faces"
    for face in enrolled["faces"]:
        assert (await http.delete(f"{path}/{face['face_id']}")).status_code == 204
    assert (await http.delete(f"{path}/{enrolled['faces'][0]['face_id']}")).status_code == 404
    assert (await http.get(enrolled["faces"][0]["picture"])).status_code == 404
    assert await kept(here) == amount(1, 0)
    assert await who(http, portraits / "obama-speaking.jpg") == [None]


async def test_a_person_is_changed_by_whoever_saw_the_latest_version(http: httpx.AsyncClient, portraits: Path) -> None:
    person = (await enrol(http, "Alice", portraits / "obama.jpg")).json()["person"]
    path, etag = f"/people/{person['person_id']}", f'"{person["version"]}"'
    changed = await http.patch(path, json={"name": "Alicia", "external_id": "9"}, headers={"If-Match": etag})
    assert (changed.status_code, changed.json()["name"], changed.json()["external_id"]) == (200, "Alicia", "9")
    stale = await http.patch(path, json={"name": "Alison"}, headers={"If-Match": etag})
    assert stale.status_code == 412
    faults = [{"name": None}, {"cover": "none"}, {"nmae": "x"}, {"state": "merged"}]
    assert [(await http.patch(path, json=fault)).status_code for fault in faults] == [422] * 4
    assert (await http.patch(path, json={"name": "x" * 300})).status_code == 400
    cleared = await http.patch(path, json={"external_id": None, "attributes": {"Bio": "y"}})
    assert (cleared.json()["external_id"], cleared.json()["attributes"]) == (None, {"Bio": "y"})
    assert (await http.get(path)).json()["name"] == "Alicia"


async def test_a_picture_that_is_stored_already_is_fetched_from_the_buckets_of_pictures_alone(
    http: httpx.AsyncClient, here: Stage, portraits: Path
) -> None:
    s3 = await here.aws.client("s3")
    await s3.put_object(Bucket=here.names.images.name, Key="a/é.jpg", Body=(portraits / "obama.jpg").read_bytes())

    async def by_reference(name: str, bucket: str, stored: str) -> httpx.Response:
        return await http.post("/people", json={"name": name, "pictures": [{"bucket": bucket, "key": stored}]})

    answer = await by_reference("Alice", here.names.images.name, "a/é.jpg")
    assert answer.status_code == 201, answer.text
    assert (answer.json()["faces"][0]["key"], answer.json()["faces"][0]["bucket"]) == (
        "a/é.jpg",
        here.names.images.name,
    )
    assert (await by_reference("Bob", here.names.results.name, "a.jpg")).status_code == 403
    assert (await by_reference("Bob", here.names.images.name, "none.jpg")).status_code == 404


async def test_people_are_told_of_to_those_alone_whose_keys_allow_it_everywhere(http: httpx.AsyncClient) -> None:
    path = f"/people/{'0' * 32}"
    for name in ("bound", "other"):
        for method, at in (("GET", "/people"), ("POST", "/people"), ("PATCH", path), ("POST", "/people/identify")):
            assert (await http.request(method, at, headers=key(name), json={})).status_code == 403, (name, at)
    for method, at in (("POST", "/people"), ("PATCH", path), ("POST", f"{path}/faces"), ("DELETE", f"{path}/faces/1")):
        assert (await http.request(method, at, headers=key("reader"), json={})).status_code == 403
    assert (await http.get("/people", headers={"Authorization": ""})).status_code == 401
    assert (await http.get(path)).status_code == 404
    assert (await http.get("/people", params={"cursor": "x"})).status_code == 400
