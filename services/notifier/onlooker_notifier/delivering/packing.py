"""A message as it was sent, in a short text: kept beside its delivery, to be sent again."""

import base64
import json
import zlib
from datetime import datetime

from pydantic import ConfigDict, TypeAdapter

from onlooker_notifier.channels.message import Message
from onlooker_notifier.delivering.deliveries import Delivery
from onlooker_notifier.letters.letters import Letter
from onlooker_notifier.notices import Notice
from onlooker_shared.errors import ConflictError

LARGEST = 120_000
"""Characters of a packed message: with its delivery it is one item of DynamoDB, which has 400 KB at most. A thousand
pictures take a third of it."""
NOTICES = TypeAdapter(tuple[Notice, ...], config=ConfigDict(hide_input_in_errors=True))


def packed(message: Message) -> str:
    """Return a message without what its delivery tells anyway, and without links that let their reader do something.

    Empty if it is too large to be kept.
    """
    whole = {
        "html": message.letter.html,
        "notices": NOTICES.dump_python(message.notices, mode="json", exclude_defaults=True),
        "told_at": message.told_at.isoformat(),
        "picture_url": message.picture_url,
    }
    text = base64.b64encode(zlib.compress(json.dumps(whole, ensure_ascii=False).encode())).decode()
    return text if len(text) <= LARGEST else ""


def unpacked(text: str, delivery: Delivery, delivery_id: str) -> Message:
    """Return a message.

    Args:
        text: as it was packed.
        delivery: that it was of.
        delivery_id: that it gets: who receives it knows it as another one.

    Raises:
        ConflictError: another version packed it, or it is damaged.
    """
    try:
        whole = json.loads(zlib.decompress(base64.b64decode(text)))
        return Message(
            delivery_id=delivery_id,
            rule_id=delivery.rule_id,
            rule_name=delivery.rule_name,
            letter=Letter(delivery.subject, delivery.text, whole["html"]),
            notices=NOTICES.validate_python(whole["notices"]),
            told_at=datetime.fromisoformat(whole["told_at"]),
            picture_url=whole["picture_url"],
            escalates=delivery.escalates,
        )
    except (ValueError, KeyError, zlib.error) as error:  # ValidationError is a ValueError
        raise ConflictError(
            "What was kept of this message cannot be read by this version of Onlooker, so that it cannot be sent again"
            " as it was."
        ) from error
