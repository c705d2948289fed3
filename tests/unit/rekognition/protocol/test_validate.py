import pytest

from onlooker_rekognition.protocol.model import load_service
from onlooker_rekognition.protocol.validate import validation_message

OPERATIONS = load_service().operations


def violations(operation: str, **parameters: object) -> list[str]:
    return OPERATIONS[operation].violations(parameters)


def test_a_valid_request_violates_nothing() -> None:
    assert violations("CreateCollection", CollectionId="a.b_c-1", Tags={"Tëam 1": "blü/+-=@:"}) == []


def test_a_pattern_must_match_from_end_to_end() -> None:
    (violation,) = violations("CreateCollection", CollectionId="a\n")
    assert violation.endswith(r"Member must satisfy regular expression pattern: [a-zA-Z0-9_.\-]+")


@pytest.mark.parametrize("key", ["aws:mine", "a*b", "x\ty"])
def test_javas_unicode_classes_are_understood(key: str) -> None:
    (violation,) = violations("CreateCollection", CollectionId="a", Tags={key: "value"})
    assert "Map keys must satisfy constraint" in violation


def test_structures_in_structures_are_looked_into() -> None:
    settings = {"GeneralLabels": {"LabelInclusionFilters": ["x" * 51]}}
    (violation,) = violations("DetectLabels", Image={}, Settings=settings)
    assert "at 'settings.generalLabels.labelInclusionFilters'" in violation
    assert "Member must have length less than or equal to 50" in violation


def test_structures_in_lists_are_numbered() -> None:
    assets = [{"GroundTruthManifest": {"S3Object": {"Bucket": name}}} for name in ("fine", "b")]
    (violation,) = violations("DistributeDatasetEntries", Datasets=[{}, {"Arn": "x" * 21}])[:1]
    assert "at 'datasets.1.member.arn'" in violation
    (violation,) = violations(
        "CreateProjectVersion",
        ProjectArn="arn:aws:rekognition:us-east-1:111122223333:project/a/1",
        VersionName="v1",
        OutputConfig={},
        TrainingData={"Assets": assets},
    )
    assert "Value 'b' at 'trainingData.assets.2.member.groundTruthManifest.s3Object.bucket'" in violation


def test_a_long_value_is_cut_in_the_message() -> None:
    (violation,) = violations("CreateCollection", CollectionId="a" * 1000)
    assert "a" * 256 + "...'" in violation
    assert len(violation) < 500


def test_violations_are_counted_and_joined() -> None:
    assert validation_message(["one"]) == "1 validation error detected: one"
    assert validation_message(["one", "two"]) == "2 validation errors detected: one; two"


def test_the_elements_of_a_list_that_is_too_long_are_not_looked_at() -> None:
    (violation,) = violations("DistributeDatasetEntries", Datasets=[{}] * 3)
    assert violation.endswith("Member must have length less than or equal to 2")
