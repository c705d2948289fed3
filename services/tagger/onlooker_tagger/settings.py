"""The tagger's settings."""

from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, model_validator
from pydantic_settings import SettingsConfigDict

from onlooker_shared.settings import ServerSettings


def _place(url: SecretStr) -> SecretStr:
    """Refuse what is no URL of a server, without repeating it: it may hold a password."""
    try:
        parts = urlsplit(url.get_secret_value())
        known = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        known = False
    if not known:
        raise ValueError("must be http://host:port or https://host, perhaps with user:password@ before the host")
    return url


def _none_if_empty(value: object) -> object:
    return None if value == "" else value


class TaggerSettings(ServerSettings):
    """``ONLOOKER_TAGGER_*``."""

    model_config = SettingsConfigDict(env_prefix="ONLOOKER_TAGGER_", frozen=True, extra="ignore")

    database: Path = Field(
        default=Path("tags.db"), description="The SQLite file of the index; a local disk, one process."
    )
    opensearch_url: Annotated[Annotated[SecretStr, AfterValidator(_place)] | None, BeforeValidator(_none_if_empty)] = (
        Field(default=None, description="An OpenSearch cluster, used instead of the SQLite file.")
    )
    opensearch_username: str | None = Field(
        default=None, description="For basic authentication, unless the URL has it."
    )
    opensearch_password: SecretStr | None = Field(default=None, description="For basic authentication.")
    opensearch_signing: Annotated[Literal["es", "aoss"] | None, BeforeValidator(_none_if_empty)] = Field(
        default=None, description="Sign requests for Amazon OpenSearch Service (`es`) or its Serverless (`aoss`)."
    )
    opensearch_ca: Path | None = Field(default=None, description="Certificates to trust instead of the public ones.")
    opensearch_index: str = Field(
        default="image_insights",
        pattern=r"^[a-z][a-z0-9_]{0,99}$",
        description="The alias that the documents are read by; the indices' names begin with it.",
    )
    opensearch_shards: int = Field(default=1, ge=1, le=1024, description="Of an index that is made.")
    concurrency: int = Field(
        default=100, ge=1, le=1000, description="Messages in work at once: as many may share one transaction, or bulk."
    )

    @model_validator(mode="after")
    def _one_way_to_sign_in(self) -> Self:
        url = self.opensearch_url.get_secret_value() if self.opensearch_url else ""
        if self.opensearch_signing and (self.opensearch_username or urlsplit(url).username):
            raise ValueError(
                "ONLOOKER_TAGGER_OPENSEARCH_SIGNING and a user name exclude each other: Amazon takes one of them."
            )
        return self
