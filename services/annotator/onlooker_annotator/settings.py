"""The annotator's own settings."""

from datetime import timedelta

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from onlooker_annotator.renditions import Limits
from onlooker_shared.settings import ServerSettings


class AnnotatorSettings(ServerSettings):
    """``ONLOOKER_ANNOTATOR_*``."""

    model_config = SettingsConfigDict(env_prefix="ONLOOKER_ANNOTATOR_", frozen=True, extra="ignore")

    longest_side: int = Field(default=4096, ge=64, le=65_000, description="Pixels of the annotated copy, at most.")
    thumbnail_side: int = Field(default=480, ge=64, le=4096, description="Pixels of the thumbnail's longer side.")
    jpeg_quality: int = Field(default=90, ge=1, le=95, description="Of both.")
    max_pixels: int = Field(
        default=100_000_000, ge=1, description="Pixels of an original, as its header says, beyond which it is refused."
    )
    max_bytes: int = Field(default=64 * 1024 * 1024, ge=1, description="Of an original, beyond which it is refused.")
    link_minutes: float = Field(
        default=15, ge=1, le=7 * 24 * 60, description="How long a presigned link works; 7 days are S3's limit."
    )
    concurrency: int = Field(
        default=4, ge=1, le=64, description="Pictures in work: read, drawn or stored. Each is held in memory."
    )
    threads: int = Field(default=2, ge=1, le=64, description="Pictures drawn at the same moment; a core for each.")

    @property
    def limits(self) -> Limits:
        """How large what is made may be."""
        return Limits(self.longest_side, self.thumbnail_side, self.jpeg_quality, self.max_pixels)

    @property
    def link_lifetime(self) -> timedelta:
        """How long a presigned link works."""
        return timedelta(minutes=self.link_minutes)
