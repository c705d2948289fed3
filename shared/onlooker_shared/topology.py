"""Every bucket, topic, queue, subscription and table of Onlooker, as data.

The provisioner, the tests and the production stack read this one declaration, so they cannot drift apart. Names here
are what AWS sees: ``prefix`` (by default ``onlooker-``) comes before each, because buckets are named world-wide and
queues account-wide.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Queue:
    """A standard SQS queue with its dead-letter queue."""

    name: str
    visibility_timeout: int = 30
    """Seconds; the consumer extends it while work runs, so this is how long a killed worker's message stays hidden."""
    max_receive_count: int = 50
    """SQS's own redrive, the backstop behind the consumer's judgement, which counts fewer attempts."""

    @property
    def dead_letter(self) -> str:
        """The dead-letter queue's name."""
        return f"{self.name}-dlq"


@dataclass(frozen=True, slots=True)
class Subscription:
    """A queue that receives a topic's messages (raw delivery) of some types."""

    topic: str
    queue: str
    types: tuple[str, ...]
    """The filter policy: values of the message attribute ``type``."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """A private S3 bucket."""

    name: str
    notifies: str | None = None
    """The queue that receives this bucket's events: objects that come, are deleted, or expire."""
    public_post: bool = False
    """Whether browsers may send files by a signed POST policy (CORS)."""


@dataclass(frozen=True, slots=True)
class Table:
    """A DynamoDB table, billed on demand; key attributes are strings."""

    name: str
    hash_key: str
    range_key: str | None = None
    ttl: str | None = None
    """The attribute that holds the epoch second after which an item may vanish."""


@dataclass(frozen=True, slots=True)
class Topology:
    """All of it."""

    images: Bucket
    faces: Bucket
    results: Bucket
    annotated: Bucket
    image_recognized: str
    image_annotated: str
    recognizer_images: Queue
    recognizer_people: Queue
    annotator: Queue
    tagger: Queue
    notifier: Queue
    access_keys: Table
    claims: Table
    alert_rules: Table
    alert_channels: Table
    alert_notices: Table
    alert_deliveries: Table
    console_sessions: Table
    people: Table
    people_faces: Table
    sightings: Table
    profiles: Table
    people_audit: Table
    consents: Table
    attendance: Table
    people_suggestions: Table
    costs: Table
    subscriptions: Sequence[Subscription] = field(default=())

    @property
    def buckets(self) -> tuple[Bucket, ...]:
        """Every bucket."""
        return (self.images, self.faces, self.results, self.annotated)

    @property
    def topics(self) -> tuple[str, ...]:
        """Every topic's name."""
        return (self.image_recognized, self.image_annotated)

    @property
    def queues(self) -> tuple[Queue, ...]:
        """Every queue, in the order a picture meets them; their dead-letter queues come with them."""
        return (self.recognizer_images, self.recognizer_people, self.annotator, self.tagger, self.notifier)

    @property
    def tables(self) -> tuple[Table, ...]:
        """Every table."""
        return (
            self.access_keys,
            self.claims,
            self.alert_rules,
            self.alert_channels,
            self.alert_notices,
            self.alert_deliveries,
            self.console_sessions,
            self.people,
            self.people_faces,
            self.sightings,
            self.profiles,
            self.people_audit,
            self.consents,
            self.attendance,
            self.people_suggestions,
            self.costs,
        )


def topology(prefix: str = "onlooker-") -> Topology:
    """Return Onlooker's topology with every name prefixed."""
    recognized, annotated = f"{prefix}image-recognized", f"{prefix}image-annotated"
    recognizer_images = Queue(f"{prefix}recognizer-images")
    recognizer_people = Queue(f"{prefix}recognizer-people")
    annotator = Queue(f"{prefix}annotator")
    tagger = Queue(f"{prefix}tagger")
    notifier = Queue(f"{prefix}notifier")
    return Topology(
        images=Bucket(f"{prefix}images", notifies=recognizer_images.name, public_post=True),
        faces=Bucket(f"{prefix}faces", notifies=recognizer_people.name),
        results=Bucket(f"{prefix}results"),
        annotated=Bucket(f"{prefix}annotated"),
        image_recognized=recognized,
        image_annotated=annotated,
        recognizer_images=recognizer_images,
        recognizer_people=recognizer_people,
        annotator=annotator,
        tagger=tagger,
        notifier=notifier,
        access_keys=Table(f"{prefix}access-keys", hash_key="key_id"),
        claims=Table(f"{prefix}claims", hash_key="claim_id", ttl="expires_at"),
        alert_rules=Table(f"{prefix}alert-rules", hash_key="rule_id"),
        alert_channels=Table(f"{prefix}alert-channels", hash_key="channel_id"),
        alert_notices=Table(f"{prefix}alert-notices", hash_key="about", range_key="notice_id", ttl="expires_at"),
        alert_deliveries=Table(
            f"{prefix}alert-deliveries", hash_key="month", range_key="delivery_id", ttl="expires_at"
        ),
        console_sessions=Table(f"{prefix}console-sessions", hash_key="session_id", ttl="expires_at"),
        people=Table(f"{prefix}people", hash_key="person_id"),
        people_faces=Table(f"{prefix}people-faces", hash_key="face_id"),
        sightings=Table(f"{prefix}sightings", hash_key="about", range_key="sighting_id"),
        profiles=Table(f"{prefix}profiles", hash_key="FaceId"),
        people_audit=Table(f"{prefix}people-audit", hash_key="about", range_key="entry_id"),
        consents=Table(f"{prefix}consents", hash_key="person_id", range_key="consent_id"),
        attendance=Table(f"{prefix}attendance", hash_key="about", range_key="entry_id"),
        people_suggestions=Table(f"{prefix}people-suggestions", hash_key="about", range_key="entry_id"),
        costs=Table(f"{prefix}costs", hash_key="about", range_key="entry_id"),
        subscriptions=(
            Subscription(
                recognized, annotator.name, ("image.recognized.v1", "image.identified.v1", "image.deleted.v1")
            ),
            Subscription(
                recognized,
                tagger.name,
                ("image.recognized.v1", "image.identified.v1", "image.failed.v1", "image.deleted.v1"),
            ),
            Subscription(recognized, notifier.name, ("image.recognized.v1", "image.failed.v1")),
            Subscription(annotated, tagger.name, ("image.annotated.v1",)),
        ),
    )
