"""What is made of profiles that others kept."""

from typing import Any

import pytest

from onlooker_recognizer.people.profiles.reading import read_profile
from onlooker_recognizer.people.profiles.table import Profile, profile_of
from onlooker_shared.errors import BadRequestError


def item(**attributes: Any) -> dict[str, Any]:
    return {"FaceId": {"S": "f-1"}, **attributes}


@pytest.mark.parametrize(
    ("attributes", "name"),
    [
        ({"Name": "Alice", "Bio": "Paints."}, "Alice"),
        ({"name": " Alice "}, "Alice"),
        ({"PersonName": "Alice"}, "Alice"),
        ({"person_name": "Alice"}, "Alice"),
        ({"Full Name": "Alice Example", "DisplayName": "Al"}, "Alice Example"),
        ({"FirstName": "Alice", "LastName": "Example"}, "Alice Example"),
        ({"surname": "Example"}, "Example"),
        ({"Name": "  ", "ExternalImageId": "alice"}, "alice"),
        ({"Name": "x" * 201, "DisplayName": "Alice"}, "Alice"),
        ({"Name": "\x00", "Bio": "?"}, "from-the-collection"),
        ({}, "from-the-collection"),
    ],
)
def test_a_name_is_looked_for_where_people_keep_names(attributes: dict[str, str], name: str) -> None:
    assert read_profile(Profile("f-1", attributes), "from-the-collection").name == name


def test_without_any_name_it_is_the_faces_id() -> None:
    assert read_profile(Profile("f-1", {"Bio": "Paints."})).name == "f-1"
    with pytest.raises(BadRequestError):
        read_profile(Profile("f\x001"))


def test_attributes_are_kept_but_for_those_that_became_fields() -> None:
    read = read_profile(
        Profile("f-1", {"Name": "Alice", "fullname": "Alice B.", "Bio": "Paints.", "ExternalImageId": "7"})
    )
    assert (read.name, read.external_id) == ("Alice", "7")
    assert read.attributes == {"Bio": "Paints.", "fullname": "Alice B."}
    assert read.left_out == ()


def test_what_cannot_be_taken_is_told_and_the_rest_is_taken() -> None:
    profile = Profile("f-1", {"Name": "Alice", "Bio": "x" * 2001, "Town": "Ulm", "A\x1bB": "?"}, unreadable=("Photo",))
    read = read_profile(profile)
    assert read.attributes == {"Town": "Ulm"}
    assert len(read.left_out) == 3
    assert any("Photo" in each for each in read.left_out)
    assert any("'Bio' has 2001 characters" in each for each in read.left_out)


def test_what_others_wrote_is_read_as_text() -> None:
    profile = profile_of(
        item(
            Age={"N": "42"},
            Ratio={"N": "0.5"},
            Member={"BOOL": True},
            Nothing={"NULL": True},
            Towns={"SS": ["Ulm", "Bonn"]},
            Scores={"NS": ["10", "9"]},
            Pets={"L": [{"M": {"name": {"S": "Zoë"}}}]},
            Photo={"B": b"\xff"},
            Photos={"L": [{"B": b"\xff"}]},
            Prints={"BS": [b"\xff"]},
        )
    )
    assert profile.attributes == {
        "Age": "42",
        "Ratio": "0.5",
        "Member": "true",
        "Nothing": "",
        "Towns": '["Bonn", "Ulm"]',
        "Scores": "[9, 10]",
        "Pets": '[{"name": "Zoë"}]',
    }
    assert profile.unreadable == ("Photo", "Photos", "Prints")
