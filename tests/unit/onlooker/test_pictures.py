"""Which files an upload sends, under which keys."""

import os
from pathlib import Path

import pytest

from onlooker.pictures import SameKeyError, pictures


def test_a_folder_keeps_its_name_and_shape_and_only_pictures_go(tmp_path: Path) -> None:
    trip = tmp_path / "trip"
    for name in ("b.JPG", "day 1/a.png", "notes.txt", ".hidden.jpg", ".cache/x.jpg", "day 2/ü.heic"):
        path = trip / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")
    assert [picture.key for picture in pictures([trip])] == ["trip/b.JPG", "trip/day 1/a.png", "trip/day 2/ü.heic"]


def test_a_file_that_is_named_goes_whatever_its_name(tmp_path: Path) -> None:
    path = tmp_path / "picture"
    path.write_bytes(b"")
    assert [picture.key for picture in pictures([path], prefix="in/")] == ["in/picture"]


def test_the_current_folder_has_a_name_too(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"")
    assert [picture.key for picture in pictures([tmp_path / "."])] == [f"{tmp_path.name}/a.jpg"]


def test_two_files_that_would_get_one_key_are_refused(tmp_path: Path) -> None:
    for day in ("day 1", "day 2"):
        (tmp_path / day).mkdir()
        (tmp_path / day / "a.jpg").write_bytes(b"")
    with pytest.raises(SameKeyError, match=r"day 1/a\.jpg and .*day 2/a\.jpg would both be stored as a\.jpg"):
        pictures([tmp_path / "day 1" / "a.jpg", tmp_path / "day 2" / "a.jpg"])


def test_a_file_that_is_named_twice_goes_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.jpg").write_bytes(b"")
    monkeypatch.chdir(tmp_path)
    assert [picture.key for picture in pictures([Path("a.jpg"), tmp_path / "a.jpg"])] == ["a.jpg"]


def test_a_name_that_is_no_utf_8_becomes_a_key(tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"\xff.jpg")
    path.write_bytes(b"")
    assert [picture.key for picture in pictures([path])] == ["\ufffd.jpg"]
