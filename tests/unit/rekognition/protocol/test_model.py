"""The compiled model against botocore's own description of the service."""

import pytest
from botocore.loaders import Loader

from onlooker_rekognition.protocol import errors
from onlooker_rekognition.protocol.errors import ServiceError
from onlooker_rekognition.protocol.model import Operation, load_service

SERVICE = load_service()
DESCRIPTION = Loader().load_service_model("rekognition", "service-2")
OF_THE_PROTOCOL = {"UnknownOperationException", "SerializationException", "RequestEntityTooLargeException"}
ERRORS = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, ServiceError)]


def test_every_operation_is_known() -> None:
    assert set(SERVICE.operations) == set(DESCRIPTION["operations"])


@pytest.mark.parametrize("operation", SERVICE.operations.values(), ids=lambda operation: operation.name)
def test_every_operation_compiles(operation: Operation) -> None:
    assert operation.read({}) == {}
    required = operation.shapes.input_shape.required_members
    assert len(operation.violations({})) == len(required)
    assert operation.write({}) == {}


@pytest.mark.parametrize("kind", [kind for kind in ERRORS if kind is not ServiceError])
def test_every_error_is_the_models_with_its_status(kind: type[ServiceError]) -> None:
    if kind.code in OF_THE_PROTOCOL:
        return
    shape = DESCRIPTION["shapes"][kind.code]
    assert shape["exception"]
    assert kind.status == (500 if shape.get("fault") else 400)


@pytest.mark.parametrize("operation", SERVICE.operations.values(), ids=lambda operation: operation.name)
def test_every_operation_may_say_that_it_is_not_offered(operation: Operation) -> None:
    assert "AccessDeniedException" in operation.error_codes
