"""What the collection is asked, in Amazon's words, and what is made of its answers."""

from collections import deque
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from onlooker_recognizer.calls import Calls
from onlooker_recognizer.people.collection.answers import Indexed, Unfit
from onlooker_recognizer.people.collection.collection import REMEMBERED, Collection, CollectionMissingError
from onlooker_recognizer.people.collection.matching import Match
from onlooker_shared.errors import ConflictError, UnavailableError
from onlooker_shared.recognition import BoundingBox

BOX = {"Left": 0.1, "Top": 0.2, "Width": 0.5, "Height": 0.6}
HERE = BoundingBox(left=0.1, top=0.2, width=0.5, height=0.6)
FACES = {
    "SearchedFaceBoundingBox": BOX,
    "FaceMatches": [
        {"Similarity": 71.0, "Face": {"FaceId": "f2"}},
        {"Similarity": 95.0, "Face": {"FaceId": "f1", "ExternalImageId": "stale"}},
    ],
}


def users(similarity: float) -> dict[str, Any]:
    matches = [{"Similarity": similarity, "User": {"UserId": "alice", "UserStatus": "ACTIVE"}}]
    return {"SearchedFace": {"FaceDetail": {"BoundingBox": BOX}}, "UserMatches": matches}


def refusal(code: str, message: str = "by script") -> ClientError:
    metadata: Any = {"HTTPStatusCode": 400}
    return ClientError({"Error": {"Code": code, "Message": message}, "ResponseMetadata": metadata}, "Any")


class Client:
    """Rekognition's client: each operation answers by script, and its last answer again and again."""

    def __init__(self, **script: Any) -> None:
        self.script = {name: deque(told if isinstance(told, list) else [told]) for name, told in script.items()}
        self.asked: list[tuple[str, dict[str, Any]]] = []

    def __getattr__(self, name: str) -> Callable[..., Any]:
        async def answer(**parameters: Any) -> dict[str, Any]:
            self.asked.append((name, parameters))
            left = self.script.get(name, deque([{}]))
            told = left.popleft() if len(left) > 1 else left[0]
            if isinstance(told, Exception):
                raise told
            return dict(told)

        return answer

    @property
    def names(self) -> list[str]:
        return [name for name, _ in self.asked]


class Keeper:
    """Makes the collection, as far as anybody knows."""

    def __init__(self) -> None:
        self.made = 0
        self.at_it = False

    def refuse_while_at_it(self) -> None:
        if self.at_it:
            raise UnavailableError("at it")

    async def restore(self) -> None:
        self.made += 1


def collection(client: Client, **more: Any) -> Collection:
    calls = Calls(client, paces={}, count=lambda _: None)  # any operation
    return Collection(calls, "people", **more)


async def test_where_nobody_has_several_faces_faces_alone_are_searched() -> None:
    client = Client(search_faces_by_image=FACES)
    found = await collection(client).search(b"jpeg", threshold=70)
    assert found is not None
    assert (found.box, found.people) == (HERE, ())
    assert found.faces == (Match("f1", 95.0), Match("f2", 71.0))
    assert client.asked[-1] == (
        "search_faces_by_image",
        {
            "CollectionId": "people",
            "Image": {"Bytes": b"jpeg"},
            "FaceMatchThreshold": 70,
            "MaxFaces": 20,
            "QualityFilter": "NONE",
        },
    )


async def test_a_user_beyond_doubt_spares_the_search_of_faces() -> None:
    client = Client(describe_collection={"UserCount": 1}, search_users_by_image=users(99.5))
    found = await collection(client).search(b"jpeg", threshold=70)
    assert found is not None
    assert (found.box, found.people, found.faces) == (HERE, (Match("alice", 99.5),), ())
    assert "search_faces_by_image" not in client.names


async def test_a_user_in_doubt_does_not() -> None:
    client = Client(
        describe_collection={"UserCount": 1}, search_users_by_image=users(95.0), search_faces_by_image=FACES
    )
    found = await collection(client).search(b"jpeg", threshold=70)
    assert found is not None
    assert (len(found.people), len(found.faces)) == (1, 2)


async def test_whether_there_are_users_is_asked_now_and_then_and_known_of_ones_own() -> None:
    now = [100.0]
    client = Client(describe_collection={"UserCount": 0}, search_faces_by_image=FACES, search_users_by_image=users(99))
    people = collection(client, clock=lambda: now[0])
    for _ in range(2):
        await people.search(b"jpeg", threshold=70)
    assert client.names.count("describe_collection") == 1
    now[0] += REMEMBERED
    await people.search(b"jpeg", threshold=70)
    assert client.names.count("describe_collection") == 2
    await people.associate("alice", ["f1", "f2"])
    await people.search(b"jpeg", threshold=70)
    assert client.names[-1] == "search_users_by_image"


@pytest.mark.parametrize(
    "script",
    [
        {"search_faces_by_image": refusal("InvalidParameterException", "There are no faces in the image.")},
        {"describe_collection": {"UserCount": 1}, "search_users_by_image": {"UserMatches": []}},
    ],
)
async def test_a_picture_without_a_face_resembles_nobody(script: dict[str, Any]) -> None:
    assert await collection(Client(**script)).search(b"jpeg", threshold=70) is None


async def test_another_wrong_parameter_is_an_error() -> None:
    client = Client(search_faces_by_image=refusal("InvalidParameterException", "FaceMatchThreshold is wrong"))
    with pytest.raises(ClientError):
        await collection(client).search(b"jpeg", threshold=700)


