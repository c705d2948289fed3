"""What `onlooker costs` shows."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from onlooker import client
from onlooker.commands import costs

CHARGES = [
    {"day": "2026-11-01", "bucket": "door", "operation": "DetectFaces", "calls": 1200, "cost": 1.2},
    {"day": "2026-11-02", "bucket": "door", "operation": "DetectFaces", "calls": 300, "cost": 0.3},
    {"day": "2026-11-02", "bucket": "", "operation": "SearchFacesByImage", "calls": 4, "cost": 0.004},
]
COSTS: dict[str, Any] = {
    "month": "2026-11",
    "currency": "USD",
    "prices": "a list",
    "calls": 1504,
    "cost": 1.504,
    "charges": CHARGES,
    "budget": {"limit": 2.0, "spent": 1.504, "warning": False, "policy": "hold-labels", "held_back": []},
}

Answering = Callable[[dict[str, Any]], list[httpx.URL]]


@pytest.fixture
def answering(monkeypatch: pytest.MonkeyPatch) -> Answering:
    """Puts a recognizer where ONLOOKER_URL says, and returns what it will have been asked."""
    monkeypatch.setenv("ONLOOKER_URL", "http://there")
    monkeypatch.setenv("ONLOOKER_KEY", "olk_there")
    original = httpx.AsyncClient

    def install(answer: dict[str, Any]) -> list[httpx.URL]:
        asked: list[httpx.URL] = []

        def handle(request: httpx.Request) -> httpx.Response:
            asked.append(request.url)
            return httpx.Response(200, json=answer)

        transport = httpx.MockTransport(handle)
        monkeypatch.setattr(client.httpx, "AsyncClient", lambda **more: original(**(more | {"transport": transport})))
        return asked

    return install


def test_calls_are_added_up_by_operation_and_bucket(
    answering: Answering, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    asked = answering(COSTS)
    costs.costs("2026-11", data=tmp_path)

    lines = [line.split() for line in capsys.readouterr().out.splitlines() if line.strip()]
    assert ["DetectFaces", "door", "1,500", "1.5000"] in lines
    assert ["SearchFacesByImage", "(no", "stored", "picture)", "4", "0.0040"] in lines
    text = " ".join(word for line in lines for word in line)
    assert "1,504 calls, 1.50 USD" in text or "1504 calls, 1.50 USD" in text
    assert "1.50 of 2.00 USD this month (75%)" in text
    assert [str(url) for url in asked] == ["http://there/recognitions/costs?month=2026-11"]


def test_what_is_held_back_is_said(answering: Answering, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    answering(COSTS | {"budget": COSTS["budget"] | {"spent": 2.5, "warning": True, "held_back": ["labels", "text"]}})
    costs.costs(data=tmp_path)

    assert "held back: labels, text" in capsys.readouterr().out


def test_as_json_it_is_what_the_recognizer_said(
    answering: Answering, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    answering(COSTS)
    costs.costs(data=tmp_path, json=True)

    assert json.loads(capsys.readouterr().out) == COSTS
