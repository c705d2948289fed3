import pytest

from onlooker_rekognition.protocol.model import load_service
from onlooker_rekognition.protocol.parse import MalformedValueError, load_json

OPERATIONS = load_service().operations


def test_blobs_become_bytes_and_numbers_their_own_type() -> None:
    request = {"Image": {"Bytes": "AAEC"}, "MaxLabels": 5.0, "MinConfidence": 50}
    parameters = OPERATIONS["DetectLabels"].read(request)
    assert parameters == {"Image": {"Bytes": b"\x00\x01\x02"}, "MaxLabels": 5, "MinConfidence": 50.0}
    assert type(parameters["MaxLabels"]) is int
    assert type(parameters["MinConfidence"]) is float


def test_unknown_members_and_nulls_are_dropped_at_every_depth() -> None:
    request = {"Image": {"Bytes": None, "S3Object": {"Bucket": "b", "Color": "red"}}, "More": {}}
    assert OPERATIONS["DetectFaces"].read(request) == {"Image": {"S3Object": {"Bucket": "b"}}}


def test_maps_are_read_with_their_values() -> None:
    request = {"CollectionId": "a", "Tags": {"team": "vision"}}
    assert OPERATIONS["CreateCollection"].read(request) == request


@pytest.mark.parametrize(
    ("request_", "path"),
    [
        ({"Image": {"S3Object": {"Bucket": 1}}}, "Image.S3Object.Bucket"),
        ({"Attributes": ["ALL", 1]}, "Attributes.member"),
        ({"Image": []}, "Image"),
    ],
)
def test_a_wrong_type_is_placed(request_: dict[str, object], path: str) -> None:
    with pytest.raises(MalformedValueError) as caught:
        OPERATIONS["DetectFaces"].read(request_)
    assert caught.value.path == path


@pytest.mark.parametrize(
    ("value", "complaint"),
    [
        ("50", "STRING_VALUE can not be converted to a Float"),
        (True, "TRUE_VALUE can not be converted to a Float"),
        (10**400, "NUMBER_VALUE can not be converted to a Float"),
        (load_json(b"1e999"), "NUMBER_VALUE can not be converted to a Float"),
        ([50], "Start of list found where not expected"),
        ({}, "Start of structure or map found where not expected"),
    ],
)
def test_what_is_no_number_is_told_in_the_words_of_aws(value: object, complaint: str) -> None:
    with pytest.raises(MalformedValueError) as caught:
        OPERATIONS["DetectLabels"].read({"MinConfidence": value})
    assert caught.value.reason == complaint


@pytest.mark.parametrize(
    ("request_", "complaint"),
    [
        ({"Image": "x"}, "Expected null"),
        ({"Features": "x"}, "Expected list or null"),
        ({"Features": {}}, "Start of structure or map found where not expected"),
        ({"Image": []}, "Start of list found where not expected"),
        ({"MaxLabels": 2**31}, "NUMBER_VALUE can not be converted to an Integer"),
    ],
)
def test_wrong_types_are_told_in_the_words_of_aws(request_: dict[str, object], complaint: str) -> None:
    with pytest.raises(MalformedValueError) as caught:
        OPERATIONS["DetectLabels"].read(request_)
    assert caught.value.reason == complaint


def test_a_decimal_for_an_integer_is_cut_off() -> None:
    assert OPERATIONS["DetectLabels"].read({"MaxLabels": 2.9}) == {"MaxLabels": 2}


def test_a_null_in_a_list_is_no_value() -> None:
    with pytest.raises(MalformedValueError, match="NULL_VALUE can not be converted to a String"):
        OPERATIONS["DetectFaces"].read({"Attributes": [None]})


@pytest.mark.parametrize("encoded", ["a b", "AAE", "AA\n==", "ü", "\ud800"])
def test_only_plain_base64_is_a_blob(encoded: str) -> None:
    with pytest.raises(MalformedValueError, match="not valid base64"):
        OPERATIONS["DetectFaces"].read({"Image": {"Bytes": encoded}})


def test_an_empty_body_is_an_empty_request() -> None:
    assert load_json(b"") == {}


@pytest.mark.parametrize("body", [b"{", b"{} {}", b"Infinity", b"-Infinity", b"\xc3", b"{" * 5000])
def test_what_is_no_json_is_refused(body: bytes) -> None:
    with pytest.raises(MalformedValueError, match="not valid JSON"):
        load_json(body)
