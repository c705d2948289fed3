"""Writes a rule's letter, in its own words or in Onlooker's: of what is told, and of what a trial would tell. Pure."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from onlooker_notifier.letters import letters
from onlooker_notifier.letters.letters import Letter
from onlooker_notifier.notices import Notice
from onlooker_notifier.templates.names import message_names
from onlooker_notifier.templates.rendering import NONE, OwnWords, rendered
from onlooker_notifier.wording.local_time import LocalTime


def letter_of(
    notices: Sequence[Notice],
    *,
    rule_id: str,
    rule_name: str,
    templates: OwnWords,
    remark: str,
    told_at: datetime,
    picture_url: str | None,
    zone: ZoneInfo,
) -> Letter:
    """Return what a rule says of some pictures.

    Args:
        notices: the pictures, at least one.
        rule_id: the rule's.
        rule_name: its name.
        templates: the rule's.
        remark: what it says besides; empty for nothing.
        told_at: when.
        picture_url: what it links to, with `{image_id}` for the id.
        zone: the readers' time zone.
    """
    local, own = LocalTime(zone, told_at), NONE
    if templates != NONE:
        names = message_names(notices, rule_id=rule_id, rule_name=rule_name, picture_url=picture_url, local=local)
        own = rendered(templates, names, rule_id=rule_id)
    written = letters.write(notices, rule_name=rule_name, picture_url=picture_url, local=local, own=own)
    return written.remarked(remark)
