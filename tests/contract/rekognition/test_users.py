"""Users of a collection, the faces that are theirs, and the search for them."""

from collections.abc import Callable
from typing import Any

import pytest

from rekognition_fakes import scene

NOBODY = "11111111-1111-4111-8111-111111111111"


class People:
    """The users of one collection."""

    def __init__(self, client: Any, collection: str) -> None:
        self.client = client
        self.collection = collection

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        answer = getattr(self.client, method)(CollectionId=self.collection, **parameters)
        del answer["ResponseMetadata"]
        return answer

    def index(self, person: int, variant: int = 0) -> str:
        """The id of a new face."""
        picture = {"Bytes": scene({"person": person, "variant": variant})}
        return self.call("index_faces", Image=picture)["FaceRecords"][0]["Face"]["FaceId"]

    def associate(self, user: str, *faces: str, **parameters: Any) -> dict[str, Any]:
        return self.call("associate_faces", UserId=user, FaceIds=list(faces), **parameters)

    def disassociate(self, user: str, *faces: str) -> dict[str, Any]:
        return self.call("disassociate_faces", UserId=user, FaceIds=list(faces))

    def user(self, name: str, *faces: str) -> None:
        """Make a user who has these faces."""
        self.call("create_user", UserId=name)
        if faces:
            assert len(self.associate(name, *faces, UserMatchThreshold=0)["AssociatedFaces"]) == len(faces)

    def statuses(self) -> dict[str, str]:
        return {user["UserId"]: user["UserStatus"] for user in self.call("list_users")["Users"]}

    def owners(self) -> dict[str, str | None]:
        return {face["FaceId"]: face.get("UserId") for face in self.call("list_faces")["Faces"]}

    def by_image(self, *people: Any, **parameters: Any) -> dict[str, Any]:
        return self.call("search_users_by_image", Image={"Bytes": scene(*people)}, **parameters)


@pytest.fixture
def people(client: Any, collection: str) -> People:
    return People(client, collection)


def found(answer: dict[str, Any]) -> list[str]:
    return [match["User"]["UserId"] for match in answer["UserMatches"]]


def test_a_user_is_created_counted_listed_and_deleted(people: People) -> None:
    assert people.call("create_user", UserId="kit:1") == {}
    assert people.statuses() == {"kit:1": "CREATED"}
    assert people.call("describe_collection")["UserCount"] == 1
    assert people.call("delete_user", UserId="kit:1") == {}
    assert people.statuses() == {}
    assert people.call("describe_collection")["UserCount"] == 0


def test_a_user_is_not_created_twice(people: People) -> None:
    people.user("kit")
    with pytest.raises(people.client.exceptions.ConflictException, match="kit"):
        people.call("create_user", UserId="kit")


def test_users_are_listed_in_pages_without_gaps_or_repeats(people: People) -> None:
    names = [f"user-{number}" for number in range(5)]
    for name in names:
        people.user(name)
    paginator = people.client.get_paginator("list_users")
    pages = list(paginator.paginate(CollectionId=people.collection, PaginationConfig={"PageSize": 2}))
    assert [len(page["Users"]) for page in pages] == [2, 2, 1]
    assert [user["UserId"] for page in pages for user in page["Users"]] == names


def test_a_token_is_good_for_its_own_listing(people: People) -> None:
    people.user("kit")
    people.user("ada")
    token = people.call("list_users", MaxResults=1)["NextToken"]
    assert [user["UserId"] for user in people.call("list_users", NextToken=token)["Users"]] == ["ada"]
    with pytest.raises(people.client.exceptions.InvalidPaginationTokenException):
        people.call("list_faces", NextToken=token)


