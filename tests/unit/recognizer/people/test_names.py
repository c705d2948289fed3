"""What people may be called."""

import pytest

from onlooker_recognizer.people.registry.names import clean, cleaned_attributes, digest, folded
from onlooker_shared.errors import BadRequestError


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("  Alice Example ", "Alice Example"),
        ("\u00a0\u2003Alice\u3000", "Alice"),
        ("Zoe\u0308", "Zoë"),
        ("أليس بنت محمد", "أليس بنت محمد"),
        ("دکتر\u200cعلی", "دکتر\u200cعلی"),  # Persian needs its joiner
        ("<b>Bold</b> & \"quoted\" 'name'", "<b>Bold</b> & \"quoted\" 'name'"),
        ("{{ 7 * 7 }} %s \\n", "{{ 7 * 7 }} %s \\n"),
        ("👨‍👩‍👧‍👦", "👨‍👩‍👧‍👦"),
        ("名" * 200, "名" * 200),
        ("e\u0301" * 200, "é" * 200),
        ("0", "0"),
    ],
)
def test_names_of_every_kind_are_taken_as_they_are(given: str, kept: str) -> None:
    assert clean(given) == kept
    assert clean(clean(given)) == kept


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("", "empty"),
        (" \u00a0\u2003 ", "empty"),
        ("\u200b\u200d\ufe0f", "empty"),
        ("x" * 201, "201 characters; at most 200"),
        ("a\x00b", r"U\+0000"),
        ("a\nb", r"U\+000A"),
        ("a\tb", r"U\+0009"),
        ("a\x7fb", r"U\+007F"),
        ("a\x85b", r"U\+0085"),
        ("a\ud800b", r"U\+D800"),
        ("a\u2028b", r"U\+2028"),
        ("gnp\u202egpj", r"U\+202E"),
        ("\u2067a", r"U\+2067"),
    ],
)
def test_what_is_no_name_is_refused_with_words_that_do_not_repeat_it(given: str, words: str) -> None:
    with pytest.raises(BadRequestError, match=words) as refused:
        clean(given)
    assert given not in refused.value.detail or not given


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Alice", "ALICE"),
        ("Straße", "STRASSE"),
        ("Zoë", "zoe\u0308"),
        ("Alice  Example", "alice example"),
        ("ΣΊΣΥΦΟΣ", "σίσυφος"),
        ("Alice\u00a0Example", "Alice Example"),
    ],
)
def test_names_that_differ_in_writing_only_are_the_same(one: str, other: str) -> None:
    assert folded(one) == folded(other)
    assert digest(one) == digest(other)


@pytest.mark.parametrize(("one", "other"), [("Zoe", "Zoë"), ("Alice B", "AliceB"), ("l", "1")])
def test_other_names_are_others(one: str, other: str) -> None:
    assert digest(one) != digest(other)


def test_attributes_are_kept_with_their_lines() -> None:
    assert cleaned_attributes({" Bio ": "One.\r\nTwo.\n", "Empty": ""}) == {"Bio": "One.\nTwo.", "Empty": ""}


@pytest.mark.parametrize(
    ("attributes", "words"),
    [
        ({f"a{n}": "" for n in range(51)}, "51 attributes are too many"),
        ({"x" * 101: ""}, "101 characters"),
        ({"": "x"}, "empty"),
        ({"Bio": "x" * 2001}, "'Bio' has 2001 characters"),
        ({"Bio": "\x1b[31m"}, r"'Bio' has the control character U\+001B"),
        ({"Bio": "\ud800"}, r"U\+D800"),
        ({"Bio": "a", " Bio": "b"}, "same name"),
        ({f"a{n}": "名" * 2000 for n in range(17)}, "bytes together"),
    ],
)
def test_attributes_that_are_not_taken_are_refused_with_words(attributes: dict[str, str], words: str) -> None:
    with pytest.raises(BadRequestError, match=words):
        cleaned_attributes(attributes)
