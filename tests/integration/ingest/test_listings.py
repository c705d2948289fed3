"""Lists of buckets and objects, in both forms."""

import uuid
from collections.abc import AsyncIterator
from urllib.parse import unquote

import pytest
import pytest_asyncio
from botocore.loaders import Loader
from botocore.model import ServiceModel
from botocore.parsers import create_parser

from integration.ingest.conftest import Edge
from onlooker_shared.keys import Principal, Scope

KEYS = ["a b+c.jpg", "é.jpg", "folder/1.jpg", "folder/2.jpg", "other/\x01.jpg"]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def prefix(edge: Edge) -> AsyncIterator[str]:
    """Under it, the bucket holds `KEYS`."""
    under = f"list-{uuid.uuid4().hex}/"
    for key in KEYS:
        await (await edge.s3).put_object(Bucket=edge.images, Key=under + key, Body=b"12345")
    yield under


def parsed(operation: str, body: bytes) -> dict[str, object]:
    """S3's XML as botocore reads it by S3's own model."""
    shape = ServiceModel(Loader().load_service_model("s3", "service-2")).operation_model(operation).output_shape
    answer: dict[str, object] = create_parser("rest-xml").parse(
        {"status_code": 200, "headers": {}, "body": body}, shape
    )
    return answer


async def test_buckets(edge: Edge) -> None:
    answer = await edge.http.get("/v1/")

    names = edge.names
    assert answer.json() == {
        "buckets": [
            {"name": names.annotated.name, "writable": False},
            {"name": names.faces.name, "writable": True},
            {"name": names.images.name, "writable": True},
        ]
    }


async def test_buckets_as_s3_lists_them(edge: Edge) -> None:
    answer = await edge.http.get("/v1/", headers={"Accept": "application/xml"})

    assert answer.headers["Content-Type"] == "application/xml"
    buckets = parsed("ListBuckets", answer.content)["Buckets"]
    assert [bucket["Name"] for bucket in buckets] == sorted(
        [edge.names.annotated.name, edge.names.faces.name, edge.images]
    )


async def test_a_bound_key_sees_its_own(edge: Edge, prefix: str) -> None:
    edge.keys.principals["bound"] = Principal(
        key_id="k", owner="t", scopes=frozenset({Scope.IMAGES_READ}), bucket=edge.images, prefix=prefix + "folder/"
    )
    headers = {"Authorization": "Bearer bound"}

    async def status(target: str) -> int:
        return (await edge.http.get(target, headers=headers)).status_code

    assert (await edge.http.get("/v1/", headers=headers)).json()["buckets"] == [{"name": edge.images, "writable": True}]
    assert await status(f"/v1/{edge.images}?prefix={prefix}folder/") == 200
    assert await status(f"/v1/{edge.images}?prefix={prefix}") == 403
    assert await status(f"/v1/{edge.images}") == 403
    assert await status(edge.path(f"{prefix}folder/1.jpg")) == 200
    assert await status(edge.path(f"{prefix}%C3%A9.jpg")) == 403


async def test_objects_page_by_page(edge: Edge, prefix: str) -> None:
    found, cursor = [], None
    for _ in range(len(KEYS)):
        parameters = {"prefix": prefix, "limit": "2", **({"cursor": cursor} if cursor else {})}
        page = (await edge.http.get(f"/v1/{edge.images}", params=parameters)).json()
        found += [entry["key"].removeprefix(prefix) for entry in page["objects"]]
        cursor = page["cursor"]
        if cursor is None:
            break

    assert found == sorted(KEYS, key=str.encode)
    assert page["objects"][0]["size"] == 5


async def test_folders_are_folded(edge: Edge, prefix: str) -> None:
    page = (await edge.http.get(f"/v1/{edge.images}/", params={"prefix": prefix, "delimiter": "/"})).json()

    assert page["prefixes"] == [f"{prefix}folder/", f"{prefix}other/"]
    assert [entry["key"] for entry in page["objects"]] == [f"{prefix}a b+c.jpg", f"{prefix}é.jpg"]


async def test_objects_as_s3_lists_them(edge: Edge, prefix: str) -> None:
    parameters = {"prefix": prefix, "limit": "4"}
    answer = await edge.http.get(f"/v1/{edge.images}", params=parameters, headers={"Accept": "application/xml"})

    listed = parsed("ListObjectsV2", answer.content)
    entries = listed["Contents"]
    assert [unquote(entry["Key"]) for entry in entries] == [prefix + key for key in sorted(KEYS, key=str.encode)[:4]]
    assert entries[0]["Size"] == 5
    assert listed["IsTruncated"] is True
    assert listed["KeyCount"] == 4
    rest = await edge.http.get(
        f"/v1/{edge.images}", params={**parameters, "cursor": str(listed["NextContinuationToken"])}
    )
    assert len(rest.json()["objects"]) == 1


@pytest.mark.parametrize("cursor", ["nonsense", "e30"])
async def test_a_made_up_cursor_is_refused(edge: Edge, cursor: str) -> None:
    assert (await edge.http.get(f"/v1/{edge.images}", params={"cursor": cursor})).status_code == 400


async def test_a_cursor_of_another_list_is_refused(edge: Edge, prefix: str) -> None:
    page = (await edge.http.get(f"/v1/{edge.images}", params={"prefix": prefix, "limit": "1"})).json()

    answer = await edge.http.get(f"/v1/{edge.images}", params={"cursor": page["cursor"]})

    assert answer.status_code == 400


@pytest.mark.parametrize("limit", ["0", "1001", "many"])
async def test_a_page_has_limits(edge: Edge, limit: str) -> None:
    assert (await edge.http.get(f"/v1/{edge.images}", params={"limit": limit})).status_code == 422


async def test_other_buckets_are_not_there(edge: Edge) -> None:
    assert (await edge.http.get(f"/v1/{edge.names.results.name}")).status_code == 404
