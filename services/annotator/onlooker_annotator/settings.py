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
    screen_side: int = Field(
        default=2560, ge=64, le=16_384, description="Pixels of the large picture without drawing, at most."
    )
    preview_side: int = Field(
        default=512, ge=64, le=4096, description="Pixels of the longer side of the small picture without drawing."
    )
    jpeg_quality: int = Field(default=90, ge=1, le=95, description="Of what is drawn.")
    plain_quality: int = Field(default=82, ge=1, le=95, description="Of what nothing is drawn into.")
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
    max_downloads: int = Field(
        default=16, ge=1, le=64, description="Pictures sent at once, of the small ones and of the large ones each."
    )
    threads: int = Field(default=2, ge=1, le=64, description="Pictures drawn at the same moment; a core for each.")

    @property
    def limits(self) -> Limits:
        """How large what is made may be."""
        return Limits(
            longest=self.longest_side,
            thumbnail=self.thumbnail_side,
            screen=self.screen_side,
            preview=self.preview_side,
            quality=self.jpeg_quality,
            plain_quality=self.plain_quality,
            max_pixels=self.max_pixels,
        )

    @property
    def link_lifetime(self) -> timedelta:
        """How long a presigned link works."""
        return timedelta(minutes=self.link_minutes)