def test_faces_become_a_users(people: People) -> None:
    first, second, other = people.index(1), people.index(1, 1), people.index(2)
    people.user("kit")
    answer = people.associate("kit", first, second)
    assert answer == {
        "AssociatedFaces": [{"FaceId": first}, {"FaceId": second}],
        "UnsuccessfulFaceAssociations": [],
        "UserStatus": "ACTIVE",
    }
    assert people.statuses() == {"kit": "ACTIVE"}
    assert people.owners() == {first: "kit", second: "kit", other: None}
    mine = people.call("list_faces", UserId="kit")["Faces"]
    assert [face["FaceId"] for face in mine] == [first, second]


def test_faces_that_a_user_has_already_are_passed_over(people: People) -> None:
    face = people.index(1)
    people.user("kit", face)
    assert people.associate("kit", face, face) == {
        "AssociatedFaces": [],
        "UnsuccessfulFaceAssociations": [],
        "UserStatus": "ACTIVE",
    }


def test_faces_that_can_not_become_a_users_are_named_with_the_reason(people: People) -> None:
    mine, hers, strange = people.index(1), people.index(2), people.index(3)
    people.user("kit", mine)
    people.user("ada", hers)
    answer = people.associate("kit", NOBODY, hers, strange)
    assert answer["AssociatedFaces"] == []
    missing, owned, unlike = answer["UnsuccessfulFaceAssociations"]
    assert missing == {"FaceId": NOBODY, "Reasons": ["FACE_NOT_FOUND"]}
    assert owned == {"FaceId": hers, "UserId": "ada", "Reasons": ["ASSOCIATED_TO_A_DIFFERENT_USER"]}
    assert (unlike["FaceId"], unlike["Reasons"]) == (strange, ["LOW_MATCH_CONFIDENCE"])
    assert unlike["Confidence"] < 75, "the default threshold"
    assert people.associate("kit", strange, UserMatchThreshold=0)["AssociatedFaces"] == [{"FaceId": strange}]


def test_faces_are_taken_from_a_user(people: People) -> None:
    first, second, hers, free = people.index(1), people.index(1, 1), people.index(2), people.index(3)
    people.user("kit", first, second)
    people.user("ada", hers)
    answer = people.disassociate("kit", first, NOBODY, hers, free)
    assert answer == {
        "DisassociatedFaces": [{"FaceId": first}],
        "UnsuccessfulFaceDisassociations": [
            {"FaceId": NOBODY, "Reasons": ["FACE_NOT_FOUND"]},
            {"FaceId": hers, "UserId": "ada", "Reasons": ["ASSOCIATED_TO_A_DIFFERENT_USER"]},
        ],
        "UserStatus": "ACTIVE",
    }, "what is nobody's is passed over"
    assert people.disassociate("kit", second)["UserStatus"] == "CREATED", "as before its first face"
    assert people.statuses() == {"kit": "CREATED", "ada": "ACTIVE"}


def test_a_users_face_is_not_deleted_before_it_is_disassociated(people: People) -> None:
    face = people.index(1)
    people.user("kit", face)
    answer = people.call("delete_faces", FaceIds=[face])
    assert answer == {
        "DeletedFaces": [],
        "UnsuccessfulFaceDeletions": [{"FaceId": face, "UserId": "kit", "Reasons": ["ASSOCIATED_TO_AN_EXISTING_USER"]}],
    }
    people.disassociate("kit", face)
    assert people.call("delete_faces", FaceIds=[face])["DeletedFaces"] == [face]


def test_the_faces_of_a_deleted_user_stay_and_are_nobodys(people: People) -> None:
    face = people.index(1)
    people.user("kit", face)
    people.call("delete_user", UserId="kit")
    assert people.owners() == {face: None}
    assert found(people.by_image(1)) == []


def test_a_user_has_at_most_a_hundred_faces(people: People) -> None:
    crowd = [{"person": 1, "variant": number + 1} for number in range(100)]
    indexed = people.call("index_faces", Image={"Bytes": scene(*crowd)})
    faces = [record["Face"]["FaceId"] for record in indexed["FaceRecords"]]
    people.user("kit", *faces)
    with pytest.raises(people.client.exceptions.ServiceQuotaExceededException):
        people.associate("kit", people.index(1))
    assert len(people.call("list_faces", UserId="kit")["Faces"]) == 100


