"""Which faces nobody looked at yet, whom they resemble: said by the faces' own items.

    people-faces   {face_id}   looked: whose the face was when it was looked at

A face that became somebody else's is looked at again: its new owner may be one with others than the one before. The
faces are gone through page by page, so that no look reads all of them.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog
from botocore.exceptions import ClientError

from onlooker_recognizer.people.registry.items import face_of
from onlooker_recognizer.people.registry.records import FaceRecord

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient
    from types_aiobotocore_dynamodb.type_defs import ScanInputTypeDef

PAGE = 1000
"""Faces that are read at once; of those that were looked at before, DynamoDB sends none."""
OVERTAKEN = frozenset({"ConditionalCheckFailedException", "TransactionConflictException"})
"""The face is somebody else's this moment, or gone."""

log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class FacesPage:
    """Faces to look at, and where the next page begins: None after the last one."""

    faces: tuple[FaceRecord, ...]
    after: str | None


class LookedAt:
    """Knows which faces were looked at. Its errors pass as botocore raises them.

    Args:
        dynamodb: the process's client.
        table: the name of the table of faces.
    """

    def __init__(self, dynamodb: "DynamoDBClient", table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table

    async def not_yet(self, after: str | None) -> FacesPage:
        """Return the faces that are to be looked at, of the next `PAGE` that there are."""
        asked: ScanInputTypeDef = {
            "TableName": self._table,
            "Limit": PAGE,
            "FilterExpression": "attribute_not_exists(looked) OR looked <> person_id",
        }
        if after is not None:
            asked["ExclusiveStartKey"] = {"face_id": {"S": after}}
        answer = await self._dynamodb.scan(**asked)
        faces = []
        for item in answer["Items"]:
            try:
                faces.append(face_of(item))
            except (KeyError, ValueError) as error:  # damaged by hand: it must not keep the others from their turn
                log.warning("face.unreadable", face_id=item["face_id"]["S"], fault=type(error).__name__)
        last = answer.get("LastEvaluatedKey")
        return FacesPage(tuple(faces), last["face_id"]["S"] if last else None)

    async def note(self, face: FaceRecord) -> None:
        """Note that a face was looked at, unless it is gone or somebody else's by now."""
        try:
            await self._dynamodb.update_item(
                TableName=self._table,
                Key={"face_id": {"S": face.face_id}},
                UpdateExpression="SET looked = :person",
                ConditionExpression="person_id = :person",
                ExpressionAttributeValues={":person": {"S": face.person_id}},
            )
        except ClientError as error:
            if error.response["Error"]["Code"] not in OVERTAKEN:
                raise
