"""A stand-in for Rekognition: speaks JSON 1.1 over HTTP, answers by script, and remembers what it was asked.

No models: what the recognizer makes of throttling, outages and answers is to be seen, not what is in a picture.
"""

import asyncio
import base64
import contextlib
import json
import socket
import uuid
from collections import deque
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

import uvicorn

FACE = {
    "BoundingBox": {"Left": 0.25, "Top": 0.25, "Width": 0.5, "Height": 0.5},
    "Confidence": 99.5,
    "AgeRange": {"Low": 20, "High": 30},
    "Emotions": [{"Type": "HAPPY", "Confidence": 97.0}],
}
SEARCHED = {"Left": 0.17, "Top": 0.22, "Width": 0.66, "Height": 0.56}
"""Where that face is in its crop."""
LABEL = {"Name": "Person", "Confidence": 98.0, "Instances": [], "Parents": [], "Aliases": [], "Categories": []}

CORNERS = [{"X": x, "Y": y} for x, y in ((0.1, 0.2), (0.4, 0.2), (0.4, 0.3), (0.1, 0.3))]
GEOMETRY = {"BoundingBox": {"Left": 0.1, "Top": 0.2, "Width": 0.3, "Height": 0.1}, "Polygon": CORNERS}
LINE = {"Type": "LINE", "Id": 0, "DetectedText": "STOP", "Confidence": 99.0, "Geometry": GEOMETRY}
WORD = LINE | {"Type": "WORD", "Id": 1, "ParentId": 0}
MODERATION = {"Name": "Weapons", "ParentName": "Violence", "Confidence": 87.0, "TaxonomyLevel": 2}
COLOR = {
    "Red": 200,
    "Green": 120,
    "Blue": 40,
    "HexCode": "#C87828",
    "CSSColor": "peru",
    "SimplifiedColor": "orange",
    "PixelPercent": 60.0,
}
PROPERTIES = {
    "Quality": {"Brightness": 50.0, "Sharpness": 40.0, "Contrast": 30.0},
    "DominantColors": [COLOR],
    "Foreground": {"Quality": {"Brightness": 60.0, "Sharpness": 70.0}, "DominantColors": [COLOR]},
    "Background": {"Quality": {"Brightness": 45.0, "Sharpness": 35.0}, "DominantColors": []},
}


@dataclass(frozen=True)
class Asked:
    """One call."""

    operation: str
    body: dict[str, Any]

    @property
    def image(self) -> bytes:
        """The bytes that came with the call."""
        return base64.b64decode(self.body["Image"]["Bytes"])


@dataclass(frozen=True)
class Refusal:
    """An error in place of an answer."""

    code: str
    status: int = 400
    message: str = "by script"