def test_users_are_searched_by_a_face(people: People) -> None:
    mine, hers, new = people.index(1), people.index(2), people.index(1, 1)
    people.user("kit", mine)
    people.user("ada", hers)
    answer = people.call("search_users", FaceId=new)
    assert answer["SearchedFace"] == {"FaceId": new}
    assert "SearchedUser" not in answer
    assert answer["FaceModelVersion"] == people.call("describe_collection")["FaceModelVersion"]
    (match,) = answer["UserMatches"]
    assert match["User"] == {"UserId": "kit", "UserStatus": "ACTIVE"}
    assert match["Similarity"] > 99
    assert found(people.call("search_users", FaceId=mine)) == ["kit"], "whose the face is"
    everybody = people.call("search_users", FaceId=new, UserMatchThreshold=0)
    assert found(everybody) == ["kit", "ada"], "most alike first"
    assert found(people.call("search_users", FaceId=new, UserMatchThreshold=0, MaxUsers=1)) == ["kit"]


def test_a_user_is_not_found_by_itself(people: People) -> None:
    people.user("kit", people.index(1))
    people.user("kit-again", people.index(1, 1))
    people.user("ada", people.index(2))
    people.user("nobody")
    answer = people.call("search_users", UserId="kit")
    assert answer["SearchedUser"] == {"UserId": "kit"}
    assert "SearchedFace" not in answer
    assert found(answer) == ["kit-again"]
    assert found(people.call("search_users", UserId="kit", MaxUsers=1, UserMatchThreshold=0)) == ["kit-again"]
    assert found(people.call("search_users", UserId="nobody", UserMatchThreshold=0)) == [], (
        "it has no face to search by"
    )


def test_users_of_other_collections_are_others(people: People) -> None:
    others = People(people.client, "other-people")
    for _ in range(2):
        others.client.create_collection(CollectionId=others.collection)
        assert others.statuses() == {}, "a collection made anew has none"
        others.user("kit", others.index(1))
        assert found(people.by_image(1)) == []
        assert people.statuses() == {}
        others.client.delete_collection(CollectionId=others.collection)


def test_either_a_user_or_a_face_is_searched(people: People) -> None:
    for parameters in ({}, {"UserId": "kit", "FaceId": NOBODY}):
        with pytest.raises(people.client.exceptions.InvalidParameterException, match="either UserId or FaceId"):
            people.call("search_users", **parameters)
    with pytest.raises(people.client.exceptions.InvalidParameterException, match="was not found in the collection"):
        people.call("search_users", FaceId=NOBODY)


def test_users_are_searched_by_the_largest_face_of_a_picture(people: People) -> None:
    people.user("kit", people.index(1), people.index(1, 1))
    people.user("ada", people.index(2))
    answer = people.by_image({"person": 1, "variant": 2, "size": 0.4}, {"person": 2, "size": 0.2})
    assert found(answer) == ["kit"]
    searched = answer["SearchedFace"]["FaceDetail"]
    assert searched["BoundingBox"]["Width"] == 0.4
    assert set(searched) == {"BoundingBox", "Confidence", "Landmarks", "Pose", "Quality"}
    (other,) = answer["UnsearchedFaces"]
    assert other["Reasons"] == ["FACE_NOT_LARGEST"]
    assert other["FaceDetails"]["BoundingBox"]["Width"] == 0.2


