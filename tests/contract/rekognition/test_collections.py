from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from rekognition_server import RekognitionServer


def test_a_collection_is_created_described_and_deleted(client: Any) -> None:
    created = client.create_collection(CollectionId="first", Tags={"team": "vision"})
    assert created["StatusCode"] == 200
    assert created["CollectionArn"] == "aws:rekognition:us-east-1:000000000000:collection/first"

    described = client.describe_collection(CollectionId="first")
    assert described["FaceCount"] == 0
    assert described["CollectionARN"] == "arn:aws:rekognition:us-east-1:000000000000:collection/first"
    assert described["FaceModelVersion"] == created["FaceModelVersion"]
    age = datetime.now(UTC) - described["CreationTimestamp"]
    assert abs(age) < timedelta(minutes=1)

    assert client.delete_collection(CollectionId="first")["StatusCode"] == 200
    with pytest.raises(client.exceptions.ResourceNotFoundException, match="The collection id: first does not exist"):
        client.describe_collection(CollectionId="first")


def test_a_collection_is_not_created_twice(client: Any, collection: str) -> None:
    with pytest.raises(client.exceptions.ResourceAlreadyExistsException, match=f"{collection} already exists"):
        client.create_collection(CollectionId=collection)


def test_collections_are_listed_in_pages_without_gaps_or_repeats(client: Any) -> None:
    names = [f"page-{number}" for number in range(5)]
    for name in names:
        client.create_collection(CollectionId=name)
    pages = list(client.get_paginator("list_collections").paginate(PaginationConfig={"PageSize": 2}))
    listed = [name for page in pages for name in page["CollectionIds"] if name.startswith("page-")]
    assert listed == names
    assert all(len(page["CollectionIds"]) == len(page["FaceModelVersions"]) <= 2 for page in pages)
    for name in names:
        client.delete_collection(CollectionId=name)


@pytest.mark.parametrize("token", ["garbage", "x" * 255, "AAAAAAAAAAAAAAAAAAAAAA==", "ünïcode"])
def test_a_token_that_was_never_given_is_refused(client: Any, token: str) -> None:
    with pytest.raises(client.exceptions.InvalidPaginationTokenException):
        client.list_collections(NextToken=token)


def test_a_token_of_another_listing_is_refused(client: Any, collection: str) -> None:
    client.create_collection(CollectionId="one-more")
    token = client.list_collections(MaxResults=1)["NextToken"]
    with pytest.raises(client.exceptions.InvalidPaginationTokenException):
        client.list_faces(CollectionId=collection, NextToken=token)
    client.delete_collection(CollectionId="one-more")


@pytest.mark.parametrize(
    "call",
    [
        ("delete_collection", {}),
        ("describe_collection", {}),
        ("list_faces", {}),
        ("index_faces", {"Image": {"Bytes": b"{}"}}),
        ("search_faces_by_image", {"Image": {"Bytes": b"{}"}}),
        ("search_faces", {"FaceId": "11111111-1111-4111-8111-111111111111"}),
        ("delete_faces", {"FaceIds": ["11111111-1111-4111-8111-111111111111"]}),
    ],
    ids=lambda call: call[0],
)
def test_a_missing_collection_is_named(server: RekognitionServer, call: tuple[str, dict[str, Any]]) -> None:
    client = server.client
    method, parameters = call
    with pytest.raises(client.exceptions.ResourceNotFoundException, match="The collection id: nowhere does not exist"):
        getattr(client, method)(CollectionId="nowhere", **parameters)
