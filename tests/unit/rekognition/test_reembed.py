"""Moving faces to another model."""

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from onlooker_rekognition.__main__ import FACE_MODEL, main
from onlooker_rekognition.folder import hold_folder
from onlooker_rekognition.protocol.errors import ResourceNotFoundError
from onlooker_rekognition.reembed import Progress, all_collections, reembed
from onlooker_rekognition.store import FaceModel, NewFace, Picture
from onlooker_rekognition.stores.sqlite import SqliteStore
from onlooker_rekognition.vision import Embedding, Engine, ModelStore
from onlooker_rekognition.vision.chips import encode_chip
from onlooker_rekognition.vision.image import Image, Pixels
from onlooker_rekognition.vision.results import Box
from onlooker_rekognition.weights.lock import default_cache
from rekognition_fakes import CHIP_SHADE, FakeEngine, embedding_of
from vision_samples import portrait

OLD, NEW = FaceModel("old-network-1", "6.0"), FaceModel("new-network-1", "7.0")
COUNT = 80


def chip_of(person: int) -> bytes:
    return encode_chip(np.full((16, 16, 3), person * CHIP_SHADE, np.uint8))


def face(person: int, chip: bytes | None) -> NewFace:
    return NewFace(Box(person, 0.1, 0.2, 0.2), 99.0, -embedding_of(person), chip)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file with faces of an old model: of most there is a chip, one cannot be read."""
    path = tmp_path / "collections.sqlite3"
    with closing(SqliteStore(path, model=OLD)) as store:
        for collection_id in ("people", "others"):
            store.create(collection_id, {})
        for number in range(COUNT):
            chip = {0: None, 1: b"torn"}.get(number, chip_of(number % 30))
            store.add("people", Picture(f"picture {number}", None), [face(number, chip)])
    return path


def test_faces_with_a_chip_are_found_by_the_new_model_and_the_others_are_counted(path: Path) -> None:
    with closing(SqliteStore(path, model=NEW)) as store:
        assert store.nearest("people", embedding_of(5), count=5) == []
        *_, last = reembed(store, FakeEngine(), "people")
        assert last == Progress(moved=COUNT - 2, left=2)
        found = store.nearest("people", embedding_of(5), count=3, threshold=99)
        assert sorted(match.face.picture.image_id for match in found) == ["picture 35", "picture 5", "picture 65"]
        assert {match.face.model_version for match in found} == {"7.0"}
        assert store.get("people").face_count == COUNT, "the two others are listed still"


def test_a_run_that_was_stopped_is_taken_up(path: Path) -> None:
    class Watched(FakeEngine):
        embedded = 0

        def embed_chips(self, chips: Sequence[Pixels]) -> list[Embedding]:
            self.embedded += len(chips)
            return super().embed_chips(chips)

    with closing(SqliteStore(path, model=NEW)) as store:
        stopped = next(reembed(store, FakeEngine(), "people"))
    assert 0 < stopped.moved < COUNT - 2
    engine = Watched()
    with closing(SqliteStore(path, model=NEW)) as store:
        *_, last = reembed(store, engine, "people")
        assert stopped.moved + last.moved == COUNT - 2
        assert engine.embedded == last.moved
        assert list(reembed(store, FakeEngine(), "people")) == [Progress(moved=0, left=2)]


def test_a_face_that_is_deleted_meanwhile_stays_deleted(path: Path) -> None:
    with closing(SqliteStore(path, model=NEW)) as store:
        victim = store.outdated("people", after=0, limit=5)[4].face_id

        class Deleting(FakeEngine):
            def embed_chips(self, chips: Sequence[Pixels]) -> list[Embedding]:
                store.remove("people", [victim])
                return super().embed_chips(chips)

        *_, last = reembed(store, Deleting(), "people")
        assert last.moved == COUNT - 3
        assert store.faces("people", after=0, limit=1, face_ids=[victim]) == []


def test_all_collections_are_gone_through_in_pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("onlooker_rekognition.reembed._COLLECTIONS", 2)
    with closing(SqliteStore(tmp_path / "collections.sqlite3", model=NEW)) as store:
        names = [f"number-{number}" for number in range(5)]
        for name in names:
            store.create(name, {})
        assert list(all_collections(store)) == names
        with pytest.raises(ResourceNotFoundError):
            list(reembed(store, FakeEngine(), "nobody"))


def test_the_command_moves_real_faces(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    found = Engine(ModelStore(default_cache())).detect_faces(
        Image(portrait("obama.jpg")), attributes=False, embeddings=True
    )[0]
    assert found.chip is not None
    assert found.embedding is not None
    with closing(SqliteStore(tmp_path / "collections.sqlite3", model=OLD)) as store:
        store.create("people", {})
        chip = encode_chip(found.chip)
        store.add("people", Picture("a", None), [NewFace(found.box, 99, -found.embedding, chip)])
        store.add("people", Picture("b", None), [NewFace(found.box, 99, -found.embedding)])
    monkeypatch.setattr("onlooker_rekognition.__main__.configure_logging", lambda _: None)  # it would stay so
    monkeypatch.setattr("sys.argv", ["onlooker-rekognition", "reembed", "--data", str(tmp_path)])
    assert main() == 0
    assert "people: faces moved: 1; left, because there is no chip: 1" in capsys.readouterr().out
    with closing(SqliteStore(tmp_path / "collections.sqlite3", model=FACE_MODEL)) as store:
        (match,) = store.nearest("people", found.embedding, count=5)
        assert match.face.picture.image_id == "a"
        assert match.similarity > 99.99
        drift = np.linalg.norm(store.embedding("people", match.face.face_id) - found.embedding)
        assert drift < 0.05


def test_the_command_says_what_is_in_its_way(
    tmp_path: Path, path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["onlooker-rekognition", "reembed", "--data", str(tmp_path), "--collection", "nobody"]
    monkeypatch.setattr("onlooker_rekognition.__main__.configure_logging", lambda _: None)  # it would stay so
    monkeypatch.setattr("sys.argv", arguments)
    assert main() == 1
    assert "The collection id: nobody does not exist" in capsys.readouterr().err
    with hold_folder(tmp_path):
        assert main() == 1
    assert "Another server uses the data folder" in capsys.readouterr().err
