"""Records as DynamoDB's items and back.

People's fields are attributes of their own, so that conditions and counts may speak of them. Of faces and sightings
only what is asked for is; the rest is their `body`, in JSON.
"""

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeAlias

from onlooker_recognizer.people.registry.records import FaceRecord, PersonRecord, State

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb.type_defs import AttributeValueTypeDef

    Item: TypeAlias = dict[str, AttributeValueTypeDef]


def moment(at: datetime) -> str:
    """Return a time as text that sorts as times do: UTC, always with microseconds."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def item_of_person(person: PersonRecord) -> "Item":
    """Return a person as an item; what is not known of them is left out."""
    item: Item = {
        "person_id": {"S": person.person_id},
        "name": {"S": person.name},
        "state": {"S": person.state},
        "attributes": {"M": {name: {"S": text} for name, text in person.attributes.items()}},
        "sightings": {"N": str(person.sightings)},
        "created_at": {"S": moment(person.created_at)},
        "version": {"N": str(person.version)},
    }
    texts = {"external_id": person.external_id, "cover": person.cover, "merged_into": person.merged_into}
    times = {"first_seen": person.first_seen, "last_seen": person.last_seen}
    item |= {name: {"S": text} for name, text in texts.items() if text is not None}
    item |= {name: {"S": moment(at)} for name, at in times.items() if at is not None}
    if person.number is not None:
        item["number"] = {"N": str(person.number)}
    if person.face_ids:
        item["face_ids"] = {"SS": sorted(person.face_ids)}
    return item


def person_of(item: "Item") -> PersonRecord:
    """Return the person that an item is about.

    Raises:
        ValueError, KeyError: it is about nobody, or damaged.
    """
    return PersonRecord(
        person_id=item["person_id"]["S"],
        name=item["name"]["S"],
        state=State(item["state"]["S"]),
        attributes={name: text["S"] for name, text in item.get("attributes", {}).get("M", {}).items()},
        external_id=_text(item, "external_id"),
        number=int(item["number"]["N"]) if "number" in item else None,
        cover=_text(item, "cover"),
        face_ids=tuple(sorted(item.get("face_ids", {}).get("SS", ()))),
        sightings=int(item["sightings"]["N"]),
        first_seen=time_of(item, "first_seen"),
        last_seen=time_of(item, "last_seen"),
        merged_into=_text(item, "merged_into"),
        created_at=datetime.fromisoformat(item["created_at"]["S"]),
        version=int(item["version"]["N"]),
    )


def item_of_face(face: FaceRecord) -> "Item":
    """Return a face as an item; whose it is may change, so it is beside the body."""
    return {
        "face_id": {"S": face.face_id},
        "person_id": {"S": face.person_id},
        "body": {"S": face.model_dump_json(exclude={"face_id", "person_id"}, exclude_none=True)},
    }


def face_of(item: "Item") -> FaceRecord:
    """Return the face that an item is about.

    Raises:
        ValueError, KeyError: it is damaged.
    """
    body: dict[str, object] = json.loads(item["body"]["S"])
    return FaceRecord.model_validate(body | {"face_id": item["face_id"]["S"], "person_id": item["person_id"]["S"]})


def origin_of(item: "Item") -> tuple[str | None, str | None]:
    """Return the bucket that a face is from, and the picture's id; None where it is not known. Cheap: for all faces."""
    try:
        body = json.loads(item["body"]["S"])
        return body.get("bucket"), body.get("image_id")
    except (KeyError, ValueError):  # damaged by hand
        return None, None


def time_of(item: "Item", name: str) -> datetime | None:
    """Return an attribute that is a time."""
    text = _text(item, name)
    return None if text is None else datetime.fromisoformat(text)


def _text(item: "Item", name: str) -> str | None:
    return item[name]["S"] if name in item else None
