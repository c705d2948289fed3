"""Bodies that are JSON. They are read here: FastAPI would read one of any size, however slowly it comes."""

from typing import Any, TypeVar

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError

from onlooker_ingest.body import Body

M = TypeVar("M", bound=BaseModel)


def described(model: type[BaseModel]) -> dict[str, Any]:
    """Return what a route that reads such a body adds to the API's description.

    A type of its own that the model refers to has to be in some answer of the API as well: FastAPI describes it there.
    """
    schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
    schema.pop("$defs", None)
    return {"requestBody": {"content": {"application/json": {"schema": schema}}}}


async def read(model: type[M], body: Body) -> M:
    """Return what a body says.

    Raises:
        RequestValidationError: it is no JSON, or not of this model.
        ProblemError: it is too large or comes too slowly.
    """
    try:
        return model.model_validate_json(await body.whole())
    except ValidationError as error:
        raise RequestValidationError(error.errors()) from error
