"""The tagger's settings."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from onlooker_shared.settings import ServerSettings


class TaggerSettings(ServerSettings):
    """``ONLOOKER_TAGGER_*``."""

    model_config = SettingsConfigDict(env_prefix="ONLOOKER_TAGGER_", frozen=True, extra="ignore")

    database: Path = Field(
        default=Path("tags.db"), description="The SQLite file of the index; a local disk, one process."
    )
    concurrency: int = Field(
        default=100, ge=1, le=1000, description="Messages in work at once: as many may share one transaction."
    )
