"""A search in the address bar, its filters, what it can be narrowed by, and what is suggested."""

from typing import Any
from urllib.parse import parse_qsl

import pytest

from onlooker_console.facets import Facet, facets, jumps
from onlooker_console.filters import chips
from onlooker_console.search import Search
from onlooker_console.suggestions import suggestions

NOTHING: dict[str, Any] = {"total": 0, "recognized": 0, "failed": 0, "faces": 0}


def search(query: str) -> Search:
    return Search.read(parse_qsl(query, keep_blank_values=True))


def chip(query: str) -> tuple[str, str]:
    (found,) = chips(search(query), "/here")
    return found.text, found.href


def group(name: str, query: str = "", **counts: Any) -> Facet:
    return {each.name: each for each in facets({**NOTHING, **counts}, search(query), "/here")}[name]


def test_searches_that_mean_the_same_have_one_address() -> None:
    one = search("to=2026-12-01&label=Dog&q=+park+&label=Cat&label=Dog&min_age=&sort=oldest")
    assert one.query == "q=park&label=Dog&label=Cat&to=2026-12-01&sort=oldest"
    assert search(one.query) == one


def test_of_what_may_be_given_once_the_last_counts() -> None:
    assert search("emotion=SAD&emotion=HAPPY").query == "emotion=HAPPY"


def test_what_means_nothing_is_named_and_a_page_s_own_parameters_are_not() -> None:
    read = Search.read([("colour", "red"), ("cursor", "abc"), ("q", "x")], ignored=("cursor",))
    assert (read.unknown, read.query) == (("colour",), "q=x")


def test_values_of_strangers_survive_the_address() -> None:
    odd = "a&b=<c>\"'%2F+ü שלום 🐶#"
    assert search(search("").adding("label", odd).query).get("label") == odd


def test_a_filter_is_taken_off_whatever_its_case() -> None:
    assert search("label=dog&label=Cat").without("label", value="Dog").query == "label=Cat"


def test_statistics_are_not_asked_for_an_order_or_a_likeness() -> None:
    assert search("q=x&sort=oldest&similar_to=1").filters == (("q", "x"),)


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("q=dog", "“dog”"),
        ("label=Dog", "Dog"),
        ("emotion=happy", "Happy"),
        ("emotion=NEW", "NEW"),
        ("color=red", "Red"),
        ("min_age=20&max_age=29", "20 to 29 years old"),
        ("min_age=20", "20 years or older"),
        ("max_age=abc", "Up to abc years old"),
        ("max_faces=0", "No faces"),
        ("min_faces=0&max_faces=0", "No faces"),
        ("min_faces=1&max_faces=1", "1 face"),
        ("min_faces=2&max_faces=2", "2 faces"),
        ("min_faces=6", "6 or more faces"),
        ("from=2026-11-01&to=2026-12-01", "November 2026"),
        ("from=2026-12-01&to=2027-01-01", "December 2026"),
        ("from=2026-11-21&to=2026-11-22", "21 November 2026"),
        ("from=2026-11-21", "Since 21 November 2026"),
        ("to=2026-11-21T10:00:00Z", "Before 21 November 2026, 10:00 UTC"),
        ("from=9999-12-31", "Since 31 December 9999"),
        ("from=9999-12-31&to=9999-12-31", "31 December 9999 to before 31 December 9999"),
        ("from=9999-12-01&to=9999-12-02", "1 December 9999"),
        ("from=2026-01-01&to=2026-02-03", "1 January 2026 to before 3 February 2026"),
        ("moderated=false", "Nothing sensitive"),
        ("state=failed", "Failed"),
        ("prefix=a/b/", "a/b/"),
        ("similar_to=0123", "Similar to one picture"),
    ],
)
def test_a_filter_is_called_something_and_can_be_taken_off(query: str, text: str) -> None:
    assert chip(query) == (text, "/here")


def test_an_order_is_no_filter() -> None:
    assert chips(search("sort=oldest"), "/here") == ()
    assert not search("sort=oldest").filtered


