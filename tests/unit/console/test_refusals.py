"""What a parameter takes, said in words."""

from onlooker_console.filters import EMOTIONS, STATES
from onlooker_console.refusals import TAKES, Fault, in_words
from onlooker_console.search import FILTERS, VIEW


def test_every_filter_says_what_it_takes() -> None:
    assert {*FILTERS, *VIEW} <= TAKES.keys()
    assert all(emotion.lower() in TAKES["emotion"] for emotion in EMOTIONS)
    assert all(state in TAKES["state"] for state in STATES)


def test_a_parameter_is_told_once_whatever_its_faults() -> None:
    faults = (Fault(f"query.label.{n}", "string_too_long", "String should have at most 500 characters") for n in (1, 2))
    assert in_words(faults) == "“label” takes at most 20 labels, each of at most 500 characters."


def test_words_meant_for_people_stay_and_of_others_nothing_is_hidden() -> None:
    assert in_words([Fault("query.q", "value_error", "holds no letter")]) == "“q” holds no letter."
    assert in_words([Fault("query", "value_error", "the range is empty")]) == "The range is empty."
    assert in_words([Fault("query.n", "missing", "Field required"), Fault("body", "json", "No JSON")]) == (
        "“n”: Field required. “body”: No JSON."
    )
