"""The process's AWS clients."""

import asyncio
import uuid
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from emulator import Emulator
from onlooker_shared.aws import Aws
from onlooker_shared.errors import SettingsError
from onlooker_shared.settings import CommonSettings
from onlooker_shared.telemetry.tracing import current_trace_id, span


async def test_a_process_has_one_client_of_a_service_however_many_ask_at_once(emulator: Emulator) -> None:
    async with Aws(CommonSettings()) as aws:
        clients = await asyncio.gather(*(aws.client("sqs") for _ in range(5)))
    assert len({id(client) for client in clients}) == 1


async def test_without_a_region_the_variable_is_named(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(variable, raising=False)
    async with Aws(CommonSettings()) as aws:
        with pytest.raises(SettingsError, match="AWS_REGION"):
            await aws.client("dynamodb")


async def test_arns_name_the_account_and_region_of_the_process(aws: Aws) -> None:
    sns = await aws.client("sns")
    name = f"topic-{uuid.uuid4().hex}"
    made = await sns.create_topic(Name=name)
    assert await aws.topic_arn(name) == made["TopicArn"]


async def test_a_queue_that_is_not_there_is_an_error(aws: Aws) -> None:
    sqs = await aws.client("sqs")
    with pytest.raises(sqs.exceptions.QueueDoesNotExist):
        await aws.queue_url("no-such-queue")


async def test_a_presigned_link_is_of_version_4_and_works(aws: Aws) -> None:
    s3, bucket = await aws.client("s3"), f"links-{uuid.uuid4().hex}"
    await s3.create_bucket(Bucket=bucket)
    await s3.put_object(Bucket=bucket, Key="a b/é.txt", Body=b"content")
    presigner = await aws.presigner()
    link = await presigner.generate_presigned_url(
        "get_object", Params={"Bucket": bucket, "Key": "a b/é.txt"}, ExpiresIn=60
    )
    assert parse_qs(urlsplit(link).query)["X-Amz-Algorithm"] == ["AWS4-HMAC-SHA256"]
    async with httpx.AsyncClient() as client:
        assert (await client.get(link)).text == "content"


async def test_rekognition_is_told_the_trace_that_it_is_asked_in(
    emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: asyncio.Queue[bytes] = asyncio.Queue()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.put_nowait(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        monkeypatch.setenv("AWS_ENDPOINT_URL_REKOGNITION", f"http://127.0.0.1:{port}")
        async with Aws(CommonSettings()) as aws:
            client = await aws.client("rekognition")
            with span("work"):
                await client.list_collections()
                trace_id = current_trace_id()
            await client.list_collections()
    assert f"traceparent: 00-{trace_id}-".encode() in await asked.get()
    assert b"traceparent" not in await asked.get(), "outside any trace there is nothing to tell"


async def test_links_name_the_endpoint_that_their_readers_use(emulator: Emulator) -> None:
    async with Aws(CommonSettings(s3_public_endpoint="https://pictures.example", s3_addressing="path")) as aws:
        presigner = await aws.presigner()
        link = await presigner.generate_presigned_url("get_object", Params={"Bucket": "images", "Key": "a.jpg"})
        s3 = await aws.client("s3")
    assert link.startswith("https://pictures.example/images/a.jpg?")
    assert s3.meta.endpoint_url == emulator.url


async def test_the_region_that_amazons_containers_are_given_counts(
    emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    async with Aws(CommonSettings()) as aws:
        assert (await aws.topic_arn("t")).startswith("arn:aws:sns:eu-central-1:")
