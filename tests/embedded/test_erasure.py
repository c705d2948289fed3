"""Somebody is erased, and no byte of the data folder tells of them: no name, and nothing that a face is told by."""

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from installed import eventually, send
from onlooker.client import connect
from onlooker.pictures import pictures as find_pictures
from stack import Stack, onlooker, running_stack

NAME = "Zebulön Quartzmann"
ATTRIBUTE = "Vexillologist"


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    soon = {"ONLOOKER_RECOGNIZER_ERASED_AGAIN": "2"}
    with running_stack(tmp_path_factory.mktemp("erasure") / "data", soon) as running:
        yield running


def vectors(data: Path) -> list[bytes]:
    """What the faces in the collection are told by, as it is stored: 32-bit floats, little endian."""
    found = []
    for path in data.rglob("*.sqlite*"):
        if path.name.endswith(("-wal", "-shm")):
            continue
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as db:
            tables = {row[0] for row in db.execute("SELECT name FROM sqlite_master")}
            if "faces" in tables:
                found += [row[0] for row in db.execute("SELECT embedding FROM faces")]
    return found


def traces(name: str) -> dict[str, bytes]:
    """A name in the ways that it may be written."""
    escaped, word = json.dumps(name)[1:-1], name.rpartition(" ")[2]
    return {
        "UTF-8": name.encode(),
        "UTF-16, little endian": name.encode("utf-16-le"),
        "UTF-16, big endian": name.encode("utf-16-be"),
        "JSON": escaped.encode(),
        "JSON in JSON": json.dumps(escaped)[1:-1].encode(),
        "a word of it": word.encode(),
        "a word of it, folded": word.casefold().encode(),
    }


def found_in(data: Path, looked_for: dict[str, bytes]) -> set[str]:
    """Where one of some pieces of bytes is, in the files of a folder or their names."""
    found = set()
    for path in sorted(data.rglob("*")):
        if not path.is_file():
            continue
        try:
            content = path.read_bytes() + str(path).encode()
        except FileNotFoundError:
            continue
        found |= {f"{path.relative_to(data)}: {what}" for what, each in looked_for.items() if each in content}
    return found


async def test_no_byte_tells_of_who_was_erased(stack: Stack, pictures: Path) -> None:
    data, portraits = stack.folder.root, pictures / "portraits"
    enrolled = onlooker(stack, "enrol", NAME, str(portraits / "obama.jpg"), str(portraits / "obama-speaking.jpg"))
    assert enrolled.returncode == 0, enrolled.stderr
    async with connect(stack.running.url, stack.key) as client:
        (person,) = (await client.people())["people"]
        await client._request("PATCH", f"/people/{person['person_id']}", json={"attributes": {"Bio": ATTRIBUTE}})
        (sent,) = await send(client, find_pictures([portraits / "obama-standing.jpg"]))
        assert sent.image_id is not None
        shown = await client.search({"person": NAME})
        assert [each["image_id"] for each in shown["images"]] == [sent.image_id]
        looked_for = traces(NAME) | {"an attribute": ATTRIBUTE.encode()}
        looked_for |= {f"vector {number}": each for number, each in enumerate(vectors(data))}
        for face in (await client.faces(person["person_id"]))["faces"]:
            crop = (await client._request("GET", face["picture"])).content
            looked_for[f"crop {face['face_id']}"] = crop[-1500:-1000]
        assert len(looked_for) == 12
        before = found_in(data, looked_for)
        assert {each.partition(": ")[2] for each in before} >= {
            "UTF-8",
            "an attribute",
            *(each for each in looked_for if each.startswith(("vector", "crop"))),
        }

        erased = onlooker(stack, "erase", NAME, "--yes", "--prove", "--json")
        assert erased.returncode == 0, erased.stderr
        receipt = json.loads(erased.stdout)
        assert receipt["state"] == "proved"
        assert receipt["removed"]["collection_faces"] == 2
        assert receipt["index"] == 0

        async def left() -> set[str]:
            return found_in(data, looked_for)

        await eventually(left, lambda found: found == set())
        assert (await client.search({"person": NAME}))["images"] == []
