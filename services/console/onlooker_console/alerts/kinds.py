"""The kinds of channels, as forms ask for them. A new setting of a channel is one line here. Pure data."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

FieldType = Literal["text", "lines", "number", "span", "choice", "flag"]
"""`lines`: several texts, one a line; `span`: a length of time."""
Known = Literal["folders", "labels", "persons"]
"""What pictures have already, by the tagger's names."""


@dataclass(frozen=True, slots=True)
class Field:
    """A setting of a channel.

    Attributes:
        name: what the notifier calls it.
        label: what people do.
        type: how it is asked for.
        default: where nothing is said.
        help: what it is.
        required: whether it must be said.
        options: of a choice: values, and what they are called.
        known: what pictures have already, to be offered while somebody types.
    """

    name: str
    label: str
    type: FieldType = "text"
    default: str = ""
    help: str = ""
    required: bool = False
    options: Mapping[str, str] | None = None
    known: Known | None = None


@dataclass(frozen=True, slots=True)
class Secret:
    """What of a channel is never shown again."""

    label: str
    help: str
    required: bool = False


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of channel.

    Attributes:
        type: what the notifier calls it.
        title: what people do.
        words: what it does.
        icon: one of `icons.html`.
        fields: its settings.
        secret: None: it has none.
    """

    type: str
    title: str
    words: str
    icon: str
    fields: tuple[Field, ...]
    secret: Secret | None = None


TO = Field("to", "To", "lines", help="Mail addresses, one a line.", required=True)
HOST, USER = "mail.example.com", "Left out: nobody signs in there."

KINDS: Mapping[str, Kind] = {
    "email": Kind("email", "Mail", "By Amazon SES, with the picture in it", "mail", (TO,)),
    "smtp": Kind(
        "smtp",
        "Mail server",
        "Mails by a server of your own",
        "mail",
        (
            Field("host", "Server", help=HOST, required=True),
            Field("port", "Port", "number", "587"),
            Field(
                "security",
                "Encrypted",
                "choice",
                "starttls",
                options={"starttls": "STARTTLS", "tls": "TLS from the start", "none": "not at all"},
            ),
            Field("username", "User", help=USER),
            Field("sender", "From", help="Whom the mails are from.", required=True),
            TO,
        ),
        Secret("Password", "Where there is a user."),
    ),
    "webhook": Kind(
        "webhook",
        "Webhook",
        "A signed POST to a program of yours",
        "link",
        (Field("url", "URL", help="https://…, where it is posted to.", required=True),),
        Secret("Signing secret", "At least 16 characters. Left out: one is made, and shown once."),
    ),
    "chat": Kind(
        "chat",
        "Chat or phone",
        "Slack, Teams, Telegram, Discord, ntfy and others",
        "chat",
        (),
        Secret("URL of the service", "As apprise writes it: slack://…, tgram://…, ntfy://…", required=True),
    ),
    "phone": Kind(
        "sns",
        "Text message",
        "To a phone, by Amazon SNS",
        "phone",
        (
            Field("phone_number", "Number", help="As in +4917012345678.", required=True),
            Field("sender_id", "Sender", help="Up to 11 letters and digits, where a country allows it."),
            Field(
                "sms_type",
                "Sent as",
                "choice",
                "Transactional",
                options={"Transactional": "important: arrives more surely", "Promotional": "promotional: costs less"},
            ),
        ),
    ),
    "sns": Kind(
        "sns",
        "Topic",
        "Whoever subscribed to a topic of Amazon SNS",
        "topic",
        (Field("topic_arn", "ARN of the topic", help="arn:aws:sns:…", required=True),),
    ),
    "mqtt": Kind(
        "mqtt",
        "MQTT",
        "A broker of your own: home automation, sirens",
        "topic",
        (
            Field("host", "Broker", required=True),
            Field("port", "Port", "number", "8883"),
            Field("tls", "Encrypted by TLS", "flag", "true"),
            Field("username", "User", help=USER),
            Field("topic", "Topic", default="onlooker/alerts"),
            Field(
                "qos",
                "Delivered",
                "choice",
                "1",
                options={"0": "at most once", "1": "at least once", "2": "exactly once"},
            ),
            Field("retain", "The broker shows the last message to who comes later", "flag"),
        ),
        Secret("Password", "Where there is a user."),
    ),
    "iot": Kind(
        "iot",
        "AWS IoT",
        "A message a picture to a topic",
        "topic",
        (Field("topic", "Topic", default="rekognition"),),
    ),
    "eventbridge": Kind(
        "eventbridge",
        "EventBridge",
        "An event on a bus of Amazon",
        "pulse",
        (Field("bus", "Bus", default="default"), Field("source", "Source", default="onlooker")),
    ),
    "cloudwatch": Kind(
        "cloudwatch",
        "CloudWatch",
        "Numbers: pictures, faces, failures, emotions",
        "chart",
        (Field("namespace", "Namespace", default="Onlooker"),),
    ),
}
"""In the order in which they are offered; two may be of one type."""

UNKNOWN = Kind("", "Channel", "", "bell", ())
"""One that these pages do not know yet."""


def kind_of(settings: Mapping[str, Any]) -> str:
    """Return which of `KINDS` a channel is, by its settings; its type, if none."""
    return "phone" if settings.get("phone_number") else str(settings["type"])


def named(kind: str) -> Kind:
    """Return a kind by its name, or the one that none has."""
    return KINDS.get(kind, UNKNOWN)
