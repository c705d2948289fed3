"""Pictures are deleted: by whom, under what conditions, and what the caller hears."""

import asyncio
from typing import Any
from urllib.parse import quote

import pytest

from integration.ingest.conftest import JPEG, Edge
from onlooker_shared.keys import Principal, Scope


async def put(edge: Edge, key: str, body: bytes = JPEG) -> str:
    """Store a picture and return its ETag."""
    answer = await edge.http.put(edge.path(key), content=body)
    assert answer.status_code == 200
    return answer.headers["ETag"]


async def test_a_picture_is_deleted_once(edge: Edge, key: str) -> None:
    await put(edge, key)

    first = await edge.http.delete(edge.path(key))
    second = await edge.http.delete(edge.path(key))

    assert (first.status_code, first.content) == (204, b"")
    assert second.status_code == 404
    assert second.headers["Content-Type"] == "application/problem+json"
    assert key in second.json()["detail"]
    assert await edge.keys_under(key) == []


async def test_of_two_at_once_one_deletes_and_one_finds_nothing(edge: Edge, key: str) -> None:
    await put(edge, key)
    answers = await asyncio.gather(*(edge.http.delete(edge.path(key)) for _ in range(2)))
    assert sorted(answer.status_code for answer in answers) == [204, 404]


async def test_the_key_is_taken_as_it_was_meant(edge: Edge, key: str) -> None:
    odd = f"{key}/a b+c/../ü%25.jpg"
    await put(edge, quote(odd, safe=""))
    await put(edge, quote(f"{odd}x", safe=""))

    assert (await edge.http.delete(edge.path(quote(odd, safe="")))).status_code == 204
    assert await edge.keys_under(key) == [f"{odd}x"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"If-Match": "{etag}"}, 204),
        ({"If-Match": '"other", {etag}'}, 204),
        ({"If-Match": "*"}, 204),
        ({"If-Match": '"other"'}, 412),
        ({"If-Match": "W/{etag}"}, 412),
        ({"If-None-Match": "{etag}"}, 412),
        ({"If-None-Match": '"other"'}, 204),
        ({"If-Unmodified-Since": "Thu, 01 Jan 2026 00:00:00 GMT"}, 412),
        ({"If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT"}, 204),
    ],
    ids=str,
)
async def test_a_condition_is_honoured(edge: Edge, key: str, headers: dict[str, str], status: int) -> None:
    etag = await put(edge, key)
    named = {name: value.format(etag=etag) for name, value in headers.items()}

    answer = await edge.http.delete(edge.path(key), headers=named)

    assert answer.status_code == status
    assert await edge.keys_under(key) == ([] if status == 204 else [key])


@pytest.mark.parametrize("condition", [{"If-Match": '"other"'}, {"If-Match": "*"}, {}])
async def test_what_is_not_there_is_not_found_whatever_the_condition(
    edge: Edge, key: str, condition: dict[str, str]
) -> None:
    assert (await edge.http.delete(edge.path(key), headers=condition)).status_code == 404


async def test_a_picture_that_is_overwritten_between_look_and_deletion_stays(
    edge: Edge, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    etag = await put(edge, key)
    s3 = await edge.s3
    delete = s3.delete_object

    async def overwritten_first(**arguments: Any) -> Any:
        await s3.put_object(Bucket=edge.images, Key=key, Body=b"newer")
        return await delete(**arguments)

    monkeypatch.setattr(s3, "delete_object", overwritten_first)
    answer = await edge.http.delete(edge.path(key), headers={"If-Match": etag})

    assert answer.status_code == 412
    assert (await edge.stored(key))["Body"] == b"newer"


@pytest.mark.parametrize(
    ("scopes", "prefix", "status"),
    [
        ({Scope.IMAGES_DELETE}, "", 204),
        ({Scope.ADMIN}, "", 204),
        ({Scope.IMAGES_WRITE, Scope.IMAGES_READ}, "", 403),
        ({Scope.IMAGES_DELETE}, "elsewhere/", 403),
    ],
)
async def test_only_a_key_for_it_deletes(edge: Edge, key: str, scopes: set[Scope], prefix: str, status: int) -> None:
    await put(edge, key)
    edge.keys.principals[key] = Principal("1", "tests", frozenset(scopes), prefix=prefix)

    answer = await edge.http.delete(edge.path(key), headers={"Authorization": f"Bearer {key}"})

    assert answer.status_code == status
    assert await edge.keys_under(key) == ([] if status == 204 else [key])


@pytest.mark.parametrize(("bucket", "status"), [("annotated", 403), ("results", 404), ("other", 404)])
async def test_what_onlooker_makes_is_not_deleted_here(edge: Edge, key: str, bucket: str, status: int) -> None:
    name = getattr(edge.names, bucket).name if bucket != "other" else bucket
    assert (await edge.http.delete(f"/v1/{name}/{key}")).status_code == status


async def test_pictures_of_people_to_be_known_can_be_deleted(edge: Edge, key: str) -> None:
    path = f"/v1/{edge.names.faces.name}/{key}"
    await edge.http.put(path, content=JPEG)
    assert (await edge.http.delete(path)).status_code == 204


@pytest.mark.parametrize("target", ["%2", "%FF", "", "a%00b"])
async def test_a_path_that_names_no_key_is_refused(edge: Edge, target: str) -> None:
    answer = await edge.http.delete(edge.path(target))
    assert answer.status_code in {400, 405}
    assert answer.headers["Content-Type"] == "application/problem+json"


async def test_with_versions_the_object_is_gone_and_its_versions_are_kept(edge: Edge, key: str) -> None:
    s3, bucket = await edge.s3, edge.names.faces.name
    await s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    try:
        await edge.http.put(f"/v1/{bucket}/{key}", content=JPEG)
        answers = [await edge.http.delete(f"/v1/{bucket}/{key}") for _ in range(2)]
        found = await s3.list_object_versions(Bucket=bucket, Prefix=key)
    finally:
        await s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Suspended"})

    assert [answer.status_code for answer in answers] == [204, 404]
    assert (len(found["Versions"]), len(found["DeleteMarkers"])) == (1, 1)
