"""What links are signed by: the same for all instances, made once, and no reason for a mail to stay away."""

import asyncio
import secrets
from pathlib import Path
from typing import Any

from botocore.exceptions import EndpointConnectionError

from notifying import Clock, Parts
from onlooker_notifier.links.linking import Linking, Signing
from onlooker_notifier.secrets.sealing import KmsSealer, made_or_read
from onlooker_notifier.secrets.signing_secret import FileSecret, StoredSecret


class Kms:
    """KMS as far as it is asked: a data key is wrapped by being reversed."""

    async def generate_data_key(self, **_asked: Any) -> dict[str, bytes]:
        key = secrets.token_bytes(32)
        return {"Plaintext": key, "CiphertextBlob": key[::-1]}

    async def decrypt(self, *, CiphertextBlob: bytes, **_asked: Any) -> dict[str, bytes]:  # noqa: N803 - KMS's name
        return {"Plaintext": CiphertextBlob[::-1]}


class Away:
    """KMS where it does not answer."""

    async def generate_data_key(self, **_asked: Any) -> dict[str, bytes]:
        raise EndpointConnectionError(endpoint_url="https://kms.example.com")


async def test_a_file_is_made_when_it_is_first_needed_and_is_that_of_the_channels(tmp_path: Path) -> None:
    path = tmp_path / "channels.key"
    made = await asyncio.gather(*(FileSecret(path).read() for _ in range(3)))
    assert set(made) == {made_or_read(path)}


async def test_where_kms_keeps_the_keys_one_secret_is_sealed_for_all_instances(parts: Parts) -> None:
    def instance() -> StoredSecret:
        return StoredSecret(KmsSealer(Kms(), "alias/onlooker"), parts.dynamodb, parts.notices)

    made = set(await asyncio.gather(*(instance().read() for _ in range(4))))
    assert len(made) == 1
    assert await instance().read() in made
    assert len(made.pop()) == 32


async def test_without_a_secret_mails_have_no_links_and_go_anyway(parts: Parts, clock: Clock, tmp_path: Path) -> None:
    (tmp_path / "channels.key").write_text("no key")
    sources = [
        FileSecret(tmp_path / "channels.key"),
        StoredSecret(KmsSealer(Away(), "alias/onlooker"), parts.dynamodb, parts.notices),
    ]
    for secret in sources:
        linking = Linking(Signing(secret), "https://onlooker.example.com", clock=clock)
        assert await linking.of("rule", None, "") == ()
