import pytest
from pydantic import ValidationError

from onlooker_shared.errors import BadRequestError
from onlooker_tagger.queries import ImageQuery, words


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ({"q": "'\" * ()"}, "no letter or digit"),
        ({"q": "x" * 10_000}, "at most 500"),
        ({"q": "a b " * 100}, "holds 200 words; search for 50 at most"),
        ({"q": "\ufdfa" * 100}, "longer than 500 letters once"),
        ({"emotion": "hungry"}, "emotion"),
        ({"min_age": 40, "max_age": 30}, "range of age is empty"),
        ({"from": "2026-02-01", "to": "2026-01-01"}, "range of from/to is empty"),
        ({"limit": 0}, "limit"),
        ({"colour": "red"}, "colour"),
        ({"min_faces": 10**20}, "less than or equal to 10000"),
        ({"from": "0001-01-01T00:00:00+14:00"}, "year 1"),
    ],
)
def test_says_what_is_wrong_with_a_query(given: dict[str, object], fault: str) -> None:
    with pytest.raises(ValidationError, match=fault):
        ImageQuery.model_validate(given)


def test_times_without_a_zone_are_utc() -> None:
    query = ImageQuery.model_validate({"from": "2026-01-01T10:00:00", "to": "2026-01-01T12:00:00+01:00"})

    assert query.since is not None
    assert query.until is not None
    assert query.since.isoformat() == "2026-01-01T10:00:00+00:00"
    assert query.until.isoformat() == "2026-01-01T11:00:00+00:00"


def test_sorts_by_relevance_only_where_there_are_words() -> None:
    assert ImageQuery(q="cat").order == "relevance"
    assert ImageQuery(q="cat", sort="newest").order == "newest"
    assert ImageQuery(sort="relevance").order == "newest"


def test_a_cursor_belongs_to_its_search_whatever_the_size_of_the_page() -> None:
    cursor = ImageQuery(q="cat", limit=10).cursor_at(-1.25, 7)

    assert ImageQuery(q="cat", limit=20, cursor=cursor).position() == (-1.25, 7)
    with pytest.raises(BadRequestError, match="another search"):
        ImageQuery(q="dog", cursor=cursor).position()
    with pytest.raises(BadRequestError, match="not given out"):
        ImageQuery(q="cat", cursor="nonsense").position()


@pytest.mark.parametrize("position", [(1e300, 7), (float("nan"), 7), (1.0, 10**20)])
def test_a_cursor_that_no_index_can_compare_with_was_not_given_out(position: tuple[float, int]) -> None:
    with pytest.raises(BadRequestError, match="another search"):
        ImageQuery(q="cat", cursor=ImageQuery(q="cat").cursor_at(*position)).position()


def test_words_are_what_spaces_and_control_characters_separate() -> None:
    assert words("  red\x00cup — don't 42 !! ") == ["red", "cup", "don't", "42"]
