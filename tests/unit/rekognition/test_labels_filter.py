import pytest

from onlooker_rekognition.operations.labels import LabelFilter
from onlooker_rekognition.vision.results import LabelAnalysis

CAR = LabelAnalysis("Car", 90.0, categories=("Vehicles and Automotive",))


@pytest.mark.parametrize(
    ("settings", "wanted"),
    [
        ({}, True),
        ({"LabelInclusionFilters": ["CAR"]}, True),
        ({"LabelInclusionFilters": ["Cat"]}, False),
        ({"LabelInclusionFilters": ["Cat"], "LabelCategoryInclusionFilters": ["Vehicles and Automotive"]}, True),
        ({"LabelExclusionFilters": ["car"]}, False),
        ({"LabelExclusionFilters": ["Cat"]}, True),
        ({"LabelInclusionFilters": ["Car"], "LabelExclusionFilters": ["Car"]}, False),
        ({"LabelInclusionFilters": ["Car"], "LabelCategoryExclusionFilters": ["vehicles and automotive"]}, False),
    ],
)
def test_inclusions_join_and_exclusions_win(settings: dict[str, list[str]], wanted: bool) -> None:
    assert LabelFilter.of(settings).wants(CAR) is wanted
