"""An emulator that loses its memory has it again; one that has it never costs the copy anything."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from kept import Kept, put_in_parts
from onlooker.keeper.comparison import Listed
from onlooker.keeper.copy import Copy, CopyError
from onlooker.keeper.marker import KEY, Marker
from onlooker.keeper.objects import Objects
from onlooker.keeper.saving import ForeignEmulatorError, Keeper, LostMeanwhileError
from onlooker.keeper.tables import Tables
from onlooker_shared.provision import provision

ODD_KEYS = ["//..//x/", "\N{LATIN SMALL LETTER E WITH ACUTE}" * 512, "x y+%2F&=?#", "<&>'\"", "../up", "."]
ITEM: dict[str, Any] = {
    "claim_id": {"S": "odd"},
    "binary": {"B": bytes(range(256))},
    "binaries": {"BS": [b"\x00"]},
    "number": {"N": "12345678901234567890.5"},
    "nested": {"M": {"list": {"L": [{"NULL": True}, {"BOOL": False}, {"B": b"x"}, {"S": ""}]}}},
}


async def seen(kept: Kept, bucket: str, key: str) -> dict[str, Any]:
    """Return all that S3 tells of an object but when it was stored."""
    s3 = await kept.aws.client("s3")
    answer = await s3.get_object(Bucket=bucket, Key=key)
    async with answer["Body"] as body:
        data = await body.read()
    told = ("ETag", "ContentType", "CacheControl", "ContentEncoding", "ContentDisposition", "Expires", "Metadata")
    tags = (await s3.get_object_tagging(Bucket=bucket, Key=key))["TagSet"]
    return {name: answer.get(name) for name in told} | {
        "data": data,
        "tags": sorted((t["Key"], t["Value"]) for t in tags),
    }


async def announced(kept: Kept) -> list[str]:
    """Return the keys that the images bucket announced since its queue was made."""
    sqs, url = await kept.aws.client("sqs"), await kept.aws.queue_url(kept.topology.recognizer_images.name)
    keys: list[str] = []
    while messages := (await sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)).get("Messages"):
        events = [json.loads(message["Body"]) for message in messages]
        keys += [record["s3"]["object"]["key"] for event in events for record in event.get("Records", [])]
    return keys


async def keeper_of(kept: Kept, copy: Copy, objects: Objects) -> Keeper:
    """A keeper that sees the objects in another way."""
    marker = Marker(kept.aws, kept.marker_name)
    tables = Tables(await kept.aws.client("dynamodb"))
    return Keeper(topology=kept.topology, copy=copy, marker=marker, objects=objects, tables=tables)


async def test_all_of_it_comes_back_as_it_was_and_is_not_announced_again(kept: Kept) -> None:
    s3, dynamodb = await kept.aws.client("s3"), await kept.aws.client("dynamodb")
    images, faces = kept.topology.images.name, kept.topology.faces.name
    for key in ODD_KEYS:
        await s3.put_object(Bucket=images, Key=key, Body=key.encode(), ContentType="image/png")
    await put_in_parts(kept, "in-parts.jpg")
    await s3.put_object(
        Bucket=faces,
        Key="zoe.jpg",
        Body=b"face",
        Metadata={"who": "=?UTF-8?B?Wm/Dqw==?=", "x": "plain"},
        CacheControl="max-age=3",
        ContentEncoding="identity",
        ContentDisposition="inline",
        Expires="Wed, 21 Oct 2026 07:28:00 GMT",
        Tagging="zoe.jpg=Zo%C3%AB+%2B+x&empty=",
    )
    await dynamodb.put_item(TableName=kept.topology.claims.name, Item=ITEM)
    before = {key: await seen(kept, images, key) for key in await kept.keys(images)}
    face = await seen(kept, faces, "zoe.jpg")

    async with kept.keeper() as rounds:
        await rounds.once()
        await kept.lose_everything()
        await announced(kept)
        await rounds.once()
        await rounds.sweep_if_due()

    assert {key: await seen(kept, images, key) for key in await kept.keys(images)} == before
    assert await seen(kept, faces, "zoe.jpg") == face
    found = await dynamodb.get_item(TableName=kept.topology.claims.name, Key={"claim_id": {"S": "odd"}})
    assert found["Item"] == ITEM
    assert kept.services.swept == 1
    assert not (await provision(kept.aws, kept.topology)).changed
    await s3.put_object(Bucket=images, Key="new.jpg", Body=b"x")
    assert await announced(kept) == ["new.jpg"]


async def test_it_takes_in_what_is_new_or_overwritten_and_forgets_what_is_deleted(kept: Kept) -> None:
    s3, dynamodb = await kept.aws.client("s3"), await kept.aws.client("dynamodb")
    images, claims = kept.topology.images.name, kept.topology.claims.name
    for key in ("stays", "changes", "goes"):
        await s3.put_object(Bucket=images, Key=key, Body=b"first")
        await dynamodb.put_item(TableName=claims, Item={"claim_id": {"S": key}, "state": {"S": "first"}})
    async with kept.keeper() as rounds:
        await rounds.once()
        await s3.put_object(Bucket=images, Key="changes", Body=b"second")
        await s3.delete_object(Bucket=images, Key="goes")
        await dynamodb.put_item(TableName=claims, Item={"claim_id": {"S": "changes"}, "state": {"S": "second"}})
        await dynamodb.delete_item(TableName=claims, Key={"claim_id": {"S": "goes"}})
        await rounds.once()
        assert len(list((kept.data / "objects").iterdir())) == 2
        await kept.lose_everything()
        await rounds.once()
    assert await kept.keys(images) == ["changes", "stays"]
    assert (await seen(kept, images, "changes"))["data"] == b"second"
    items = (await dynamodb.scan(TableName=claims))["Items"]
    assert {item["claim_id"]["S"]: item["state"]["S"] for item in items} == {"changes": "second", "stays": "first"}


async def test_a_key_at_which_a_list_of_versions_fails_is_kept_with_all_others(kept: Kept) -> None:
    s3, images = await kept.aws.client("s3"), kept.topology.images.name
    for key in ("a", "b\x01", "c"):
        await s3.put_object(Bucket=images, Key=key, Body=b"x")
    async with kept.keeper() as rounds:
        await rounds.once()
    copy = Copy.open(kept.data)
    assert [each.key for each in copy.objects(images)] == ["a", "b\x01", "c"]
    copy.close()


class Blind(Objects):
    """Lists nothing, as an emulator may that leaves out what it has."""

    async def pages(self, bucket: str) -> AsyncIterator[list[Listed]]:
        yield []


async def test_what_a_list_leaves_out_is_kept_as_long_as_it_is_there(kept: Kept) -> None:
    s3, images = await kept.aws.client("s3"), kept.topology.images.name
    for key in ("stays.jpg", "goes.jpg"):
        await s3.put_object(Bucket=images, Key=key, Body=b"x")
    async with kept.keeper() as rounds:
        await rounds.once()
    await s3.delete_object(Bucket=images, Key="goes.jpg")
    copy = Copy.open(kept.data)
    await (await keeper_of(kept, copy, Blind(s3, copy))).save()
    assert [each.key for each in copy.objects(images)] == ["stays.jpg"]
    copy.close()


async def test_restoring_before_anything_else_starts_leaves_the_sweep_to_the_keeper(kept: Kept) -> None:
    s3 = await kept.aws.client("s3")
    await s3.put_object(Bucket=kept.topology.images.name, Key="a.jpg", Body=b"x")
    async with kept.keeper() as rounds:
        await rounds.once()
    await kept.lose_everything()

    async with kept.keeper() as rounds:
        await rounds.restore()
    assert await kept.keys(kept.topology.images.name) == ["a.jpg"]
    await provision(kept.aws, kept.topology)
    kept.services.away = True
    async with kept.keeper() as rounds:
        await rounds.once()
        await rounds.sweep_if_due()
        assert kept.services.swept == 0
        kept.services.away = False
        await rounds.sweep_if_due()
        await rounds.sweep_if_due()
    assert kept.services.swept == 1


async def test_what_came_since_is_not_overwritten_by_what_is_put_back(kept: Kept) -> None:
    s3, images = await kept.aws.client("s3"), kept.topology.images.name
    await s3.put_object(Bucket=images, Key="a.jpg", Body=b"old")
    async with kept.keeper() as rounds:
        await rounds.once()
        await kept.lose_everything()
        await provision(kept.aws, kept.topology)  # by somebody who did not wait
        await s3.put_object(Bucket=images, Key="a.jpg", Body=b"new")
        await rounds.once()
    assert (await seen(kept, images, "a.jpg"))["data"] == b"new"


class Forgetting(Objects):
    """Lists objects of an emulator that loses its memory, and is provisioned anew, in that moment."""

    marker_bucket = ""

    async def pages(self, bucket: str) -> AsyncIterator[list[Listed]]:
        await self._s3.delete_object(Bucket=self.marker_bucket, Key=KEY)
        yield []


async def test_memory_that_is_lost_during_a_pass_costs_the_copy_nothing(kept: Kept) -> None:
    s3, images = await kept.aws.client("s3"), kept.topology.images.name
    await s3.put_object(Bucket=images, Key="a.jpg", Body=b"x")
    async with kept.keeper() as rounds:
        await rounds.once()
    copy = Copy.open(kept.data)
    objects = Forgetting(s3, copy)
    objects.marker_bucket = kept.marker_name
    keeper = await keeper_of(kept, copy, objects)
    with pytest.raises(LostMeanwhileError):
        await keeper.save()
    assert [each.key for each in copy.objects(images)] == ["a.jpg"]
    copy.require_files()
    copy.close()


async def test_of_a_damaged_copy_nothing_is_put_back(kept: Kept) -> None:
    s3, images = await kept.aws.client("s3"), kept.topology.images.name
    await s3.put_object(Bucket=images, Key="a.jpg", Body=b"x")
    async with kept.keeper() as rounds:
        await rounds.once()
        await kept.lose_everything()
        for path in (kept.data / "objects").iterdir():
            path.unlink()
        for _ in range(2):  # and it is no whole copy of an empty emulator the second time
            with pytest.raises(CopyError, match=r"a\.jpg is missing"):
                await rounds.once()
    buckets = (await s3.list_buckets())["Buckets"]
    assert not [bucket for bucket in buckets if bucket["Name"].startswith(kept.settings.prefix)]


async def test_an_emulator_that_another_copy_keeps_is_left_alone(kept: Kept) -> None:
    async with kept.keeper() as rounds:
        await rounds.once()
        await Marker(kept.aws, kept.marker_name).write("another")
        with pytest.raises(ForeignEmulatorError, match="another copy"):
            await rounds.once()
