"""The API's description, from which clients are generated: all that it refers to is in it."""

import json
import re
from typing import Any

from fastapi import FastAPI

from onlooker_ingest.key_routes import key_router
from onlooker_ingest.settings import IngestSettings


def test_what_a_body_refers_to_is_described() -> None:
    app = FastAPI()
    unused: Any = None
    app.include_router(key_router(unused, unused, unused, IngestSettings.model_construct()))
    described = app.openapi()
    referred = set(re.findall(r'"\$ref": "([^"]+)"', json.dumps(described)))
    there = {f"#/components/schemas/{name}" for name in described["components"]["schemas"]}
    assert "#/components/schemas/Scope" in referred
    assert referred <= there
