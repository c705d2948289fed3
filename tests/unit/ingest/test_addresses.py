"""Keys arrive as they were meant."""

from urllib.parse import quote

import pytest

from onlooker_ingest.addresses import ObjectAddress
from onlooker_shared.errors import BadRequestError


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        ("a.jpg", "a.jpg"),
        ("raw-image%2Fa.jpg", "raw-image/a.jpg"),
        ("raw-image/a.jpg", "raw-image/a.jpg"),
        ("a+b.jpg", "a+b.jpg"),
        ("a%2Bb.jpg", "a+b.jpg"),
        ("a%20b.jpg", "a b.jpg"),
        ("100%25.jpg", "100%.jpg"),
        ("a%252Fb", "a%2Fb"),  # decoded once
        ("%E5%86%99%E7%9C%9F/%F0%9F%93%B7.jpg", "写真/📷.jpg"),
        ("e%CC%81.jpg", "e\u0301.jpg"),  # not normalized: another key than é in one character
        ("../a/./b//c/..", "../a/./b//c/.."),
        ("/a", "/a"),
        ("a/", "a/"),
        ("a;b=c&d=e:@!$'()*,~", "a;b=c&d=e:@!$'()*,~"),
    ],
)
def test_the_key_is_what_was_meant(sent: str, meant: str) -> None:
    assert ObjectAddress.parse("images", sent) == ObjectAddress("images", meant)


@pytest.mark.parametrize("key", ["x" * 1024, "é" * 512, "📷" * 256])
def test_a_key_may_have_1024_bytes(key: str) -> None:
    assert ObjectAddress.parse("images", quote(key)).key == key


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ("x" * 1025, "1025 bytes"),
        (quote("é" * 513), "1026 bytes"),
        ("%ff.jpg", "UTF-8"),
        ("%C3", "UTF-8"),
        ("%ED%A0%80", "UTF-8"),  # half of a surrogate pair
        ("%", "%25"),
        ("50%zz.jpg", "%25"),
        ("a%00b", "control character"),
        ("a%0Ab", "control character"),
        ("a%7F", "control character"),
        ("a%C2%85", "control character"),  # NEL, of the second set
        ("", "empty"),
    ],
)
def test_what_cannot_be_a_key_is_refused_with_its_reason(sent: str, words: str) -> None:
    with pytest.raises(BadRequestError, match=words):
        ObjectAddress.parse("images", sent)
