"""The emulator's own refusals, in the words of the service that was asked."""

import json
from xml.sax.saxutils import escape

from onlooker.emulator.asgi import Answer


def dynamodb_error(status: int, kind: str, message: str) -> Answer:
    """An error as DynamoDB answers it. Clients retry a 500 `InternalServerError` by themselves."""
    body = json.dumps({"__type": f"com.amazonaws.dynamodb.v20120810#{kind}", "message": message}).encode()
    return _answer(status, b"application/x-amz-json-1.0", body)


def s3_error(status: int, code: str, message: str) -> Answer:
    """An error as S3 answers it. Clients retry a 500 `InternalError` by themselves."""
    error = f"<Error><Code>{code}</Code><Message>{escape(message)}</Message></Error>"
    return _answer(status, b"application/xml", f'<?xml version="1.0" encoding="UTF-8"?>\n{error}'.encode())


def _answer(status: int, content_type: bytes, body: bytes) -> Answer:
    return Answer(status, [(b"content-type", content_type), (b"content-length", str(len(body)).encode())], body)
