"""The file of access keys: what is read of it, and what it is refused for, without a word of its secrets."""

from pathlib import Path

import pytest

from onlooker_rekognition.credentials import CredentialsError, load_credentials

SECRET = "wJalrXUtnFEMI"
PAIR = f"aws_access_key_id = {{}}\naws_secret_access_key = {SECRET}\n"


def write(folder: Path, text: str, mode: int = 0o600) -> Path:
    path = folder / "credentials"
    path.write_text(text)
    path.chmod(mode)
    return path


def test_each_section_is_a_pair(tmp_path: Path) -> None:
    text = (
        f"[camera]\n{PAIR.format('AKIAONE')}\n[door]\n{PAIR.format('AKIATWO')}aws_session_token = token\nregion = x\n"
    )
    pairs = load_credentials(write(tmp_path, text, 0o640))
    assert {key: (pair.secret_key, pair.token) for key, pair in pairs.items()} == {
        "AKIAONE": (SECRET, None),
        "AKIATWO": (SECRET, "token"),
    }


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "holds no credentials"),
        (f"aws_secret_access_key = {SECRET}", "not in the INI format"),
        (f"[a]\n{SECRET}\n", "not in the INI format"),
        ("[a]\naws_access_key_id = AKIAONE\n", r"section \[a\] has no aws_secret_access_key"),
        (f"[a]\naws_access_key_id =\naws_secret_access_key = {SECRET}\n", r"section \[a\] has no aws_access_key_id"),
        (
            f"[a]\naws_access_key_id = AKIAONE\naws_secret_access_key =\n  = {SECRET}\n",
            "no text for aws_secret_access_key",
        ),
        (f"[a]\naws_access_key_id =\n  x = y\naws_secret_access_key = {SECRET}\n", "no text for aws_access_key_id"),
        ("[a]\ncredential_process = /bin/sh\n", r"section \[a\] has no aws_access_key_id"),
        (f"[a]\n{PAIR.format('AKIAONE')}[b]\n{PAIR.format('AKIAONE')}", "names an access key twice"),
    ],
)
def test_what_is_not_all_pairs_is_refused(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(CredentialsError, match=complaint) as refusal:
        load_credentials(write(tmp_path, text))
    assert SECRET not in str(refusal.value)


@pytest.mark.parametrize("mode", [0o604, 0o602, 0o644])
def test_a_file_that_is_open_to_others_is_refused(tmp_path: Path, mode: int) -> None:
    with pytest.raises(CredentialsError, match=r"open to others\. Close it: chmod 600"):
        load_credentials(write(tmp_path, f"[a]\n{PAIR.format('AKIAONE')}", mode))


@pytest.mark.parametrize("name", ["nothing", "."])
def test_a_file_that_is_none_is_refused(tmp_path: Path, name: str) -> None:
    tmp_path.chmod(0o700)
    with pytest.raises(CredentialsError, match=r"can not be read|INI format"):
        load_credentials(tmp_path / name)
