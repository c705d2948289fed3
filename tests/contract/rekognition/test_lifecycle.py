"""Starting, stopping and being killed."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from rekognition_fakes import scene
from rekognition_server import FAKE, REAL, STOP_SECONDS, RekognitionServer, running_server


def index(client: Any, person: int) -> str:
    answer = client.index_faces(
        CollectionId="people", Image={"Bytes": scene(person)}, ExternalImageId=f"person-{person}"
    )
    return answer["FaceRecords"][0]["Face"]["FaceId"]


def test_users_tags_and_requests_done_once_survive_a_kill(tmp_path: Path) -> None:
    arn = "arn:aws:rekognition:us-east-1:000000000000:collection/people"
    create = {"CollectionId": "people", "UserId": "kit", "ClientRequestToken": "once"}
    with running_server(FAKE, tmp_path / "data") as server:
        client = server.client
        client.create_collection(CollectionId="people")
        client.tag_resource(ResourceArn=arn, Tags={"team": "vision"})
        client.create_user(**create)
        face = index(client, 1)
        client.associate_faces(CollectionId="people", UserId="kit", FaceIds=[face])
        server.kill()
    with running_server(FAKE, tmp_path / "data") as server:
        client = server.client
        assert client.list_tags_for_resource(ResourceArn=arn)["Tags"] == {"team": "vision"}
        client.create_user(**create)  # without the token it would be a conflict
        assert client.list_users(CollectionId="people")["Users"] == [{"UserId": "kit", "UserStatus": "ACTIVE"}]
        found = client.search_users_by_image(CollectionId="people", Image={"Bytes": scene(1)})
        assert [match["User"]["UserId"] for match in found["UserMatches"]] == ["kit"]


def test_two_servers_do_not_share_a_data_folder(server: RekognitionServer) -> None:
    with (
        pytest.raises(RuntimeError, match=r"Another server uses the data folder .*choose another one with --data"),
        running_server(FAKE, server.data),
    ):
        pass


def test_it_ends_when_its_parents_pipe_closes(tmp_path: Path) -> None:
    with running_server(FAKE, tmp_path / "data") as server:
        server.process.stdin.close()
        assert server.process.wait(STOP_SECONDS) == 0


def test_without_models_it_says_how_to_build_them(tmp_path: Path) -> None:
    options = ("--models", str(tmp_path), "--data", str(tmp_path / "data"), "--port", "0")
    ended = subprocess.run(
        [sys.executable, *REAL, *options], capture_output=True, text=True, timeout=STOP_SECONDS, check=False
    )
    assert ended.returncode == 1
    assert "python -m onlooker_rekognition.weights" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_the_data_folder_is_its_owners_alone(server: RekognitionServer) -> None:
    assert server.data.stat().st_mode & 0o777 == 0o700
    files = list(server.data.glob("collections*"))
    assert files
    assert not [file for file in files if file.stat().st_mode & 0o077]


def test_the_log_says_that_signatures_are_not_verified(server: RekognitionServer) -> None:
    assert "signatures are accepted and not verified" in server.log.read_text()
