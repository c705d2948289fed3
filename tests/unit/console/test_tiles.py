"""What a picture's document becomes on a wall of pictures."""

from datetime import UTC
from typing import Any

import pytest

from onlooker_console.tiles import days, grouping, tile
from onlooker_console.zones import zone

IMAGE = "0123456789abcdef0123456789abcdef"
SMALL = {"width": 480, "height": 320}


def document(**more: Any) -> dict[str, Any]:
    return {
        "image_id": IMAGE,
        "key": "2026/beach.jpg",
        "uploaded_at": "2026-11-21T10:00:00Z",
        "recognized_at": "2026-11-21T10:00:01Z",
        "state": "recognized",
        "reason": None,
        "width": 3000,
        "height": 2000,
        "face_count": 0,
        "persons": [],
        "labels": [],
        "moderation": [],
        "thumbnail": SMALL,
        "preview": SMALL,
        **more,
    }


def on(*dates: str) -> list[dict[str, Any]]:
    return [document(uploaded_at=f"{date}T00:00:00Z") for date in dates]


def test_a_tile_shows_the_small_picture_of_this_recognition() -> None:
    made = tile(document())
    assert (made.state, made.name, made.shape) == ("ready", "beach.jpg", 15)
    assert made.image == f"/console/pictures/{IMAGE}/thumbnail?v=2026-11-21T10:00:01Z"
    assert made.plain == f"/console/pictures/{IMAGE}/preview?v=2026-11-21T10:00:01Z"


def test_a_picture_of_an_older_version_is_shown_with_its_boxes_alone() -> None:
    made = tile(document(preview=None))
    assert made.plain == made.image


def test_a_picture_that_is_not_drawn_yet_has_its_place_already() -> None:
    made = tile(document(thumbnail=None, preview=None, width=1000, height=2000))
    assert (made.state, made.shape, made.image) == ("waiting", 5, "")


def test_a_tile_that_is_drawn_differs_from_one_that_waits() -> None:
    assert tile(document()).version != tile(document(thumbnail=None, preview=None)).version
    assert tile(document()).version != tile(document(recognized_at="2026-11-22T10:00:00Z")).version


def test_a_picture_in_which_somebody_was_named_since_is_another_version_and_asked_for_anew() -> None:
    before, named = tile(document()), tile(document(identified_at="2026-11-22T10:00:00.5Z"))
    assert named.version != before.version
    assert named.image == f"/console/pictures/{IMAGE}/thumbnail?v=2026-11-22T10:00:00.5Z"
    assert tile(document(identified_at="2026-11-21T10:00:00.9Z")).image == before.image


def test_a_failed_picture_says_why() -> None:
    made = tile(
        document(state="failed", reason="It is empty.", recognized_at=None, width=None, height=None, thumbnail=None)
    )
    assert (made.state, made.reason, made.shape) == ("failed", "It is empty.", 13)


@pytest.mark.parametrize(("width", "height", "shape"), [(10, 4000, 5), (4000, 10, 25), (1, 1, 10)])
def test_a_shape_has_a_style_however_odd_the_picture(width: int, height: int, shape: int) -> None:
    assert tile(document(thumbnail={"width": width, "height": height})).shape == shape


@pytest.mark.parametrize(
    ("persons", "labels", "faces", "what"),
    [
        (["Ann"], ["Person", "Beach", "Dog", "Sea"], 1, "Ann, Beach, Dog, Sea"),
        ([], ["Person"], 1, "Person"),
        ([], [], 1, "1 face"),
        ([], [], 2, "2 faces"),
        ([], [], 0, ""),
    ],
)
def test_a_tile_says_what_is_most_worth_saying(persons: list[str], labels: list[str], faces: int, what: str) -> None:
    listed = [{"name": name} for name in labels]
    assert tile(document(persons=persons, labels=listed, face_count=faces)).what == what


def test_a_key_that_ends_with_a_slash_is_named_whole() -> None:
    assert tile(document(key="folder/")).name == "folder/"


def test_pictures_of_one_day_stand_together() -> None:
    documents = on("2026-11-21", "2026-11-21", "2026-11-20")
    assert grouping(documents, by_time=True) == "day"
    assert [(day.date, len(day.tiles)) for day in days(documents, "day")] == [("2026-11-21", 2), ("2026-11-20", 1)]


def test_where_days_have_few_pictures_months_stand_together() -> None:
    documents = on(*(f"2026-11-{number:02}" for number in range(20, 10, -1)), "2026-10-31")
    assert grouping(documents, by_time=True) == "month"
    assert [(day.date, len(day.tiles)) for day in days(documents, "month")] == [("2026-11", 10), ("2026-10", 1)]


def test_the_best_come_first_without_days() -> None:
    documents = on("2026-11-21", "2025-01-01")
    assert grouping(documents, by_time=False) == "nothing"
    assert [(day.date, len(day.tiles)) for day in days(documents, "nothing")] == [("", 2)]


def test_of_no_pictures_there_are_no_days() -> None:
    assert days([], grouping([], by_time=True)) == ()


def test_days_are_those_of_the_reader() -> None:
    late = [document(uploaded_at="2026-11-21T23:30:00Z")]
    assert [day.date for day in days(late, "day", zone("Asia/Tokyo"))] == ["2026-11-22"]
    assert [day.date for day in days(late, "day", zone("America/New_York"))] == ["2026-11-21"]


@pytest.mark.parametrize("name", ["", "Nowhere", "../../etc/passwd", "/etc/passwd", "America", "a\0b", "x" * 5000])
def test_where_no_time_zone_is_told_days_are_those_of_utc(name: str) -> None:
    assert zone(name) is UTC