def test_faces_below_the_quality_bar_are_not_searched(people: People) -> None:
    people.user("kit", people.index(1))
    dark, tilted = {"person": 1, "brightness": 1.0, "size": 0.5}, {"person": 1, "yaw": 85.0, "size": 0.4}
    assert found(people.by_image(dark)) == ["kit"], "no filter by default"
    answer = people.by_image(dark, tilted, {"person": 1, "size": 0.1}, QualityFilter="AUTO")
    assert answer["SearchedFace"]["FaceDetail"]["BoundingBox"]["Width"] == 0.1
    assert [face["Reasons"] for face in answer["UnsearchedFaces"]] == [["LOW_BRIGHTNESS"], ["EXTREME_POSE"]]


def test_a_picture_without_a_face_to_search_is_no_error(people: People) -> None:
    people.user("kit", people.index(1))
    assert people.by_image()["UserMatches"] == []
    answer = people.by_image({"person": 1, "brightness": 1.0}, QualityFilter="HIGH")
    assert "SearchedFace" not in answer
    assert answer["UserMatches"] == []
    assert [face["Reasons"] for face in answer["UnsearchedFaces"]] == [["LOW_BRIGHTNESS"]]


def test_more_than_a_hundred_faces_exceed_what_is_looked_at(people: People) -> None:
    crowd = [{"person": 1, "size": 0.001 * number} for number in range(1, 103)]
    reasons = [face["Reasons"] for face in people.by_image(*crowd)["UnsearchedFaces"]]
    assert reasons == [["FACE_NOT_LARGEST"]] * 99 + [["EXCEEDS_MAX_FACES"]] * 2


@pytest.mark.parametrize(
    ("method", "parameters"),
    [
        ("create_user", {"UserId": "kit"}),
        ("delete_user", {"UserId": "kit"}),
        ("list_users", {}),
        ("associate_faces", {"UserId": "kit", "FaceIds": [NOBODY]}),
        ("disassociate_faces", {"UserId": "kit", "FaceIds": [NOBODY]}),
        ("search_users", {"UserId": "kit"}),
        ("search_users", {"FaceId": NOBODY}),
        ("search_users_by_image", {"Image": {"Bytes": b"{}"}}),
    ],
)
def test_a_missing_collection_is_named(client: Any, method: str, parameters: dict[str, Any]) -> None:
    with pytest.raises(client.exceptions.ResourceNotFoundException, match="The collection id: nowhere does not exist"):
        getattr(client, method)(CollectionId="nowhere", **parameters)


@pytest.mark.parametrize(
    ("method", "parameters"),
    [
        ("delete_user", {}),
        ("associate_faces", {"FaceIds": [NOBODY]}),
        ("disassociate_faces", {"FaceIds": [NOBODY]}),
        ("search_users", {}),
        ("list_faces", {}),
    ],
)
def test_a_missing_user_is_named(people: People, method: str, parameters: dict[str, Any]) -> None:
    with pytest.raises(people.client.exceptions.ResourceNotFoundException, match="kit"):
        people.call(method, UserId="kit", **parameters)


@pytest.mark.parametrize(
    ("change", "repeat"),
    [
        (lambda people: people.call("create_user", UserId="kit", ClientRequestToken="once"), {"kit": "CREATED"}),
        (lambda people: people.call("delete_user", UserId="ada", ClientRequestToken="once"), {}),
    ],
)
def test_a_request_repeated_with_its_token_is_answered_again(
    people: People, change: Callable[[People], dict[str, Any]], repeat: dict[str, str]
) -> None:
    if not repeat:
        people.user("ada")
    assert change(people) == change(people) == {}
    assert people.statuses() == repeat


def test_a_token_can_not_be_used_for_another_request(people: People) -> None:
    people.call("create_user", UserId="kit", ClientRequestToken="mine")
    with pytest.raises(people.client.exceptions.IdempotentParameterMismatchException, match="ClientRequestToken"):
        people.call("create_user", UserId="ada", ClientRequestToken="mine")
    people.user("ada")
    with pytest.raises(people.client.exceptions.ConflictException):
        people.call("create_user", UserId="kit")  # boto3 makes a token of its own for each call
