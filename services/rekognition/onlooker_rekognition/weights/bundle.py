"""Values inside JavaScript bundles: some packages ship a model's JSON and its weights only as minified modules.

A bundle is read as text and never run: what it assigns to `module.exports` must be one string or one object literal,
and anything else in that place is refused.
"""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path
from typing import Any

from onlooker_rekognition.weights.tensors import WeightsError

_START = re.compile(r"\{1:\[function\([\w$,]*\)\{[\w$]+\.exports=")
_END = "},{}]},{},[1])"
"""What browserify writes around the only module of a bundle."""

_TOKEN = re.compile(
    r"""(?P<string>"[^"\\]*(?:\\.[^"\\]*)*")
      | (?P<boolean>![01])
      | (?P<undefined>void\ 0)
      | (?P<key>[A-Za-z_$][\w$]*)(?=:)
      | (?P<word>true|false|null)
      | (?P<number>-?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)
      | (?P<mark>[\[\]{},:])""",
    re.VERBOSE,
)
_BOOLEANS = {"!0": "true", "!1": "false"}


def read_bundle(path: Path) -> Any:
    """What a bundle exports. Raises WeightsError if it is no such bundle, or exports more than plain values."""
    text = path.read_text(encoding="utf-8")
    start, end = _START.search(text), text.rfind(_END)
    if start is None or end < start.end():
        raise WeightsError(f"{path.name} is not a bundle of one module")
    try:
        return json.loads(_as_json(text[start.end() : end]))
    except ValueError as error:
        raise WeightsError(f"{path.name} exports what is not a plain value: {error}") from error


def read_binary_bundle(path: Path) -> bytes:
    """The bytes that a bundle exports, as base64. Raises WeightsError."""
    exported = read_bundle(path)
    if not isinstance(exported, str):
        raise WeightsError(f"{path.name} does not export a string")
    try:
        return base64.b64decode(exported, validate=True)
    except ValueError as error:
        raise WeightsError(f"{path.name} does not export base64: {error}") from error


def _as_json(literal: str) -> str:
    """A literal of minified JavaScript, spelt as JSON. Raises ValueError at what has no such spelling."""
    written: list[str] = []
    position = 0
    while position < len(literal):
        token = _TOKEN.match(literal, position)
        if token is None:
            raise ValueError(f"{literal[position : position + 40]!r} at {position}")
        written.append(_spelt(token))
        position = token.end()
    return "".join(written)


def _spelt(token: re.Match[str]) -> str:
    text = token[0]
    match token.lastgroup:
        case "boolean":
            return _BOOLEANS[text]
        case "undefined":
            return "null"
        case "key":
            return json.dumps(text)
        case "number":
            value = float(text)  # JSON has no .5, and 1e3 is a whole number in JavaScript
            return str(int(value)) if value.is_integer() else repr(value)
        case _:
            return text
