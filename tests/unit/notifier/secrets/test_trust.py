"""A file of authorities that cannot be used stops the start, and says why."""

from pathlib import Path

import pytest

from certificates import Authority
from onlooker_notifier.secrets.trust import Trust, why_not_readable
from onlooker_notifier.settings import NotifierSettings
from onlooker_shared.errors import SettingsError


def test_a_file_of_authorities_is_looked_at_when_the_notifier_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty = tmp_path / "notes.txt"
    empty.write_text("The certificate is on the other machine.")
    for file, words in ((empty, "no certificate in PEM"), (tmp_path / "gone.pem", "No such file")):
        monkeypatch.setenv("ONLOOKER_NOTIFIER_CA_FILE", str(file))
        with pytest.raises(SettingsError, match=f"ONLOOKER_NOTIFIER_CA_FILE: .*{words}"):
            NotifierSettings()

    authority = Authority(tmp_path).file
    monkeypatch.setenv("ONLOOKER_NOTIFIER_CA_FILE", str(authority))
    assert NotifierSettings().ca_file == authority
    assert why_not_readable(authority) is None


def test_what_has_one_file_for_all_has_the_public_authorities_too_and_only_where_there_is_need(tmp_path: Path) -> None:
    public = len(Trust().context().get_ca_certs())
    authority = Authority(tmp_path)
    with Trust(authority.file).bundled() as file:
        assert file is not None
        assert file.read_text().count("BEGIN CERTIFICATE") > public > 10
        assert authority.file.read_text().strip() in file.read_text()
    assert not file.exists()
    with Trust().bundled() as nothing:
        assert nothing is None
