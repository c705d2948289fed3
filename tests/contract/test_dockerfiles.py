"""The Dockerfiles of services are one text: what is put right in one is put right in all."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PATTERN = "ingest"
ALIKE = ("recognizer", "annotator", "notifier", "tagger", "console")
# What a service has that the others have not: where it keeps things, and how it is built.
DATA = "install -d -o 10001 -g 10001 -m 0700 /own/data"
OWN = {
    "notifier": (DATA,),
    "tagger": (DATA, "ONLOOKER_TAGGER_DATABASE=/data/tags.db"),
}
STAGE = "# Its scripts and styles, which take Node.js to build."
COMMON = (*(f"services/{name}" for name in (PATTERN, *ALIKE, "rekognition")), "cli")


def _lines(folder: str) -> list[str]:
    return (ROOT / folder / "Dockerfile").read_text().splitlines()


@pytest.mark.parametrize("service", ALIKE)
def test_services_are_built_alike(service: str) -> None:
    theirs = [line for line in _lines(f"services/{service}") if not any(own in line for own in OWN.get(service, ()))]
    theirs = [line.removesuffix(" \\") for line in theirs if "COPY --from=assets" not in line]
    if STAGE in theirs:
        start = theirs.index(STAGE)
        del theirs[start : theirs.index("", start) + 1]
    ours = [line.removesuffix(" \\") for line in _lines(f"services/{PATTERN}")]
    named = [line.replace(PATTERN, service).replace(PATTERN.upper(), service.upper()) for line in ours]
    different = [pair for pair in zip(theirs, named, strict=True) if pair[0] != pair[1]]
    assert all("image.description" in line for line, _ in different), different


@pytest.mark.parametrize("folder", COMMON)
def test_every_image_is_begun_alike(folder: str) -> None:
    """The stages that all have in common come out of the cache for all but the first that is built."""
    assert _common(folder) == _common(f"services/{PATTERN}")


def _common(folder: str) -> list[str]:
    lines = _lines(folder)
    start = next(number for number, line in enumerate(lines) if line.endswith(" AS base"))
    return lines[start : next(number for number, line in enumerate(lines) if line.endswith(" AS dependencies")) - 1]
