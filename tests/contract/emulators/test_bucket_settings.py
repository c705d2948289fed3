"""The settings of buckets that provisioning reads and writes."""

from typing import Any

import pytest

from .conftest import answered

TIDY = {
    "ID": "onlooker",
    "Status": "Enabled",
    "Filter": {"Prefix": ""},
    "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1},
}
CORS = {"AllowedMethods": ["POST"], "AllowedOrigins": ["*"], "AllowedHeaders": ["*"], "ExposeHeaders": ["ETag"]}
BLOCK = {"BlockPublicAcls": True, "IgnorePublicAcls": True, "BlockPublicPolicy": True, "RestrictPublicBuckets": True}
ENCRYPTION = {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]}


@pytest.mark.parametrize(
    ("kind", "argument", "setting"),
    [
        ("public_access_block", "PublicAccessBlockConfiguration", BLOCK),
        ("bucket_ownership_controls", "OwnershipControls", {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}),
        ("bucket_lifecycle_configuration", "LifecycleConfiguration", {"Rules": [TIDY]}),
        ("bucket_cors", "CORSConfiguration", {"CORSRules": [CORS]}),
    ],
)
def test_a_setting_is_read_as_it_was_written(
    aws: Any, bucket: str, kind: str, argument: str, setting: dict[str, Any]
) -> None:
    getattr(aws("s3"), f"put_{kind}")(Bucket=bucket, **{argument: setting})
    found = getattr(aws("s3"), f"get_{kind}")(Bucket=bucket)
    found = found.get(argument, found)
    assert {name: found[name] for name in setting} == setting


def test_encryption_is_read_as_it_was_written(aws: Any, bucket: str) -> None:
    aws("s3").put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration=ENCRYPTION)
    (rule,) = aws("s3").get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"]
    assert rule["ApplyServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("bucket_cors", "NoSuchCORSConfiguration"),
        ("bucket_lifecycle_configuration", "NoSuchLifecycleConfiguration"),
    ],
)
def test_what_was_never_set_has_a_code_of_its_own(aws: Any, bucket: str, kind: str, code: str) -> None:
    assert answered(lambda: getattr(aws("s3"), f"get_{kind}")(Bucket=bucket)) == code


def test_one_may_make_a_bucket_twice(aws: Any, bucket: str) -> None:
    assert answered(lambda: aws("s3").create_bucket(Bucket=bucket)) in {None, "BucketAlreadyOwnedByYou"}
