"""The compiled model against botocore's own description of the service."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.loaders import Loader
from botocore.model import Shape

from onlooker_rekognition.protocol import errors
from onlooker_rekognition.protocol.errors import ProtocolError, ServiceError
from onlooker_rekognition.protocol.model import Operation, load_service
from rekognition_requests import full, least

SERVICE = load_service()
DESCRIPTION = Loader().load_service_model("rekognition", "service-2")
ERRORS = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, ServiceError)]
MODELLED = [kind for kind in ERRORS if kind is not ServiceError and not issubclass(kind, ProtocolError)]


def test_every_operation_is_known() -> None:
    assert set(SERVICE.operations) == set(DESCRIPTION["operations"])


@pytest.mark.parametrize("operation", SERVICE.operations.values(), ids=lambda operation: operation.name)
def test_every_operation_compiles(operation: Operation) -> None:
    assert operation.read({}) == {}
    required = operation.shapes.input_shape.required_members
    assert len(operation.violations({})) == len(required)
    assert operation.write({}) == {}


@pytest.mark.parametrize("operation", SERVICE.operations.values(), ids=lambda operation: operation.name)
@pytest.mark.parametrize("make", [least, full])
def test_every_operation_accepts_what_the_model_allows(operation: Operation, make: Callable[[Shape], Any]) -> None:
    request = make(operation.shapes.input_shape)
    parameters = operation.read(request)
    assert operation.violations(parameters) == []
    assert parameters.keys() == request.keys()


@pytest.mark.parametrize("kind", MODELLED)
def test_every_error_is_the_models_with_its_status(kind: type[ServiceError]) -> None:
    shape = DESCRIPTION["shapes"][kind.code]
    assert shape["exception"]
    assert kind.status == (500 if shape.get("fault") else 400)


@pytest.mark.parametrize("operation", SERVICE.operations.values(), ids=lambda operation: operation.name)
def test_every_operation_may_say_that_it_is_not_offered(operation: Operation) -> None:
    assert "AccessDeniedException" in operation.error_codes
