"""AWS IoT: a message for each person in each picture, as those who read the topic `rekognition` before expect it.

A known face gives `{"FaceId": ..., every attribute of its profile, "Similarity": ...}`; beside these, under
`onlooker`, is what is known of the picture. A picture that nobody known is in gives one message with `onlooker` alone.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from onlooker_notifier.channels.bodies import encoded, link, moment
from onlooker_notifier.channels.kinds import IotSettings
from onlooker_notifier.channels.message import Message, Receipt, RefusedError, aws_answers
from onlooker_notifier.channels.profiles import Profiles
from onlooker_notifier.notices import Notice
from onlooker_notifier.together import all_of
from onlooker_shared.errors import NotFoundError
from onlooker_shared.recognition import Face, Person, Recognition
from onlooker_shared.results import Results

REFUSALS = frozenset(
    {"ForbiddenException", "InvalidRequestException", "UnauthorizedException", "RequestEntityTooLargeException"}
)
AT_ONCE = 8
"""Pictures in work together."""
LARGEST = 128 * 1024
"""Bytes that IoT takes as one message."""
MOST_LABELS = 20


class Iot:
    """Publishes.

    Args:
        client: returns the process's client of `iot-data`.
        results: what was recognized.
        profiles: of people who were seen.
    """

    def __init__(self, client: Callable[[], Awaitable[Any]], results: Results, profiles: Profiles) -> None:
        self._client = client
        self._results = results
        self._profiles = profiles

    async def send(self, settings: IotSettings, _secret: str | None, message: Message) -> Receipt:
        """See `Sends`. What was published before a failure is published again with the next try."""
        with aws_answers(REFUSALS):
            iot = await self._client()

            async def tell(notice: Notice) -> int:
                messages = await self._told(message, notice)
                for each in messages:
                    await iot.publish(topic=settings.topic, qos=1, payload=_bounded(each))
                return len(messages)

            count = sum(await all_of(tell, message.notices, at_once=AT_ONCE))
        return Receipt(None, "1 message" if count == 1 else f"{count} messages")

    async def _told(self, message: Message, notice: Notice) -> list[dict[str, Any]]:
        recognition = None
        if notice.event == "recognized" and not message.test:
            try:
                recognition = (await self._results.get(notice.image_id)).recognition
            except NotFoundError:
                recognition = None  # deleted since
        ours = picture(message, notice, recognition)
        faces = recognition.faces if recognition else ()
        known = [(face, face.person) for face in faces if face.person is not None and face.person.known]
        return [await self._match(face, person, ours) for face, person in known] or [{"onlooker": ours}]

    async def _match(self, face: Face, person: Person, ours: dict[str, Any]) -> dict[str, Any]:
        profile = await self._profiles.of(person.person_id)
        return {"FaceId": face.face_id, **(profile or {}), "Similarity": person.similarity, "onlooker": ours}


def picture(message: Message, notice: Notice, recognition: Recognition | None) -> dict[str, Any]:
    """Return what is known of a picture."""
    told: dict[str, Any] = {
        "event": notice.event,
        "image_id": notice.image_id,
        "bucket": notice.bucket,
        "key": notice.key,
        "uploaded_at": moment(notice.uploaded_at),
        "rule": {"id": message.rule_id, "name": message.rule_name},
        "test": message.test,
        "link": link(message, notice),
        "persons": [],
        "emotions": [],
        "labels": [],
    }
    if recognition is not None:
        told["persons"] = [
            {"person_id": face.person.person_id, "name": face.person.name, "similarity": face.person.similarity}
            for face in recognition.faces
            if face.person is not None
        ]
        told["emotions"] = [
            [{"type": emotion.type, "confidence": emotion.confidence} for emotion in face.emotions]
            for face in recognition.faces
        ]
        told["labels"] = [
            {"name": label.name, "confidence": label.confidence} for label in recognition.labels[:MOST_LABELS]
        ]
    elif notice.reason:
        told["reason"] = notice.reason
    return told


def _bounded(told: dict[str, Any]) -> bytes:
    payload = encoded(told)
    if len(payload) > LARGEST:
        raise RefusedError("TooLarge", f"The message has {len(payload)} bytes, and IoT takes {LARGEST}.")
    return payload
