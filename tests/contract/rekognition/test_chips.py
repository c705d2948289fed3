"""Pictures of faces are kept only by a server that was told to."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from onlooker_rekognition.vision.chips import decode_chip
from rekognition_fakes import scene
from rekognition_server import FAKE, RekognitionServer, running_server


def chips(server: RekognitionServer) -> list[bytes]:
    with closing(sqlite3.connect(server.data / "collections.sqlite3")) as database:
        return [row[0] for row in database.execute("SELECT jpeg FROM chips")]


def test_by_default_no_picture_of_a_face_is_kept(server: RekognitionServer, client: Any, collection: str) -> None:
    client.index_faces(CollectionId=collection, Image={"Bytes": scene(1, 2)})
    assert chips(server) == []


def test_chips_are_kept_where_that_is_switched_on_and_go_with_their_face(tmp_path: Path) -> None:
    with running_server(FAKE, tmp_path / "data", "--keep-chips") as server:
        server.client.create_collection(CollectionId="people")
        answer = server.client.index_faces(CollectionId="people", Image={"Bytes": scene(1, 2)})
        assert [decode_chip(chip).shape for chip in chips(server)] == [(16, 16, 3)] * 2
        face_id = answer["FaceRecords"][0]["Face"]["FaceId"]
        server.client.delete_faces(CollectionId="people", FaceIds=[face_id])
        assert len(chips(server)) == 1
        server.client.delete_collection(CollectionId="people")
        assert chips(server) == []
