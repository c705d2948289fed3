"""Cursors."""

import base64

import pytest

from onlooker_shared import cursor
from onlooker_shared.errors import BadRequestError


@pytest.mark.parametrize("position", [{}, {"after": "folder/é+ %2F.jpg", "n": 3, "nested": [1.5, None]}])
def test_a_cursor_gives_back_its_position(position: dict[str, object]) -> None:
    text = cursor.encode(position)
    assert cursor.decode(text) == position
    assert text.isascii()
    assert not set(text) & set("+/=&?#")


DEEP = pytest.param(base64.urlsafe_b64encode(b"[" * 40_000).decode(), id="endless brackets")


@pytest.mark.parametrize("text", ["", "x", "!!!!", "bnVsbA", "WzFd", "/w", "é", "{}", DEEP])
def test_what_was_not_given_out_is_a_bad_request(text: str) -> None:
    with pytest.raises(BadRequestError):
        cursor.decode(text)
