"""What is written of people and their faces: DynamoDB's actions, each with the condition that it needs.

People's records are changed by several at once. Who decides by what they read of a person writes on the condition that
the version is still that; a face that comes needs no more than room, so many may come at once.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

from onlooker_recognizer.people.registry.items import item_of_face, item_of_person
from onlooker_recognizer.people.registry.records import MAX_FACES, FaceRecord, PersonRecord

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb.type_defs import TransactWriteItemTypeDef

    from onlooker_recognizer.people.registry.items import Item

CHANGEABLE = ("name", "state", "attributes", "external_id", "number", "cover", "merged_into", "version")
"""What `change` writes; counts and faces are written by those who add to them."""


def make(table: str, person: PersonRecord) -> "TransactWriteItemTypeDef":
    """Make a person, if there is none with this id."""
    return {
        "Put": {
            "TableName": table,
            "Item": item_of_person(person),
            "ConditionExpression": "attribute_not_exists(person_id)",
        }
    }


def change(table: str, person: PersonRecord, version: int) -> "TransactWriteItemTypeDef":
    """Write what may be changed of a person, if they are still of a version."""
    item = item_of_person(person)
    there = [name for name in CHANGEABLE if name in item]
    gone = [name for name in CHANGEABLE if name not in item]
    update = "SET " + ", ".join(f"#{name} = :{name}" for name in there)
    if gone:
        update += " REMOVE " + ", ".join(f"#{name}" for name in gone)
    return {
        "Update": {
            "TableName": table,
            "Key": {"person_id": {"S": person.person_id}},
            "UpdateExpression": update,
            "ConditionExpression": "#version = :known",
            "ExpressionAttributeNames": {f"#{name}": name for name in CHANGEABLE},
            "ExpressionAttributeValues": {
                **{f":{name}": item[name] for name in there},
                ":known": {"N": str(version)},
            },
        }
    }


def stay_themselves(table: str, person_id: str) -> "TransactWriteItemTypeDef":
    """Change nothing of a person, but only if they are there and were not merged: two cannot become each other."""
    return {
        "ConditionCheck": {
            "TableName": table,
            "Key": {"person_id": {"S": person_id}},
            "ConditionExpression": "attribute_exists(person_id) AND attribute_not_exists(merged_into)",
        }
    }


def delete(table: str, person: PersonRecord) -> "TransactWriteItemTypeDef":
    """Delete a person, if they are as they were read."""
    return {
        "Delete": {
            "TableName": table,
            "Key": {"person_id": {"S": person.person_id}},
            "ConditionExpression": "#version = :version",
            "ExpressionAttributeNames": {"#version": "version"},
            "ExpressionAttributeValues": {":version": {"N": str(person.version)}},
        }
    }


def gain_face(table: str, person_id: str, face_id: str) -> "TransactWriteItemTypeDef":
    """List a face as a person's, if there is such a person and room for it; the first one is their cover."""
    return {
        "Update": {
            "TableName": table,
            "Key": {"person_id": {"S": person_id}},
            "UpdateExpression": "SET cover = if_not_exists(cover, :cover) ADD face_ids :faces, #version :one",
            "ConditionExpression": (
                "attribute_exists(person_id) AND attribute_not_exists(merged_into)"
                " AND (attribute_not_exists(face_ids) OR size(face_ids) < :most)"
            ),
            "ExpressionAttributeNames": {"#version": "version"},
            "ExpressionAttributeValues": {
                ":cover": {"S": face_id},
                ":faces": {"SS": [face_id]},
                ":one": {"N": "1"},
                ":most": {"N": str(MAX_FACES)},
            },
        }
    }


def lose_faces(table: str, person: PersonRecord, face_ids: Sequence[str]) -> "TransactWriteItemTypeDef":
    """List faces as a person's no more, if they are as they were read; a cover among them gives way to another."""
    left = sorted(set(person.face_ids) - set(face_ids))
    cover = person.cover if person.cover in left else next(iter(left), None)
    return {
        "Update": {
            "TableName": table,
            "Key": {"person_id": {"S": person.person_id}},
            "UpdateExpression": (
                ("REMOVE cover" if cover is None else "SET cover = :cover")
                + " DELETE face_ids :faces ADD #version :one"
            ),
            "ConditionExpression": "#version = :version",
            "ExpressionAttributeNames": {"#version": "version"},
            "ExpressionAttributeValues": {
                **({} if cover is None else {":cover": {"S": cover}}),
                ":faces": {"SS": list(face_ids)},
                ":one": {"N": "1"},
                ":version": {"N": str(person.version)},
            },
        }
    }


def put_face(table: str, face: FaceRecord) -> "TransactWriteItemTypeDef":
    """Write a face, if there is none with this id."""
    return {
        "Put": {
            "TableName": table,
            "Item": item_of_face(face),
            "ConditionExpression": "attribute_not_exists(face_id)",
        }
    }


def move_face(table: str, face: FaceRecord, to: str) -> "TransactWriteItemTypeDef":
    """Make a face another person's, if it is still whose it was."""
    return {
        "Update": {
            "TableName": table,
            "Key": {"face_id": {"S": face.face_id}},
            "UpdateExpression": "SET person_id = :to",
            "ConditionExpression": "person_id = :from",
            "ExpressionAttributeValues": {":to": {"S": to}, ":from": {"S": face.person_id}},
        }
    }


def delete_face(table: str, face: FaceRecord) -> "TransactWriteItemTypeDef":
    """Delete a face, if it is still whose it was."""
    return {
        "Delete": {
            "TableName": table,
            "Key": {"face_id": {"S": face.face_id}},
            "ConditionExpression": "person_id = :person",
            "ExpressionAttributeValues": {":person": {"S": face.person_id}},
        }
    }


def people_in(table: str, steps: "Sequence[TransactWriteItemTypeDef]") -> list[str]:
    """Return the ids of the people whose records some actions write."""
    puts = [step["Put"]["Item"] for step in steps if "Put" in step and step["Put"]["TableName"] == table]
    others = [step.get("Update") or step.get("Delete") for step in steps]
    keys = [other["Key"] for other in others if other and other["TableName"] == table]
    ids = [item["person_id"]["S"] for item in cast("list[Item]", [*puts, *keys])]
    return [each for each in ids if ":" not in each]  # others are names and tombstones
