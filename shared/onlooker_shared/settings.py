"""Settings that every service has. Each service's own class extends this one and reads its own prefix.

AWS's endpoint, region and credentials are not here: they come from the standard variables that every AWS SDK reads
(``AWS_ENDPOINT_URL``, ``AWS_ENDPOINT_URL_REKOGNITION``, ``AWS_REGION``, ...), so no code knows whether it talks to
Amazon.
"""

from typing import Any, Literal

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict
from pydantic_settings import SettingsError as UnreadableError

from onlooker_shared.errors import SettingsError
from onlooker_shared.topology import Topology, topology


class EnvironmentSettings(BaseSettings):
    """Settings read from the environment; wrong ones are told by the variables that a person set.

    Raises (when made):
        SettingsError: one line for each that is wrong. It repeats no value, which may be a secret.
    """

    def __init__(self, **values: Any) -> None:
        prefix = self.model_config.get("env_prefix", "")
        try:
            super().__init__(**values)
        except ValidationError as error:
            faults = error.errors(include_url=False, include_input=False, include_context=False)
            raise SettingsError("\n".join(_told(prefix, fault["loc"], fault["msg"]) for fault in faults)) from None
        except UnreadableError as error:
            raise SettingsError(f"A setting {prefix}... is not the JSON that it has to be: {error}.") from None


def _told(prefix: str, place: tuple[int | str, ...], fault: str) -> str:
    """Return what is wrong with one setting; what is wrong with several together says which."""
    fault = fault.removeprefix("Value error, ")
    if not place:
        return fault
    name = f"{prefix}{place[0]}".upper()
    return f"{name}: {fault[:1].lower()}{fault[1:]}"


class CommonSettings(EnvironmentSettings):
    """``ONLOOKER_*``: what all services of one installation share."""

    model_config = SettingsConfigDict(env_prefix="ONLOOKER_", frozen=True, extra="ignore")

    prefix: str = Field(default="onlooker-", description="Before the name of every AWS resource.")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(default="INFO", description="Least level logged.")
    log_format: Literal["json", "console"] = Field(default="json", description="`console` is for people.")
    shutdown_grace: float = Field(
        default=25.0,
        gt=0,
        description="Seconds that running work is given after SIGTERM (ECS kills after 30).",
    )
    sweep_at_start: bool = Field(
        default=True, description="Whether a service that starts looks for what got stuck; it lists whole buckets."
    )
    s3_addressing: Literal["auto", "path", "virtual"] = Field(
        default="auto", description="How S3 buckets are addressed; emulators behind a host name want `path`."
    )
    s3_public_endpoint: str | None = Field(
        default=None,
        description="The S3 URL that presigned links name, where readers need another than AWS_ENDPOINT_URL: "
        "a signature binds the host.",
    )
    cors_origins: tuple[str, ...] = Field(
        default=(), description="Origins whose pages may call the HTTP APIs, as a JSON list; none by default."
    )

    @property
    def topology(self) -> Topology:
        """The names of everything in AWS."""
        return topology(self.prefix)


class ServerSettings(EnvironmentSettings):
    """Where a service that runs alone listens; extended by each service's own settings."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore")

    host: str = Field(default="127.0.0.1", description="Address to listen on; a container sets 0.0.0.0.")
    port: int = Field(default=8080, ge=0, le=65535, description="TCP port.")
