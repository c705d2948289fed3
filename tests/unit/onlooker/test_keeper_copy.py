"""The keeper's copy on the disk: whole at any moment, and never taken for whole when it is not."""

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from onlooker.keeper.copy import VERSION, Copy, CopyError, KeptItem, KeptObject, file_name

LONG = "é" * 512
"""1,024 bytes, as long as a key may be: four times what a file's name may have."""


@pytest.fixture
def copy(tmp_path: Path) -> Iterator[Copy]:
    opened = Copy.open(tmp_path)
    yield opened
    opened.close()


def kept(copy: Copy, key: str, version: str = "1", data: bytes = b"bytes") -> KeptObject:
    """Put an object into the copy as a pass does."""
    entry = KeptObject("images", key, version, len(data), {"etag": "e"}, file_name("images", key, version))
    copy.path(entry).write_bytes(data)
    copy.keep_objects([entry])
    return entry


@pytest.mark.parametrize("key", ["a.jpg", LONG, "../../up", "/", ".", "a\x01b", "CON", "a\\b"])
def test_any_key_is_a_safe_file_and_comes_back(copy: Copy, key: str) -> None:
    entry = kept(copy, key)
    assert copy.path(entry).parent == copy.files
    assert list(copy.objects("images")) == [entry]


def test_a_new_version_takes_the_place_of_the_old_one_whose_file_goes(copy: Copy) -> None:
    first, second = kept(copy, "a"), kept(copy, "a", "2")
    assert list(copy.objects("images")) == [second]
    assert not copy.path(first).exists()
    assert copy.path(second).exists()
    copy.forget_objects("images", ["a"])
    assert list(copy.files.iterdir()) == []


def test_what_a_pass_left_half_done_is_removed_and_what_the_index_names_stays(copy: Copy) -> None:
    entry = kept(copy, "a")
    (copy.files / ".draft").write_bytes(b"half")
    (copy.files / "moved-but-not-in-the-index").write_bytes(b"whole")
    copy.remove_leftovers()
    assert list(copy.files.iterdir()) == [copy.path(entry)]


@pytest.mark.parametrize("harm", [Path.unlink, lambda path: path.write_bytes(b"cut")], ids=["missing", "cut off"])
def test_a_file_that_is_missing_or_cut_off_is_told_by_its_key_and_most_of_them_make_the_copy_useless(
    copy: Copy, harm
) -> None:
    first, second, whole = (kept(copy, key) for key in ("a.jpg", "b.jpg", "c.jpg"))
    assert copy.fault_of(first) is None
    harm(copy.path(first))
    told = str(copy.fault_of(first))
    assert told.endswith("of images/a.jpg is missing, or not of 5 bytes")
    assert copy.fault_of(whole) is None
    copy.require_files()
    harm(copy.path(second))
    with pytest.raises(CopyError, match=rf"2 of 3 files, such as: {told}.*b\.jpg"):
        copy.require_files()


def test_a_sweep_that_came_to_be_due_while_another_went_on_is_due_still(copy: Copy) -> None:
    assert copy.sweep_due is None
    copy.require_sweep()
    first = str(copy.sweep_due)
    copy.require_sweep()
    copy.swept(first)
    assert copy.sweep_due is not None
    copy.swept(copy.sweep_due)
    assert copy.sweep_due is None


def test_an_index_that_is_missing_garbage_or_newer_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    copy = Copy.open(tmp_path)
    kept(copy, "a")
    copy.close()
    index = tmp_path / "index.sqlite3"

    database = sqlite3.connect(index)
    database.execute(f"PRAGMA user_version = {VERSION + 1}")
    database.close()
    with pytest.raises(CopyError, match=f"version {VERSION + 1}"):
        Copy.open(tmp_path)

    index.write_bytes(b"garbage " * 1000)
    with pytest.raises(CopyError, match="not a database"):
        Copy.open(tmp_path)
    assert index.read_bytes() == b"garbage " * 1000

    index.unlink()
    with pytest.raises(CopyError, match="is missing"):
        Copy.open(tmp_path)
    assert not index.exists()


def test_an_index_that_became_empty_is_not_taken_for_a_new_one_whose_files_are_leftovers(tmp_path: Path) -> None:
    copy = Copy.open(tmp_path)
    entry = kept(copy, "a")
    copy.close()
    (tmp_path / "index.sqlite3").write_bytes(b"")
    with pytest.raises(CopyError, match="missing or empty"):
        Copy.open(tmp_path)
    assert copy.path(entry).exists()


def test_what_could_not_be_kept_whole_is_not_kept_by_the_next_change(copy: Copy) -> None:
    first = kept(copy, "a")
    second = replace(first, version="2", file="2")
    with pytest.raises(TypeError):
        copy.keep_objects([second, replace(first, key="b", file="b", properties={"no JSON": object()})])
    copy.require_sweep()
    assert list(copy.objects("images")) == [first]
    copy.require_files()


def test_nobody_else_can_read_it(tmp_path: Path) -> None:
    copy = Copy.open(tmp_path / "copy")
    kept(copy, "a")
    folder = tmp_path / "copy"
    assert {path.name: path.stat().st_mode & 0o077 for path in (folder, *folder.iterdir())} == dict.fromkeys(
        ["copy", "objects", "index.sqlite3", "index.sqlite3-wal", "index.sqlite3-shm"], 0
    )
    copy.close()


def test_no_byte_is_left_of_what_was_forgotten(copy: Copy) -> None:
    def holds(text: str) -> bool:
        return any(text.encode() in path.read_bytes() for path in copy.files.parent.rglob("*") if path.is_file())

    items = [KeptItem(f'{{"id": {{"S": "{n}"}}}}', f'{{"name": {{"S": "Quartzman {n}"}}}}') for n in range(200)]
    copy.keep_items("people", items)
    kept(copy, "vexillum.jpg", data=b"Zeppelin")
    assert holds("Quartzman 7")
    assert holds("vexillum")
    assert holds("Zeppelin")
    copy.forget_items("people", [each.key for each in items[5:]])
    copy.forget_objects("images", ["vexillum.jpg"])
    assert holds("Quartzman 3")
    assert not holds("Quartzman 7")
    assert not holds("vexillum")
    assert not holds("Zeppelin")
