"""``ONLOOKER_INGEST_*``: the limits of the public edge."""

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from onlooker_shared.settings import ServerSettings

MIB = 1024 * 1024


class IngestSettings(ServerSettings):
    """Settings of this service."""

    model_config = SettingsConfigDict(env_prefix="ONLOOKER_INGEST_", frozen=True, extra="ignore")

    max_bytes: int = Field(default=64 * MIB, gt=0, description="Bytes of the largest picture that is taken.")
    max_uploads: int = Field(default=16, gt=0, description="Uploads at once; each holds at most 11 MiB of memory.")
    max_downloads: int = Field(default=32, gt=0, description="Downloads at once; each holds one connection to S3.")
    idle_seconds: float = Field(default=30.0, gt=0, description="Longest wait for the next byte, in both directions.")
    body_seconds: float = Field(default=600.0, gt=0, description="Longest time that one body may take to arrive.")
    policy_seconds: int = Field(default=3600, gt=0, description="Longest life of a signed browser upload.")
    max_keys: int = Field(default=1000, gt=0, description="Access keys there may be; beyond, none can be made.")
