import sys
from pathlib import Path

import pytest

from onlooker_rekognition.folder import FolderError
from onlooker_rekognition.settings import Settings
from onlooker_rekognition.store import FaceModel, StoreError
from onlooker_rekognition.stores.opening import open_store
from onlooker_rekognition.stores.sqlite import SqliteStore

MODEL = FaceModel("model-1", "7.0")
NOBODY = "postgresql://kit:s3cret@127.0.0.1:1/people"


def test_without_a_database_it_is_a_file_in_the_data_folder_held_by_one_server(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path / "data", database_url="")
    with open_store(settings, MODEL) as store:
        assert isinstance(store, SqliteStore)
        with pytest.raises(FolderError, match="Another server"), open_store(settings, MODEL):
            pass
    with open_store(settings, MODEL):
        assert (tmp_path / "data" / "collections.sqlite3").exists()


def test_a_job_of_a_server_that_was_killed_need_not_be_waited_for(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path / "data", database_url="")
    with open_store(settings, MODEL) as store:
        killed, resting = (store.start_job("FaceDetection", {}, limit=2) for _ in range(2))
        for _ in range(2):
            store.claim_job("killed", seconds=3600)
        store.release_job(resting.job_id, "killed", seconds=3600)
    with open_store(settings, MODEL) as store:
        taken_up = store.claim_job("next", seconds=3600)
        assert (taken_up.job_id, taken_up.attempts) == (killed.job_id, 2)
        assert store.claim_job("next", seconds=3600) is None, "what is to be tried later stays so"


def test_a_database_is_used_in_place_of_the_folder_and_its_password_is_not_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ONLOOKER_REKOGNITION_DATABASE_URL", NOBODY)
    settings = Settings(data=tmp_path / "data")
    assert "s3cret" not in repr(settings)
    with pytest.raises(StoreError, match="Connection refused") as refused, open_store(settings, MODEL):
        pass
    assert "s3cret" not in str(refused.value)
    assert not (tmp_path / "data").exists()


def test_without_the_driver_it_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith("onlooker_rekognition.stores.postgres")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with (
        pytest.raises(StoreError, match=r"pip install 'onlooker-rekognition\[postgres\]'"),
        open_store(Settings(database_url=NOBODY), MODEL),
    ):
        pass
