"""When there are more dead letters than before."""

from onlooker_notifier.watching.growth import grown, words


def test_only_queues_that_were_looked_at_before_grow() -> None:
    known = {"annotator": 2, "tagger": 5, "notifier": 0}
    seen = {"annotator": 3, "tagger": 4, "notifier": 0, "recognizer-images": 9}
    assert grown(known, seen) == {"annotator": 1}
    assert grown(known, {}) == {}


def test_growth_is_told_in_plain_words() -> None:
    assert words({"tagger": 1}, {"tagger": 1}) == "1 more dead letter in tagger (1 in all)"
    assert words({"tagger": 2, "annotator": 1}, {"tagger": 5, "annotator": 1}) == (
        "1 more dead letter in annotator (1 in all), 2 more dead letters in tagger (5 in all)"
    )