def test_a_person_is_called_by_their_name_where_it_is_known() -> None:
    somebody = search(f"person_id={'a' * 32}")
    assert [chips(somebody, "/here", people)[0].text for people in ({"a" * 32: "Ann"}, {})] == ["Ann", "One person"]


def test_taking_one_filter_off_leaves_the_others() -> None:
    hrefs = [each.href for each in chips(search("label=Dog&label=Cat&min_age=3"), "/here")]
    assert hrefs == ["/here?label=Cat&min_age=3", "/here?label=Dog&min_age=3", "/here?label=Dog&label=Cat"]


def test_a_facet_adds_to_the_search_or_takes_off_what_is_on() -> None:
    labels = group("label", "label=dog&q=x", labels=[{"name": "Cat", "count": 2}, {"name": "Dog", "count": 3}])
    assert [(each.text, each.count, each.on, each.href) for each in labels.options] == [
        ("Dog", 3, True, "/here?q=x"),
        ("Cat", 2, False, "/here?q=x&label=dog&label=Cat"),
    ]


def test_a_filter_that_nothing_has_can_still_be_taken_off() -> None:
    (option,) = group("emotion", "emotion=sad").options
    assert (option.text, option.on, option.href) == ("Sad", True, "/here")


def test_of_what_may_be_given_once_a_facet_offers_the_others_instead() -> None:
    emotions = group("emotion", "emotion=SAD", emotions=[{"name": "CALM", "count": 1, "share": 1.0}])
    assert emotions.options[1].href == "/here?emotion=CALM"


def test_ages_and_numbers_of_faces_are_ranges() -> None:
    (age,) = group("age", ages=[{"name": "20-29", "count": 4}]).options
    assert (age.text, age.href) == ("20 to 29", "/here?min_age=20&max_age=29")
    faces = group("faces", "min_faces=6", faces=9).options
    assert [each.text for each in faces if each.on] == ["6 or more"]
    assert faces[0].href == "/here?min_faces=0&max_faces=0"


def test_months_come_newest_first_and_keep_the_rest_of_the_search() -> None:
    months = group("time", "q=x", timeline=[{"start": "2025-12", "count": 1}, {"start": "2026-01", "count": 2}])
    assert [(each.text, each.href) for each in months.options] == [
        ("January 2026", "/here?q=x&from=2026-01-01&to=2026-02-01"),
        ("December 2025", "/here?q=x&from=2025-12-01&to=2026-01-01"),
    ]


@pytest.mark.parametrize(
    ("query", "href"),
    [
        ("q=x&from=2026-01-01", "/here?q=x&to=2026-01-01"),
        ("sort=oldest&to=2026-01-01", "/here?from=2025-12-01&sort=oldest"),
    ],
)
def test_one_can_go_to_a_month_and_on_from_there(query: str, href: str) -> None:
    (jump,) = jumps({**NOTHING, "timeline": [{"start": "2025-12", "count": 1}]}, search(query), "/here")
    assert (jump.text, jump.count, jump.href) == ("December 2025", 1, href)


def test_without_pictures_there_is_nothing_to_narrow() -> None:
    assert facets(NOTHING, Search(), "/here") == ()


def test_failures_are_offered_where_there_are_any() -> None:
    assert [each.text for each in group("state", recognized=2, failed=1).options] == ["Recognized", "Failed"]


def test_suggestions_say_which_filter_they_become() -> None:
    found = suggestions(
        {
            "suggestions": [
                {"kind": "label", "name": "Dog", "count": 3, "matched": "puppy"},
                {"kind": "folder", "name": "pups/", "count": 1, "matched": None},
                {"kind": "something newer", "name": "x", "count": 1, "matched": None},
            ]
        }
    )
    assert [(each.parameter, each.value, each.matched) for each in found] == [
        ("label", "Dog", "puppy"),
        ("prefix", "pups/", ""),
    ]
