"""Passwords of other containers: made once, never told, readable by those who need them and nobody else."""

import stat
from pathlib import Path

import pytest

from onlooker import secret


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_password_is_made_once(tmp_path: Path) -> None:
    path = tmp_path / "password"
    secret.main([str(path)])
    made = path.read_text()
    secret.main([str(path)])
    assert path.read_text() == made
    assert len(made) == 32
    assert not set(made) & set(":\\ \n\"'"), "it would need quoting in a URL, a command or a pgpass file"


def test_no_two_installations_have_the_same(tmp_path: Path) -> None:
    assert secret.kept(tmp_path / "one") != secret.kept(tmp_path / "two")


def test_other_users_may_read_the_password_and_only_its_owner_the_file_of_libpq(tmp_path: Path) -> None:
    folder = tmp_path / "volume"
    folder.mkdir(mode=0o700)
    secret.main([str(folder / "password"), "--pgpass", str(folder / "pgpass")])
    assert mode(folder) == 0o755
    assert mode(folder / "password") == 0o444
    assert mode(folder / "pgpass") == 0o600, "libpq passes over a file that others may read"
    assert (folder / "pgpass").read_text() == f"*:*:*:*:{(folder / 'password').read_text()}\n"
    assert sorted(path.name for path in folder.iterdir()) == ["password", "pgpass"]


def test_the_password_is_not_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    secret.main([str(tmp_path / "password"), "--pgpass", str(tmp_path / "pgpass")])
    told = capsys.readouterr()
    assert (tmp_path / "password").read_text() not in told.out + told.err
    assert str(tmp_path / "password") in told.out


def test_what_an_interrupted_start_left_is_no_password(tmp_path: Path) -> None:
    (tmp_path / ".password").write_text("half a pass")
    secret.main([str(tmp_path / "password")])
    assert len((tmp_path / "password").read_text()) == 32
