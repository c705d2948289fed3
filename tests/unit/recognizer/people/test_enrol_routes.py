"""What the API's description tells of requests with pictures, which FastAPI cannot know by itself."""

import json

import pytest
from pydantic import BaseModel

from onlooker_recognizer.people.enrolment.routes import MoreFacesRequest, NewPersonRequest, NoFields, described


@pytest.mark.parametrize("model", [NewPersonRequest, MoreFacesRequest, NoFields])
def test_nothing_is_referred_to_that_the_document_does_not_have(model: type[BaseModel]) -> None:
    assert "$ref" not in json.dumps(described(model))


def test_an_example_shows_how_somebody_is_enrolled_and_identified() -> None:
    enrol, identify = (
        described(model, single=single)["requestBody"]["content"]
        for model, single in ((NewPersonRequest, False), (NoFields, True))
    )
    assert enrol["application/json"]["example"].keys() == {"name", "pictures"}
    assert identify["application/json"]["example"].keys() == {"picture"}
    assert "image/jpeg" in identify
    assert "image/jpeg" not in enrol, "a picture alone does not say whose it is"
