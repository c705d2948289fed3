"""The recognizer's settings: ``ONLOOKER_RECOGNIZER_*``."""

from pathlib import Path
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import Field, field_validator, model_validator
from pydantic_settings import NoDecode, SettingsConfigDict

from onlooker_recognizer.costs.budget import Policy
from onlooker_recognizer.pictures import MAX_INLINE_BYTES
from onlooker_shared.recognition import Feature
from onlooker_shared.settings import ServerSettings

LONGEST = 36_500
"""Days: a hundred years."""


class RecognizerSettings(ServerSettings):
    """How much at the same time, how fast, how large, and what is asked of Rekognition.

    The rates default to what Amazon grants an account in us-east-1, us-west-2 and eu-west-1; where it grants less,
    lower them ("Guidelines and quotas in Amazon Rekognition", default quotas).
    """

    model_config = SettingsConfigDict(env_prefix="ONLOOKER_RECOGNIZER_", frozen=True, extra="ignore")

    features: Annotated[tuple[Feature, ...], NoDecode] = Field(
        default=("faces", "people", "labels"),
        min_length=1,
        description=f"What is looked for, of {', '.join(get_args(Feature))}, parted by commas; each has its price.",
    )
    concurrency: int = Field(
        default=4, ge=1, le=200, description="Pictures in work at the same time; with Amazon behind it 32 is sensible."
    )
    decode_threads: int = Field(
        default=2, ge=1, le=32, description="Threads that look into pictures; each may hold one decoded picture."
    )
    max_bytes: int = Field(default=64 * 1024 * 1024, gt=0, description="Bytes of the largest file that is taken.")
    max_pixels: int = Field(default=100_000_000, gt=0, description="Width times height that is taken, by the header.")
    inline_bytes: int = Field(
        default=256 * 1024,
        ge=0,
        le=MAX_INLINE_BYTES,
        description="Larger pictures Rekognition fetches from S3 itself; 5242880 where it cannot reach the bucket.",
    )
    max_labels: int = Field(default=10, ge=1, le=1000, description="DetectLabels' MaxLabels.")
    min_confidence: float = Field(default=55.0, ge=0, le=100, description="DetectLabels' MinConfidence, 0 to 100.")
    detect_faces_rate: float = Field(default=100.0, gt=0, description="DetectFaces calls a second.")
    detect_labels_rate: float = Field(default=50.0, gt=0, description="DetectLabels calls a second.")
    detect_text_rate: float = Field(default=50.0, gt=0, description="DetectText calls a second.")
    detect_moderation_labels_rate: float = Field(
        default=50.0, gt=0, description="DetectModerationLabels calls a second."
    )
    search_rate: float = Field(
        default=50.0, gt=0, description="Calls a second, each, of SearchFacesByImage and SearchUsersByImage."
    )
    index_rate: float = Field(default=50.0, gt=0, description="IndexFaces calls a second.")
    searches: int = Field(
        default=4, ge=1, le=200, description="Faces that are searched at the same time, of all pictures together."
    )
    collection: str | None = Field(
        default=None,
        pattern=r"^[a-zA-Z0-9_.\-]{1,255}$",
        description="The collection of faces in Rekognition; by default ONLOOKER_PREFIX with `people`.",
    )
    person_threshold: float = Field(
        default=90.0, ge=0, le=100, description="The similarity from which on a face is a person's."
    )
    candidate_threshold: float = Field(
        default=70.0, ge=0, le=100, description="The similarity from which on it is told whom a face resembles."
    )
    min_face: int = Field(
        default=24, ge=1, description="Pixels of the shorter side of a face that is looked up or added."
    )
    min_brightness: float = Field(default=10.0, ge=0, le=100, description="Of a face that is looked up or added.")
    min_sharpness: float = Field(default=4.0, ge=0, le=100, description="Likewise.")
    enrol_min_sharpness: float = Field(
        default=5.0,
        ge=0,
        le=100,
        description="Of a face that somebody is to be told by: more than of one in a picture.",
    )
    suggest: bool = Field(default=True, description="Whether people who may be one are looked for, and suggested.")
    suggest_threshold: float = Field(
        default=80.0, ge=0, le=100, description="The similarity from which on a stranger may be somebody else."
    )
    suggest_rate: float = Field(
        default=5.0, gt=0, description="SearchFaces calls a second; each face is searched by once."
    )
    unknown: Literal["forget", "remember"] = Field(
        default="forget", description="What becomes of faces that resemble nobody who is known."
    )
    erased_pictures: Literal["redraw", "delete"] = Field(
        default="redraw", description="What becomes of the pictures of people who are erased."
    )
    erased_again: int = Field(
        default=45,
        ge=0,
        le=900,
        description="Seconds until it is looked once more for who was erased: longer than a picture is in work.",
    )
    reason: Literal["required", "optional"] = Field(
        default="optional", description="Whether whoever reads or changes people must say why (`Onlooker-Reason`)."
    )
    consent: Literal["required", "optional"] = Field(
        default="optional", description="Whether nobody is made known without a consent."
    )
    cooldown: float = Field(
        default=60, ge=0, le=86_400, description="Seconds for which who signed in or out is not signed again."
    )
    keep_pictures: float = Field(
        default=0, ge=0, le=LONGEST, description="Days after which pictures are deleted; 0: never."
    )
    keep_unknowns: float = Field(
        default=0, ge=0, le=LONGEST, description="Days unseen after which strangers are erased; 0: never."
    )
    prices: Path | None = Field(
        default=None, description="A file with another price list than Amazon's in us-east-1 (`costs/prices.json`)."
    )
    budget: float = Field(
        default=0,
        ge=0,
        allow_inf_nan=False,
        description="What a month's calls may cost, in the price list's currency; 0: whatever they do.",
    )
    budget_warn: float = Field(default=0.8, ge=0, le=1, description="The share of it from which it warns.")
    budget_policy: Policy = Field(
        default="warn",
        description="What becomes of calls when it is spent: `warn` makes them all the same, `hold-labels` holds back"
        " all but those for faces and people, `hold-all` does so from 90 % on, and holds back everything at its end.",
    )

    @field_validator("features", mode="before")
    @classmethod
    def _parted(cls, value: Any) -> Any:
        """Return the features of a comma-separated list, each once."""
        if not isinstance(value, str):
            return value
        return tuple(dict.fromkeys(name for part in value.split(",") if (name := part.strip())))

    @model_validator(mode="after")
    def _fitting(self) -> Self:
        prefix = str(self.model_config["env_prefix"])
        if "people" in self.features and "faces" not in self.features:
            raise ValueError(f"{prefix}FEATURES: people are told by their faces; ask for `faces` too.")
        if self.consent == "required" and self.unknown == "remember":
            raise ValueError(f"{prefix}CONSENT: strangers cannot consent; {prefix}UNKNOWN has to be `forget`.")
        if self.candidate_threshold > self.person_threshold:
            raise ValueError(f"{prefix}CANDIDATE_THRESHOLD: it is over {prefix}PERSON_THRESHOLD.")
        return self
