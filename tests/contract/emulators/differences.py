"""What emulators answer otherwise than Amazon, as far as Onlooker meets it.

docs/emulators.md says what Onlooker does about it. When a test fails because an emulator has changed, change the answer
here, and the page.
"""

from dataclasses import dataclass, replace

from emulator import Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """One emulator's answers. The defaults are Amazon's."""

    sequencers: bool = True
    """Whether the sequencers of a key's events grow."""
    space: str = "+"
    """How a bucket's event writes a space in a key."""
    null_version_named: bool = True
    """Whether the event about the end of the version `null` names it."""
    conditional_deletes: bool = True
    """Whether an object can be deleted on condition of its ETag."""
    any_etag_read: bool = True
    """Whether GET and HEAD take `If-Match: *`."""
    tags_survive: bool = False
    """Whether an object's tags outlive an overwrite."""
    quoted_keys_listed: bool = True
    """Whether the pages after a listing's first have keys with other letters than ASCII's."""
    foreign_token: int = 400
    """Status of a listing that is to go on at a token that was never given out."""
    small_parts: bool = False
    """Whether parts under 5 MiB, but the last, are taken."""
    unsigned_requests: bool = False
    """Whether a request that nobody signed is answered."""
    forged_forms: bool = False
    """Whether a browser's form is taken whose signature is wrong."""
    undeclared_fields: bool = False
    """Whether a browser's form may have fields that its policy does not cover."""
    queue_path: str = "/{account}/{name}"
    """The path of a queue's URL."""
    used_up_handle: str | None = None
    """Code by which a second deletion of a message is refused."""
    bad_handle_is_senders_fault: bool = True
    """`SenderFault` of a batch's entry whose handle is none."""
    long_delays: bool = False
    """Whether a message may be delayed for more than 15 minutes."""
    long_hiding: bool = False
    """Whether a message may be hidden for more than 12 hours."""
    many_attributes: bool = False
    """Whether a message may have more than ten attributes."""
    empty_attributes: bool = False
    """Whether an attribute's text may be empty."""
    move_tasks: bool = True
    """Whether there is `StartMessageMoveTask`."""
    abandoned_polls_receive: bool | None = False
    """Whether a message is given to a poll whose asker has gone; None where that is a matter of luck."""
    empty_publish: bool = False
    """Whether an empty message can be published."""
    empty_publish_in_batch: bool = False
    """Whether it can in a batch."""
    long_subjects: bool = False
    """Whether a subject may have more than 100 characters."""
    resubscribe_otherwise: bool = False
    """Whether subscribing again with other attributes answers with what is there."""
    unknown_identity: str | None = None
    """The verification status of an address that SES was never told of."""
    ses_v2: bool = True
    """Whether there is version 2 of SES's API."""
    expiry_set_twice: bool = False
    """Whether a table's time to live can be set twice within an hour."""
    iot: bool = True
    """Whether there is IoT."""


_MINISTACK = Answers(
    tags_survive=True,
    foreign_token=200,
    small_parts=True,
    unsigned_requests=True,
    forged_forms=True,
    used_up_handle="ReceiptHandleIsInvalid",
    long_delays=True,
    long_hiding=True,
    many_attributes=True,
    empty_attributes=True,
    move_tasks=False,
    empty_publish=True,
    empty_publish_in_batch=True,
    long_subjects=True,
    resubscribe_otherwise=True,
    unknown_identity="Pending",
    expiry_set_twice=True,
)
ANSWERS = {
    Kind.EMBEDDED: _MINISTACK,
    Kind.MINISTACK: replace(_MINISTACK, abandoned_polls_receive=None),
    Kind.LOCALSTACK: Answers(
        sequencers=False,
        space="%20",
        null_version_named=False,
        conditional_deletes=False,
        any_etag_read=False,
        quoted_keys_listed=False,
        foreign_token=500,
        unsigned_requests=True,
        forged_forms=True,
        undeclared_fields=True,
        queue_path="/queue/us-east-1/{account}/{name}",
        bad_handle_is_senders_fault=False,
        long_delays=True,
        long_hiding=True,
        many_attributes=True,
        abandoned_polls_receive=True,
        empty_publish_in_batch=True,
        long_subjects=True,
        unknown_identity="Success",
        ses_v2=False,
        expiry_set_twice=True,
        iot=False,
    ),
}
"""By emulator."""
