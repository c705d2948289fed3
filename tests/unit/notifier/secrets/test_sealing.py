"""Secrets are unreadable at rest, and only where they belong can they be opened."""

import base64
import stat
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from onlooker_notifier.secrets.sealing import FileSealer, KeySealer, KmsSealer, NoKey, SealBrokenError, Sealer, key_of
from onlooker_shared.errors import ConflictError, SettingsError

SECRET = "hunter2-hunter2"


class Kms:
    """KMS as far as it is asked: a data key is wrapped by being reversed, together with its context."""

    fault: str | None = None

    async def generate_data_key(self, *, KeyId: str, KeySpec: str, EncryptionContext: dict[str, str]) -> dict[str, Any]:  # noqa: N803 - as KMS names them
        assert (KeyId, KeySpec) == ("alias/onlooker", "AES_256")
        key = bytes(range(32))
        return {"Plaintext": key, "CiphertextBlob": key[::-1] + repr(EncryptionContext).encode()}

    async def decrypt(self, *, KeyId: str, CiphertextBlob: bytes, EncryptionContext: dict[str, str]) -> dict[str, Any]:  # noqa: N803 - as KMS names them
        if self.fault is not None:
            raise ClientError({"Error": {"Code": self.fault, "Message": ""}}, "Decrypt")
        assert CiphertextBlob[32:] == repr(EncryptionContext).encode()
        return {"Plaintext": CiphertextBlob[:32][::-1]}


@pytest.fixture(params=["key", "file", "kms"])
def sealer(request: pytest.FixtureRequest, tmp_path: Path) -> Sealer:
    made: dict[str, Sealer] = {
        "key": KeySealer(bytes(32)),
        "file": FileSealer(tmp_path / "secrets" / "channels.key"),
        "kms": KmsSealer(Kms(), "alias/onlooker"),
    }
    return made[request.param]


async def test_a_secret_is_opened_for_its_owner_and_can_be_read_by_nobody_else(sealer: Sealer) -> None:
    sealed = await sealer.seal(SECRET, "one")

    assert SECRET not in sealed.model_dump_json()
    assert base64.b64encode(SECRET.encode()).decode() not in sealed.model_dump_json()
    assert await sealer.open(sealed, "one") == SECRET
    assert await sealer.seal(SECRET, "one") != sealed, "equal secrets look different"


async def test_a_secret_that_was_moved_to_another_channel_or_changed_is_not_opened() -> None:
    sealer = KeySealer(bytes(32))
    sealed = await sealer.seal(SECRET, "one")

    for broken, owner in [
        (sealed, "two"),
        (sealed.model_copy(update={"nonce": base64.b64encode(bytes(12)).decode()}), "one"),
        (sealed.model_copy(update={"ciphertext": "AAAA"}), "one"),
        (sealed.model_copy(update={"wrapped_key": "AAAA"}), "one"),
    ]:
        with pytest.raises(SealBrokenError):
            await sealer.open(broken, owner)
    with pytest.raises(SealBrokenError, match="another key"):
        await KeySealer(bytes(31) + b"1").open(sealed, "one")


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("InvalidCiphertextException", SealBrokenError),
        ("IncorrectKeyException", SealBrokenError),
        ("ThrottlingException", ClientError),
        ("AccessDeniedException", ClientError),
    ],
)
async def test_what_kms_will_never_open_is_told_from_what_it_does_not_open_now(
    fault: str, error: type[Exception]
) -> None:
    kms = Kms()
    sealer = KmsSealer(kms, "alias/onlooker")
    sealed = await sealer.seal(SECRET, "one")
    kms.fault = fault
    with pytest.raises(error):
        await sealer.open(sealed, "one")


async def test_a_key_is_made_when_it_is_first_needed_for_its_owner_alone_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "secrets" / "channels.key"
    first, second = FileSealer(path), FileSealer(path)
    assert not path.exists()

    sealed = await first.seal(SECRET, "one")

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in path.parent.iterdir()] == [path.name]
    assert await second.open(sealed, "one") == SECRET
    assert await second.open(await second.seal("another", "two"), "two") == "another"


async def test_a_lost_or_damaged_key_file_says_so(tmp_path: Path) -> None:
    path = tmp_path / "channels.key"
    sealed = await FileSealer(path).seal(SECRET, "one")
    path.unlink()
    with pytest.raises(SealBrokenError, match="is gone"):
        await FileSealer(path).open(sealed, "one")
    assert not path.exists(), "a new one would open nothing"

    path.write_text("no key")
    with pytest.raises(SettingsError, match=r"ONLOOKER_NOTIFIER_KEY_FILE: .*openssl rand -base64 32"):
        await FileSealer(path).seal(SECRET, "one")


async def test_without_a_key_nothing_is_sealed_and_it_says_what_to_set() -> None:
    with pytest.raises(ConflictError, match="ONLOOKER_NOTIFIER_KEY_FILE"):
        await NoKey().seal(SECRET, "one")


@pytest.mark.parametrize("text", ["", "short", base64.b64encode(bytes(16)).decode(), "é" * 44])
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="32 random bytes"):
        key_of(text)