@dataclass
class StandIn:
    """What it answers, and what it was asked."""

    faces: list[dict[str, Any]] = field(default_factory=lambda: [FACE])
    labels: list[dict[str, Any]] = field(default_factory=lambda: [LABEL])
    text: list[dict[str, Any]] = field(default_factory=lambda: [LINE, WORD])
    moderation: list[dict[str, Any]] = field(default_factory=lambda: [MODERATION])
    matches: list[dict[str, Any]] = field(default_factory=list)
    """Whom every face of the collection's searches resembles."""
    collected: list[dict[str, Any]] = field(default_factory=list)
    """Faces that the collection has, besides those that were added."""
    script: deque[Refusal] = field(default_factory=deque)
    """Answers to the next calls, whichever they are."""
    judge: Callable[[Asked], Refusal | None] = lambda _: None
    """What it refuses, once the script is over."""
    asked: list[Asked] = field(default_factory=list)
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    """Cleared, it lets callers wait."""
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    def calls(self, operation: str) -> int:
        """How often an operation was called."""
        return sum(asked.operation == operation for asked in self.asked)

    async def reached(self, count: int) -> None:
        """Wait until it was asked so often."""
        while len(self.asked) < count:
            self._news.clear()
            await self._news.wait()

    async def answer(self, asked: Asked) -> tuple[int, dict[str, Any]]:
        """The status and body for one call."""
        self.asked.append(asked)
        self._news.set()
        await self.gate.wait()
        refusal = self.script.popleft() if self.script else self.judge(asked)
        if refusal is not None:
            return refusal.status, {"__type": refusal.code, "message": refusal.message}
        return 200, self._said(asked)

    def _said(self, asked: Asked) -> dict[str, Any]:
        looks = "IMAGE_PROPERTIES" in asked.body.get("Features", ())
        answers: dict[str, dict[str, Any]] = {
            "DetectFaces": {"FaceDetails": self.faces},
            "DetectLabels": {
                "Labels": self.labels,
                "LabelModelVersion": "3.0",
                **({"ImageProperties": PROPERTIES} if looks else {}),
            },
            "DetectText": {"TextDetections": self.text, "TextModelVersion": "3.1"},
            "DetectModerationLabels": {"ModerationLabels": self.moderation, "ModerationModelVersion": "7.0"},
            "SearchUsersByImage": {
                **({"SearchedFace": {"FaceDetail": self.faces[0]}} if self.faces else {}),
                "UnsearchedFaces": [{"FaceDetails": face, "Reasons": ["FACE_NOT_LARGEST"]} for face in self.faces[1:]],
                "UserMatches": [],
            },
            "SearchFacesByImage": {"SearchedFaceBoundingBox": SEARCHED, "FaceMatches": self.matches},
            "DescribeCollection": {"FaceCount": 1, "UserCount": 0},
            "IndexFaces": _indexed(asked.body),
            "ListFaces": {"Faces": self._listed(asked.body), "FaceModelVersion": "7.0"},
        }
        return answers.get(asked.operation, {"CollectionIds": []})

    def _listed(self, body: dict[str, Any]) -> list[dict[str, Any]]:
        """The faces that were added and not deleted, and the others; of those that are asked for."""
        added: dict[str, dict[str, Any]] = {}
        for each in self.asked:
            if each.operation == "IndexFaces":
                face = _indexed(each.body)["FaceRecords"][0]["Face"]
                added[face["FaceId"]] = face | {"ExternalImageId": each.body.get("ExternalImageId", "")}
            elif each.operation == "DeleteFaces":
                added = {face_id: face for face_id, face in added.items() if face_id not in each.body["FaceIds"]}
        faces = [*added.values(), *self.collected]
        return [face for face in faces if face["FaceId"] in body.get("FaceIds", [face["FaceId"]])]

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """The ASGI application."""
        body = b""
        more = True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        target = dict(scope["headers"])[b"x-amz-target"].decode()
        status, answer = await self.answer(Asked(target.removeprefix("RekognitionService."), json.loads(body)))
        await send(
            {
                "type": "http.response.start",
                "status": status,
                "headers": [(b"content-type", b"application/x-amz-json-1.1")],
            }
        )
        await send({"type": "http.response.body", "body": json.dumps(answer).encode()})


def _indexed(body: dict[str, Any]) -> dict[str, Any]:
    """What IndexFaces answers: of the same picture for the same person the same face."""
    told = f"{body.get('ExternalImageId')} {body.get('Image', {}).get('Bytes')}"
    face = {"FaceId": str(uuid.uuid5(uuid.NAMESPACE_OID, told)), "BoundingBox": SEARCHED, "Confidence": 99.5}
    detail = {"Quality": {"Brightness": 80.0, "Sharpness": 90.0}}
    return {"FaceRecords": [{"Face": face, "FaceDetail": detail}], "FaceModelVersion": "7.0"}


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Any:
        yield


@contextlib.asynccontextmanager
async def serving(app: StandIn, port: int = 0) -> AsyncIterator[int]:
    """Serve it on 127.0.0.1, on a port that a socket of this user may hold already, and yield the port."""
    listener = socket.create_server(("127.0.0.1", port), reuse_port=True)
    server = _Server(uvicorn.Config(app, log_config=None, lifespan="off", access_log=False))
    running = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield listener.getsockname()[1]
    finally:
        server.should_exit = server.force_exit = True
        await running
        listener.close()
