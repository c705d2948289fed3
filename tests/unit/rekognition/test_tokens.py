import pytest

from onlooker_rekognition.protocol.errors import InvalidPaginationTokenError
from onlooker_rekognition.tokens import decode_token, encode_token


@pytest.mark.parametrize("position", [0, 1, 2**40, 2**63 - 1])
def test_a_token_leads_back_to_its_position(position: int) -> None:
    assert decode_token("ListFaces/a", encode_token("ListFaces/a", position)) == position


def test_no_token_is_the_beginning() -> None:
    assert decode_token("ListFaces/a", None) == 0


def test_a_token_fits_the_models_255_characters() -> None:
    assert len(encode_token("ListFaces/" + "a" * 255, 2**63 - 1)) <= 255


@pytest.mark.parametrize("token", ["", "x", "AAAA", "not base64!", "ü", encode_token("ListFaces/b", 1)])
def test_a_token_of_something_else_is_refused(token: str) -> None:
    with pytest.raises(InvalidPaginationTokenError):
        decode_token("ListFaces/a", token)
