"""``/queues/{name}``: what waits, what went wrong and why, and trying it again."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field

from onlooker_shared.queue.deadletters import DeadLetter
from onlooker_shared.queue.operated import LOOKED_AT, OperatedQueue, QueueState
from onlooker_shared.web.auth import operator

MOVED = 500
"""Dead letters that one request sends on, at most: it shall be answered within seconds."""


class QueueReport(QueueState):
    """A queue, and some of its dead letters."""

    service: str = Field(description="The queue's name in this path: its service's, or that with a dash and a word.")
    dead_letters: tuple[DeadLetter, ...] = Field(description="Some of them, oldest first.")


class Redriven(BaseModel):
    """What was sent on."""

    model_config = ConfigDict(frozen=True)

    redriven: int = Field(description="Dead letters that were sent through the queue again.")
    dead: int = Field(description="How many are in the dead-letter queue now; SQS calls its number approximate.")


def router(name: str, queue: OperatedQueue) -> APIRouter:
    """Return the routes of the queue of this name, for operators only: it tells of pictures from everywhere."""
    routes = APIRouter(prefix="/queues", tags=["operation"], dependencies=[Depends(operator)])

    @routes.get(f"/{name}")
    async def get_queue(
        letters: Annotated[int, Query(ge=0, le=LOOKED_AT, description="Dead letters to show, at most.")] = 20,
    ) -> QueueReport:
        """Answer how many messages wait, are in work and are dead, and some of the dead ones with the reason."""
        state = await queue.state()
        shown = await queue.dead_letters(min(letters, state.dead)) if letters and state.dead else []
        return QueueReport(service=name, dead_letters=tuple(shown), **dict(state))

    @routes.post(f"/{name}/redrive")
    async def redrive(
        message_id: Annotated[str | None, Query(max_length=200, description="Only this dead letter.")] = None,
    ) -> Redriven:
        """Send dead letters through the queue again: one, or those there are now, 500 a request."""
        if message_id is None:
            moved = await queue.redrive(MOVED)
        else:
            await queue.redrive_one(message_id)
            moved = 1
        return Redriven(redriven=moved, dead=(await queue.state()).dead)

    return routes
