"""Amazon Resource Names: whose they are."""

import pytest

from onlooker_rekognition.operations.names import ResourceNames
from onlooker_rekognition.protocol.errors import InvalidParameterError, ResourceNotFoundError

NAMES = ResourceNames("eu-west-1", "123456789012")


@pytest.mark.parametrize("collection_id", ["people", "a.b-c_D", "collection"])
def test_a_collections_name_leads_back_to_it(collection_id: str) -> None:
    assert NAMES.collection_id(NAMES.collection_arn(collection_id)) == collection_id


@pytest.mark.parametrize(
    "arn",
    [
        "arn:aws:rekognition:us-east-1:123456789012:collection/people",
        "arn:aws:rekognition:eu-west-1:000000000000:collection/people",
        "arn:aws-cn:rekognition:eu-west-1:123456789012:collection/people",
        "arn:aws:rekognition:eu-west-1:123456789012:streamprocessor/people",
        "arn:aws:rekognition:eu-west-1:123456789012:project/a/version/b/collection/people",
    ],
)
def test_what_is_elsewhere_or_no_collection_is_not_found(arn: str) -> None:
    with pytest.raises(ResourceNotFoundError, match="does not exist"):
        NAMES.collection_id(arn)


@pytest.mark.parametrize(
    "arn",
    [
        "aws:rekognition:eu-west-1:123456789012:collection/people",  # as CreateCollection answers it
        "arn:aws:s3:eu-west-1:123456789012:collection/people",
        "arn:aws:rekognition:eu-west-1:12:collection/people",
        "arn:aws:rekognition:eu-west-1:123456789012:collection/",
        "arn:aws:rekognition:eu-west-1:123456789012:collection/a\nb",
        "people, a collection of mine",
    ],
)
def test_what_is_no_name_of_this_service_is_a_wrong_parameter(arn: str) -> None:
    with pytest.raises(InvalidParameterError, match="as DescribeCollection answers it"):
        NAMES.collection_id(arn)
