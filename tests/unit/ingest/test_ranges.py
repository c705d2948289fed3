"""The Range header, reduced to what S3 serves."""

import pytest

from onlooker_ingest.ranges import single


@pytest.mark.parametrize(
    ("header", "to_s3"),
    [
        ("bytes=0-99", "bytes=0-99"),
        ("bytes=100-", "bytes=100-"),
        ("bytes=-500", "bytes=-500"),
        ("bytes=-0", "bytes=-0"),  # well formed, and satisfiable by nothing: S3 answers 416
        ("Bytes = 0-1".replace(" ", ""), "bytes=0-1"),
        ("bytes=007-010", "bytes=7-10"),
        (" bytes=5-5 ", "bytes=5-5"),
    ],
)
def test_one_range_goes_to_s3(header: str, to_s3: str) -> None:
    assert single(header) == to_s3


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "bytes=0-1,5-6",  # several: the whole may be sent instead
        "bytes=5-2",  # invalid (RFC 9110, 14.1.1)
        "bytes=-",
        "bytes=a-b",
        "pages=1-2",
        "bytes",
        "bytes=" + "9" * 19 + "-",  # no object has so many bytes, and no 64-bit number either
        "bytes=٣-٤",  # digits, but not RFC 9110's
    ],
)
def test_anything_else_means_the_whole(header: str | None) -> None:
    assert single(header) is None
