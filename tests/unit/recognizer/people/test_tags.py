"""Whom an object in the faces bucket is of."""

import pytest

from onlooker_recognizer.people.enrolment.tags import Named, named

ALICE = Named("Alice")


@pytest.mark.parametrize(
    ("tags", "metadata"),
    [
        ({"person": "Alice"}, {}),
        ({"Person": " Alice "}, {}),
        ({"alice-1.jpg": "Alice"}, {}),
        ({"alice-1": "Alice"}, {}),
        ({"staff/alice-1.jpg": "Alice"}, {}),
        ({"unrelated": "x"}, {"person": "Alice"}),
        ({"person": "Alice", "alice-1.jpg": "Somebody"}, {"person": "Somebody"}),
    ],
)
def test_a_tag_or_the_metadata_says_it(tags: dict[str, str], metadata: dict[str, str]) -> None:
    assert named("staff/alice-1.jpg", tags, metadata) == ALICE


@pytest.mark.parametrize("tags", [{}, {"other.jpg": "Alice"}, {"person": "  "}])
def test_nothing_says_it(tags: dict[str, str]) -> None:
    assert named("alice-1.jpg", tags, {"traceparent": "00-..."}) is None


def test_an_id_is_more_than_a_name() -> None:
    assert named("a.jpg", {"person": "Alice", "person_id": "1f"}, {}) == Named(person_id="1f")
    assert named("a.jpg", {"person": "Alice"}, {"person-id": "1f"}) == Named(person_id="1f")


@pytest.mark.parametrize("value", ["Zo%C3%AB", "=?UTF-8?B?Wm/Dqw==?=", "=?utf-8?q?Zo=C3=AB?="])
def test_metadata_holds_what_headers_cannot(value: str) -> None:
    assert named("a.jpg", {}, {"person": value}) == Named("Zoë")


def test_metadata_that_only_looks_encoded_is_taken_as_it_is() -> None:
    assert named("a.jpg", {}, {"person": "=?no-charset?B?Wm/Dqw==?="}) == Named("=?no-charset?B?Wm/Dqw==?=")
