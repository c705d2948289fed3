"""What webhooks, MQTT brokers and EventBridge are given of a digest, as a type. See docs/webhooks.md.

``python -m onlooker_notifier.channels.alerts docs/messages`` writes its JSON Schema; a test holds the committed one
equal.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from onlooker_notifier.conditions.facts import Happening
from onlooker_shared import schemas
from onlooker_shared.recognition import EmotionType

Moment = Annotated[str, Field(json_schema_extra={"format": "date-time"})]
"""A time as RFC 3339 writes it, in UTC."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)


class AlertRule(_Part):
    """The rule that tells."""

    id: str
    name: str


class AlertPicture(_Part):
    """A picture that is told of; or what happened in place of one."""

    event: Happening = Field(description="`absence` and `dead_letter` are no pictures.")
    image_id: str = Field(description="Of what is no picture: a name of what happened.")
    bucket: str
    key: str
    uploaded_at: Moment
    faces: int
    emotions: tuple[EmotionType, ...] = Field(description="What each face looks like most of all.")
    persons: tuple[str, ...] = Field(description="Names of those known.")
    labels: tuple[str, ...] = Field(description="Most confident first.")
    reason: str = Field(description="Why a picture failed; of what is no picture: what happened.")
    link: str | None = Field(description="Its page, if a setting says where that is.")


class Alert(_Part):
    """A digest."""

    type: Literal["alert.v1"] = "alert.v1"
    delivery_id: str = Field(description="The same however often it is sent.")
    test: bool = Field(description="Whether somebody only tries the channel.")
    rule: AlertRule
    told_at: Moment
    subject: str
    escalates: tuple[str, ...] = Field(
        description="The deliveries that nobody acknowledged in time, if it is told because of that."
    )
    picture_count: int = Field(description="How many pictures there are.")
    pictures: tuple[AlertPicture, ...] = Field(description="The first of them, as many as fit.")


if __name__ == "__main__":
    schemas.main([Alert])
