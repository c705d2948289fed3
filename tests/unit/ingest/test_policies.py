"""What is signed for a browser, and what is not."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from onlooker_ingest.policies import Policy, PolicyRequest, read
from onlooker_shared.errors import BadRequestError, ForbiddenError, ProblemError

NOW = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)
LIMIT = 1000
BUCKET, KEY = {"bucket": "images"}, {"key": "a.jpg"}


def asked(*conditions: Any, lives: float = 300) -> Policy:
    request = PolicyRequest.model_validate(
        {"expiration": (NOW + timedelta(seconds=lives)).isoformat(), "conditions": list(conditions)}
    )
    return read(request, now=NOW, max_seconds=3600, max_bytes=LIMIT)


def sizes(policy: Policy) -> tuple[int, int]:
    found = [condition for condition in policy.conditions if condition[0] == "content-length-range"]
    assert len(found) == 1
    _, least, most = found[0]
    return int(least), int(most)


def test_a_limit_of_size_is_always_part_of_it() -> None:
    assert sizes(asked(BUCKET, KEY)) == (1, LIMIT)


@pytest.mark.parametrize(
    ("least", "most", "signed"), [(0, 500, (1, 500)), (10, 10_000, (10, LIMIT)), (0, LIMIT, (1, LIMIT))]
)
def test_the_page_may_narrow_the_size_but_not_widen_it(least: int, most: int, signed: tuple[int, int]) -> None:
    assert sizes(asked(BUCKET, KEY, ["content-length-range", least, most])) == signed


def test_the_strictest_of_several_sizes_holds() -> None:
    policy = asked(BUCKET, KEY, ["content-length-range", 5, 500], ["content-length-range", 1, 50])

    assert sizes(policy) == (5, 50)


@pytest.mark.parametrize(
    ("condition", "key", "prefix"),
    [
        ({"key": "a.jpg"}, "a.jpg", "a.jpg"),
        (["eq", "$key", "a.jpg"], "a.jpg", "a.jpg"),
        (["starts-with", "$key", "raw-image/"], "raw-image/${filename}", "raw-image/"),
        (["starts-with", "$key", ""], "${filename}", ""),
    ],
)
def test_reads_which_keys_are_meant(condition: Any, key: str, prefix: str) -> None:
    policy = asked(BUCKET, condition)

    assert (policy.bucket, policy.key, policy.key_prefix) == ("images", key, prefix)


def test_reads_what_published_samples_send() -> None:
    policy = asked(
        ["eq", "$bucket", "images"],
        ["starts-with", "$key", ""],
        {"acl": "private"},
        {"success_action_status": "200"},
        ["starts-with", "$Content-Type", "image/"],
        {"x-amz-meta-qqfilename": "a.jpg"},
    )

    assert policy.expires_in == 300
    assert {"acl": "private"} in policy.conditions
    assert ("starts-with", "$Content-Type", "image/") in policy.conditions


@pytest.mark.parametrize(
    ("conditions", "error", "words"),
    [
        ([KEY], BadRequestError, "bucket"),
        ([BUCKET], BadRequestError, "key"),
        ([BUCKET, KEY, ["starts-with", "$key", ""]], BadRequestError, "one key"),
        ([BUCKET, {"bucket": "other"}, KEY], BadRequestError, "one bucket"),
        ([["starts-with", "$bucket", "ima"], KEY], BadRequestError, "bucket"),
        ([BUCKET, KEY, {"acl": "public-read"}], ForbiddenError, "never public"),
        ([BUCKET, KEY, ["starts-with", "$acl", "private"]], ForbiddenError, "never public"),
        ([BUCKET, KEY, ["starts-with", "$acl", ""]], ForbiddenError, "never public"),
        ([BUCKET, KEY, {"x-amz-storage-class": "GLACIER"}], BadRequestError, "x-amz-storage-class"),
        ([BUCKET, KEY, {"x-amz-date": "20260301T000000Z"}], BadRequestError, "added by Onlooker"),
        ([BUCKET, KEY, ["content-length-range", 2000, 3000]], BadRequestError, "1000 bytes"),
        ([BUCKET, KEY, ["content-length-range", "0", "10"]], BadRequestError, "not one of a POST policy"),
        ([BUCKET, KEY, ["ends-with", "$key", ".jpg"]], BadRequestError, "not one of a POST policy"),
    ],
)
def test_refuses_what_would_open_a_door(conditions: list[Any], error: type[ProblemError], words: str) -> None:
    with pytest.raises(error, match=words):
        asked(*conditions)


@pytest.mark.parametrize("lives", [-1, 0, 3601])
def test_a_signature_neither_lives_long_nor_is_dead_at_once(lives: float) -> None:
    with pytest.raises(BadRequestError, match="3600 seconds"):
        asked(BUCKET, KEY, lives=lives)
