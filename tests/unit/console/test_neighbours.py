"""Which pictures come before and after one, in the search that somebody came from."""

from datetime import timedelta

from onlooker_console.picture.neighbours import Neighbours, neighbours, questions
from onlooker_console.search import Search
from recognitions import NOON


def ids(*names: str) -> list[dict[str, str]]:
    return [{"image_id": name} for name in names]


def test_newest_first_the_newer_picture_comes_before() -> None:
    found = neighbours(Search(), "b", [ids("b", "c"), ids("b", "a")])
    assert found == Neighbours("/console/pictures/c", "/console/pictures/a")


def test_oldest_first_it_is_the_other_way_round_and_the_search_goes_along() -> None:
    search = Search.read([("sort", "oldest"), ("label", "Cat & Dog")])
    found = neighbours(search, "b", [ids("b", "c"), ids("b", "a")])
    assert found.before == "/console/pictures/a?label=Cat+%26+Dog&sort=oldest"
    assert found.after.startswith("/console/pictures/c?")


def test_pictures_of_the_same_moment_are_passed_one_by_one() -> None:
    found = neighbours(Search(), "b", [ids("a", "b", "c"), ids("c", "b", "a")])
    assert found == Neighbours("/console/pictures/c", "/console/pictures/a")


def test_the_first_and_the_last_have_one_neighbour() -> None:
    assert neighbours(Search(), "a", [ids("a"), ids("a", "b")]) == Neighbours("", "/console/pictures/b")
    assert neighbours(Search(), "a", [ids("a"), ids("a")]) == Neighbours()


def test_both_sides_are_asked_about_within_the_search() -> None:
    search = Search.read([("label", "Cat"), ("from", "2026-11-01"), ("to", "2026-12-01"), ("sort", "oldest")])
    newer, older = (dict(question) for question in questions(search, NOON))
    assert (newer["from"], newer["to"], newer["sort"]) == (NOON.isoformat(), "2026-12-01", "oldest")
    assert (older["from"], older["to"]) == ("2026-11-01", (NOON + timedelta(milliseconds=1)).isoformat())
    assert newer["label"] == older["label"] == "Cat"


def test_by_relevance_the_order_is_that_of_the_search() -> None:
    search = Search.read([("q", "cat")])
    assert len(questions(search, NOON)) == 1
    found = neighbours(search, "b", [ids("c", "b", "a")])
    assert found == Neighbours("/console/pictures/c?q=cat", "/console/pictures/a?q=cat")


def test_of_a_picture_that_is_not_among_the_best_nothing_is_said() -> None:
    assert neighbours(Search.read([("q", "cat")]), "z", [ids("c", "b")]) == Neighbours()
