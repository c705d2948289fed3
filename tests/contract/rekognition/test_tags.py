"""Tags of collections."""

from typing import Any

import pytest

ARN = "arn:aws:rekognition:us-east-1:000000000000:collection/"


@pytest.fixture
def arn(client: Any, collection: str) -> str:
    return client.describe_collection(CollectionId=collection)["CollectionARN"]


def tags(client: Any, arn: str) -> dict[str, str]:
    return client.list_tags_for_resource(ResourceArn=arn)["Tags"]


def test_a_collection_keeps_the_tags_it_was_created_with(client: Any) -> None:
    client.create_collection(CollectionId="tagged", Tags={"team": "vision", "empty": ""})
    assert tags(client, f"{ARN}tagged") == {"team": "vision", "empty": ""}
    client.delete_collection(CollectionId="tagged")
    client.create_collection(CollectionId="tagged")
    assert tags(client, f"{ARN}tagged") == {}, "a collection made anew has none"
    client.delete_collection(CollectionId="tagged")


def test_tags_are_added_changed_and_removed(client: Any, arn: str) -> None:
    client.tag_resource(ResourceArn=arn, Tags={"team": "vision", "städte": "Zürich"})
    client.tag_resource(ResourceArn=arn, Tags={"team": "edge"})
    assert tags(client, arn) == {"team": "edge", "städte": "Zürich"}
    client.untag_resource(ResourceArn=arn, TagKeys=["team", "never-there"])
    assert tags(client, arn) == {"städte": "Zürich"}


def test_nothing_to_tag_and_untag_is_no_error(client: Any, arn: str) -> None:
    client.tag_resource(ResourceArn=arn, Tags={})
    client.untag_resource(ResourceArn=arn, TagKeys=[])
    assert tags(client, arn) == {}


def test_a_collection_has_at_most_two_hundred_tags(client: Any, arn: str) -> None:
    full = {f"key-{number}": "value" for number in range(200)}
    client.tag_resource(ResourceArn=arn, Tags=full)
    client.tag_resource(ResourceArn=arn, Tags={"key-0": "changed"})
    with pytest.raises(client.exceptions.ServiceQuotaExceededException):
        client.tag_resource(ResourceArn=arn, Tags={"one-more": "value"})
    assert tags(client, arn) == {**full, "key-0": "changed"}


@pytest.mark.parametrize(
    ("method", "parameters"),
    [("tag_resource", {"Tags": {"a": "b"}}), ("untag_resource", {"TagKeys": ["a"]}), ("list_tags_for_resource", {})],
)
def test_a_resource_that_is_not_there_is_told_from_a_wrong_name(
    client: Any, method: str, parameters: dict[str, Any]
) -> None:
    call = getattr(client, method)
    for missing in (f"{ARN}nowhere", f"{ARN.replace('us-east-1', 'us-west-2')}nowhere"):
        with pytest.raises(client.exceptions.ResourceNotFoundException, match="nowhere does not exist"):
            call(ResourceArn=missing, **parameters)
    with pytest.raises(client.exceptions.InvalidParameterException, match="Invalid ARN"):
        call(ResourceArn="a collection called nowhere", **parameters)
