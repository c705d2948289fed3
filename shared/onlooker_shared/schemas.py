"""The messages' JSON Schemas, for those who read or write them without this package.

``python -m onlooker_shared.schemas docs/messages`` writes them; a test holds the committed ones equal.
"""

import json
import sys
from pathlib import Path

from onlooker_shared.messages import MESSAGE_TYPES

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schemas() -> dict[str, str]:
    """Return the text of each schema by its file's name, ``<type>.json``.

    They say what a reader must take: fields with a default may be missing.
    """
    found = {}
    for message in MESSAGE_TYPES:
        schema = {"$schema": DIALECT, **message.model_json_schema(mode="validation")}
        found[f"{message.model_fields['type'].default}.json"] = json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
    return found


def main() -> None:
    """Write every schema into the folder that the command line names."""
    (folder,) = map(Path, sys.argv[1:])
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in schemas().items():
        (folder / name).write_text(text)


if __name__ == "__main__":
    main()
