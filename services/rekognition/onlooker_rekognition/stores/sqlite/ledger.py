"""Answers by client request token."""

from __future__ import annotations

from onlooker_rekognition.store import REMEMBERED_SECONDS, Remembered
from onlooker_rekognition.stores.sqlite.database import Database


class Ledger(Database):
    """See AnswerLedger."""

    def recall(self, operation: str, token: str) -> Remembered | None:
        """See AnswerLedger."""
        with self._lock:
            row = self._db.execute(
                "SELECT digest, answer FROM answers WHERE operation = ? AND token = ? AND answered_at > ?",
                (operation, token, self._clock() - REMEMBERED_SECONDS),
            ).fetchone()
        return Remembered(*row) if row else None

    def remember(self, operation: str, token: str, answer: Remembered) -> None:
        """See AnswerLedger."""
        now = self._clock()
        with self._transaction():
            self._db.execute("DELETE FROM answers WHERE answered_at <= ?", (now - REMEMBERED_SECONDS,))
            self._db.execute(
                "INSERT INTO answers (operation, token, digest, answer, answered_at) VALUES (?, ?, ?, ?, ?)"
                " ON CONFLICT DO NOTHING",
                (operation, token, answer.digest, answer.answer, now),
            )