async def test_a_face_of_the_collection_is_like_others_and_one_that_is_not_there_like_nobody() -> None:
    client = Client(search_faces=[{"FaceMatches": FACES["FaceMatches"]}, refusal("InvalidParameterException")])
    faces = collection(client)
    assert await faces.alike("f0", threshold=70, most=200) == (Match("f1", 95.0), Match("f2", 71.0))
    asked = {"CollectionId": "people", "FaceId": "f0", "FaceMatchThreshold": 70, "MaxFaces": 200}
    assert client.asked == [("search_faces", asked)]
    assert await faces.alike("f0", threshold=70, most=200) == ()


async def test_a_face_is_added_under_the_persons_id_alone() -> None:
    record = {
        "Face": {"FaceId": "f9", "BoundingBox": BOX, "Confidence": 99.0},
        "FaceDetail": {"Quality": {"Brightness": 80.0, "Sharpness": 70.0}},
    }
    client = Client(index_faces={"FaceRecords": [record], "FaceModelVersion": "7.0"})
    added = await collection(client).index(b"jpeg", person_id="alice")
    assert isinstance(added, Indexed)
    assert (added.face_id, added.box, added.model, added.quality.sharpness) == ("f9", HERE, "7.0", 70.0)
    assert client.asked == [
        (
            "index_faces",
            {
                "CollectionId": "people",
                "Image": {"Bytes": b"jpeg"},
                "ExternalImageId": "alice",
                "MaxFaces": 1,
                "QualityFilter": "AUTO",
            },
        )
    ]


async def test_a_face_that_is_not_good_enough_comes_back_with_reasons() -> None:
    unindexed = [{"Reasons": ["LOW_SHARPNESS", "EXTREME_POSE"]}, {"Reasons": ["LOW_SHARPNESS"]}]
    client = Client(index_faces={"FaceRecords": [], "UnindexedFaces": unindexed})
    assert await collection(client).index(b"jpeg", person_id="alice") == Unfit(("LOW_SHARPNESS", "EXTREME_POSE"))
    client = Client(index_faces={"FaceRecords": []})
    assert await collection(client).index(b"jpeg", person_id="alice") == Unfit(())


async def test_a_user_that_exists_gets_the_faces_all_the_same() -> None:
    client = Client(create_user=refusal("ConflictException"))
    await collection(client).associate("alice", [f"f{n}" for n in range(101)])
    assert client.names == ["create_user", "associate_faces", "associate_faces"]
    assert [len(told["FaceIds"]) for _, told in client.asked[1:]] == [100, 1]


async def test_what_is_not_there_is_as_good_as_deleted() -> None:
    gone = refusal("ResourceNotFoundException")
    people = collection(Client(delete_user=gone, disassociate_faces=gone, delete_faces=gone))
    await people.delete_user("alice")
    await people.disassociate("alice", ["f1"])
    await people.delete_faces(["f1"])


async def test_all_faces_are_listed_page_by_page() -> None:
    pages = [{"Faces": [{"FaceId": "f1"}], "NextToken": "t"}, {"Faces": [{"FaceId": "f2"}]}]
    client = Client(list_faces=pages)
    assert await collection(client).face_ids() == {"f1", "f2"}
    assert client.asked[1][1]["NextToken"] == "t"


async def test_a_missing_collection_is_made_and_asked_again_once() -> None:
    client = Client(search_faces_by_image=[refusal("ResourceNotFoundException"), FACES])
    keeper = Keeper()
    found = await collection(client, keeper=keeper).search(b"jpeg", threshold=70)
    assert found is not None
    assert keeper.made == 1

    client = Client(search_faces_by_image=refusal("ResourceNotFoundException"))
    with pytest.raises(ClientError):
        await collection(client, keeper=keeper).search(b"jpeg", threshold=70)
    with pytest.raises(CollectionMissingError):
        await collection(client).search(b"jpeg", threshold=70)


async def test_nobody_is_looked_up_in_a_collection_that_is_being_filled() -> None:
    keeper = Keeper()
    keeper.at_it = True
    with pytest.raises(UnavailableError):
        await collection(Client(search_faces_by_image=FACES), keeper=keeper).search(b"jpeg", threshold=70)


async def test_only_a_face_that_a_user_has_is_not_deleted() -> None:
    def refused(reason: str) -> dict[str, Any]:
        return {"UnsuccessfulFaceDeletions": [{"FaceId": "f1", "Reasons": [reason]}]}

    await collection(Client(delete_faces=refused("FACE_NOT_FOUND"))).delete_faces(["f1"])
    with pytest.raises(ConflictError, match="f1"):
        await collection(Client(delete_faces=refused("ASSOCIATED_TO_AN_EXISTING_USER"))).delete_faces(["f1"])


async def test_a_collection_that_is_there_is_not_made_again() -> None:
    await collection(Client(create_collection=refusal("ResourceAlreadyExistsException"))).create()


async def test_a_search_by_a_whole_picture_tells_all_of_its_faces() -> None:
    told = users(99.5) | {"UnsearchedFaces": [{"FaceDetails": {"BoundingBox": BOX, "Confidence": 90.0}}]}
    client = Client(search_users_by_image=told)
    seen = await collection(client).see(b"picture", threshold=70)
    assert [detail.get("Confidence") for detail in seen.details] == [None, 90.0], "the searched one is first"
    assert seen.found is not None
    assert seen.found.people == (Match("alice", 99.5),)
    assert client.names == ["search_users_by_image"], "nothing else is asked of who is alike beyond doubt"


async def test_of_a_picture_without_a_face_nothing_more_is_asked() -> None:
    client = Client(search_users_by_image={"UserMatches": []})
    seen = await collection(client).see(b"picture", threshold=70)
    assert (seen.details, seen.found) == ((), None)
    assert client.names == ["search_users_by_image"]
