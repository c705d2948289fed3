"""How requests are signed in, and that no secret is told."""

import asyncio
import hashlib
import logging
from collections.abc import AsyncIterator

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from onlooker_shared.errors import ConfigurationError, SettingsError, UnavailableError
from onlooker_tagger.opensearch.client import connect
from onlooker_tagger.opensearch.cluster import Action, Cluster
from onlooker_tagger.settings import TaggerSettings

BODY = b'{"items":[{"index":{"status":201}}]}'
ANSWER = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%s" % (len(BODY), BODY)


class Listener:
    """Takes one request after the other, and keeps the last."""

    def __init__(self) -> None:
        self.head = ""
        self.body = b""
        self.url = ""

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.head = (await reader.readuntil(b"\r\n\r\n")).decode()
        self.body = await reader.readexactly(int(self.headers["content-length"]))
        writer.write(ANSWER)
        await writer.drain()
        writer.close()

    @property
    def headers(self) -> dict[str, str]:
        lines = (line.partition(": ") for line in self.head.split("\r\n")[1:] if line)
        return {name.lower(): value for name, _, value in lines}


@pytest.fixture
async def listener() -> AsyncIterator[Listener]:
    made = Listener()
    server = await asyncio.start_server(made.answer, "127.0.0.1", 0)
    made.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    yield made
    server.close()


@pytest.mark.parametrize("service", ["es", "aoss"])
async def test_a_signature_is_the_one_that_amazon_works_out(
    listener: Listener, monkeypatch: pytest.MonkeyPatch, service: str
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.delenv("AWS_SESSION_TOKEN", raising=False)
    monkeypatch.delenv("AWS_DEFAULT_REGION", raising=False)
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    client = connect(listener.url, signing=service)  # one of the two
    await Cluster(client).bulk([Action({"index": {"_index": "i", "_id": "1"}}, {"name": "Zoë"})])
    await client.close()

    got = listener.headers
    assert got["x-amz-content-sha256"] == hashlib.sha256(listener.body).hexdigest()
    path = listener.head.split(" ")[1]
    signer = SigV4Auth(Credentials("AKIDEXAMPLE", "secret"), service, "eu-west-1")
    request = AWSRequest("POST", listener.url + path, data=listener.body)
    request.context["timestamp"] = got["x-amz-date"]
    signed = got["authorization"].partition("SignedHeaders=")[2].partition(",")[0]
    for name in set(signed.split(";")) - {"host"}:
        request.headers[name] = got[name]
    signature = signer.signature(signer.string_to_sign(request, signer.canonical_request(request)), request)
    assert got["authorization"].endswith(f"Signature={signature}")


async def test_basic_authentication_comes_from_the_url(listener: Listener) -> None:
    url = listener.url.replace("http://", "http://ann:p%40ss@")
    async with connect(url) as client:
        await client.bulk(body="{}\n")

    assert listener.headers["authorization"] == "Basic YW5uOnBAc3M="  # ann:p@ss


async def test_a_cluster_that_is_away_is_said_without_the_password(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with connect("http://ann:secret@127.0.0.1:9") as client:
        with pytest.raises(UnavailableError) as away:
            await Cluster(client).bulk([Action({"index": {}}, {"person": "Zoë"})])

    assert "127.0.0.1:9" in away.value.detail
    assert "secret" not in away.value.detail + caplog.text
    assert "Zo" not in caplog.text


def test_signing_without_credentials_is_said_at_start(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"):
        monkeypatch.setenv(name, "/dev/null")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")

    with pytest.raises(ConfigurationError, match="AWS_REGION"):
        connect("https://search.example.com", signing="es")


@pytest.mark.parametrize("url", ["ftp://ann:secret@host", "ann:secret@host:9200", "http://", "http://host:port"])
def test_what_is_no_url_of_a_cluster_is_refused_without_repeating_it(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("ONLOOKER_TAGGER_OPENSEARCH_URL", url)

    with pytest.raises(SettingsError, match="ONLOOKER_TAGGER_OPENSEARCH_URL") as refused:
        TaggerSettings()
    assert "secret" not in str(refused.value)


def test_an_empty_url_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONLOOKER_TAGGER_OPENSEARCH_URL", "")

    assert TaggerSettings().opensearch_url is None


def test_a_signature_and_a_password_exclude_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONLOOKER_TAGGER_OPENSEARCH_URL", "https://ann:secret@host")
    monkeypatch.setenv("ONLOOKER_TAGGER_OPENSEARCH_SIGNING", "es")

    with pytest.raises(SettingsError, match="exclude each other") as refused:
        TaggerSettings()
    assert "secret" not in str(refused.value)
    assert "secret" not in repr(TaggerSettings(opensearch_signing=None))
