"""The console's own settings."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints
from pydantic_settings import SettingsConfigDict

from onlooker_shared.settings import ServerSettings

Url = Annotated[str, StringConstraints(pattern="^https?://[^/?#]+(/[^?#]*)?$", strip_whitespace=True)]


class ConsoleSettings(ServerSettings):
    """``ONLOOKER_CONSOLE_*``."""

    model_config = SettingsConfigDict(env_prefix="ONLOOKER_CONSOLE_", frozen=True, extra="ignore")

    api_url: Url = Field(default="http://127.0.0.1:8080", description="Where all services answer, behind one gateway.")
    ingest_url: Url | None = Field(default=None, description="Where ingest answers, if not at the API's URL.")
    recognizer_url: Url | None = Field(default=None, description="Likewise.")
    annotator_url: Url | None = Field(default=None, description="Likewise.")
    tagger_url: Url | None = Field(default=None, description="Likewise.")
    notifier_url: Url | None = Field(default=None, description="Likewise.")
    rekognition_url: Url | None = Field(
        default=None, description="The local Rekognition server, whose models are shown; none where Amazon's is used."
    )
    session_hours: float = Field(
        default=168, gt=0, le=24 * 365, description="After which somebody has to sign in again."
    )
    idle_hours: float = Field(
        default=24, gt=0, le=24 * 365, description="Without any request, after which a session ends before that."
    )
    secure_cookies: Literal["auto", "always", "never"] = Field(
        default="auto", description="Whether the cookie goes over HTTPS only; `auto`: where the request came by it."
    )
    max_upload_bytes: int = Field(
        default=64 * 1024 * 1024, ge=1, description="Of one file, beyond which it is refused."
    )
    live_connections: int = Field(default=100, ge=1, description="Pages that are told of new pictures at one time.")

    def url_of(self, service: str) -> str:
        """Return where a service answers: its own URL if it has one, else the API's."""
        own = {
            "ingest": self.ingest_url,
            "recognizer": self.recognizer_url,
            "annotator": self.annotator_url,
            "tagger": self.tagger_url,
            "notifier": self.notifier_url,
            "rekognition": self.rekognition_url,
        }[service]
        return (own or self.api_url).rstrip("/")
