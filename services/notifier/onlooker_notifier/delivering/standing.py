"""How far a message is that somebody is to acknowledge."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from onlooker_notifier.deciding.verdicts import Reason


class Acknowledgement(BaseModel):
    """That somebody has seen to it."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    at: datetime
    by: str | None = Field(description="Whose access key it was; null: it was the link in a mail.")
    delivery_id: str | None = Field(default=None, description="The delivery that was acknowledged.")


class Standing(BaseModel):
    """How far a message is: what `GET /alerts/deliveries` shows of it."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    acknowledged: Acknowledgement | None = None
    escalated_at: datetime | None = Field(default=None, description="When it was told by the escalation's channels.")
    dropped: Reason | None = Field(default=None, description="Why it will not be, though nobody acknowledged it.")

    @property
    def over(self) -> bool:
        """Whether it is decided what becomes of it if nobody acknowledged it."""
        return self.escalated_at is not None or self.dropped is not None
