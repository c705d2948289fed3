"""Which files an upload sends, under which keys."""

from pathlib import Path

from onlooker.pictures import pictures


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
