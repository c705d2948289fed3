"""The server's settings: from the environment (ONLOOKER_REKOGNITION_*) or the command line, which wins."""

from __future__ import annotations

import os
from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from onlooker_rekognition.weights.lock import default_cache


def _default_data() -> Path:
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "onlooker" / "rekognition"


def _default_region() -> str:
    return os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or "us-east-1"


class CommonSettings(BaseSettings):
    """What the server and the commands beside it have in common."""

    model_config = SettingsConfigDict(
        env_prefix="ONLOOKER_REKOGNITION_",
        env_ignore_empty=True,  # as compose files pass what is not set; an empty host would be every address
        frozen=True,
        cli_kebab_case=True,
        cli_implicit_flags=True,
    )

    data: Path = Field(default_factory=_default_data, description="the folder of the collections")
    database_url: SecretStr | None = Field(
        None, description="the PostgreSQL database of the collections, in place of the folder"
    )
    database_connections: int = Field(10, ge=1, description="connections to that database, at most")
    models: Path = Field(default_factory=default_cache, description="the folder the models were built into")
    providers: str = Field(
        "CPUExecutionProvider",
        pattern=r"^\w+(,\w+)*$",
        description="onnxruntime's names of the devices to compute on, the preferred one first",
    )
    log_level: str = Field("INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$", description="what is logged, to stderr")


class ReembedSettings(CommonSettings):
    """Move faces to the model in use, by the pictures of them that a server with --keep-chips has kept."""

    model_config = SettingsConfigDict(cli_prog_name="onlooker-rekognition reembed")

    collection: str | None = Field(None, description="the id of the collection; without it, all are moved")


class Settings(CommonSettings):
    """A local server with Amazon Rekognition's wire protocol and real models behind it. See also: reembed --help."""

    model_config = SettingsConfigDict(cli_prog_name="onlooker-rekognition")

    host: str = Field("127.0.0.1", min_length=1, description="the address to listen on")
    port: int = Field(8430, ge=0, le=65535, description="the port to listen on; 0 takes a free one")
    workers: int = Field(
        default_factory=lambda: os.cpu_count() or 1, ge=1, description="pictures worked on at once, one thread each"
    )
    queue_length: int = Field(64, ge=0, description="requests that may wait for a worker; more are throttled")
    queue_seconds: float = Field(30, gt=0, description="how long they may wait before they are throttled after all")
    max_pixels: int = Field(100_000_000, ge=1, description="pixels of the largest picture accepted")
    decoded_pixels: int = Field(
        24_000_000, ge=0, description="pixels of decoded pictures kept for the next request about them (3 bytes each)"
    )
    max_video_bytes: int = Field(10 * 1024**3, ge=1, description="bytes of the largest video accepted")
    video_interval: int = Field(500, ge=1, description="milliseconds of a video of which one frame is looked at")
    max_body_bytes: int = Field(16 * 1024 * 1024, ge=1, description="bytes of the largest request body")
    body_memory: int = Field(
        128 * 1024 * 1024, ge=1, description="bytes of request bodies in memory at once; more wait in the network"
    )
    body_seconds: float = Field(30, gt=0, description="how long a request's body may take to arrive")
    keep_chips: bool = Field(
        False, description="keep a small picture of each face that is indexed, to move it to another model one day"
    )
    drain_seconds: int = Field(20, ge=0, description="how long requests may finish after SIGTERM")
    region: str = Field(
        default_factory=_default_region, min_length=1, description="the region in ARNs and signatures, and that of S3"
    )
    account: str = Field("000000000000", pattern=r"^\d{12}$", description="the account in ARNs")
    credentials: Path | None = Field(
        None, description="a file of access keys, in AWS's format; with it, requests must be signed by one of them"
    )
    exit_with_parent: bool = Field(
        False, description="stop when standard input closes, as it does when the parent dies"
    )
