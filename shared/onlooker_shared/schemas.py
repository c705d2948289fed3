"""The messages' JSON Schemas, for those who read or write them without this package.

``python -m onlooker_shared.schemas docs/messages`` writes them; a test holds the committed ones equal.
"""

import json
import sys
from collections.abc import Iterable
from pathlib import Path

from pydantic import BaseModel

from onlooker_shared.messages import MESSAGE_TYPES

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schemas(messages: Iterable[type[BaseModel]] = MESSAGE_TYPES) -> dict[str, str]:
    """Return the text of each schema by its file's name, ``<type>.json``.

    They say what a reader must take: fields with a default may be missing.

    Args:
        messages: types whose `type` has a default; a service may publish some that no other one reads.
    """
    found = {}
    for message in messages:
        schema = {"$schema": DIALECT, **message.model_json_schema(mode="validation")}
        found[f"{message.model_fields['type'].default}.json"] = json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
    return found


def main(messages: Iterable[type[BaseModel]] = MESSAGE_TYPES) -> None:
    """Write every schema into the folder that the command line names."""
    (folder,) = map(Path, sys.argv[1:])
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in schemas(messages).items():
        (folder / name).write_text(text)


if __name__ == "__main__":
    main()
