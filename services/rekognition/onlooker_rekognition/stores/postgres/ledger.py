"""Answers by client request token."""

from __future__ import annotations

from onlooker_rekognition.store import REMEMBERED_SECONDS, Remembered
from onlooker_rekognition.stores.postgres.database import Database

_RECALL = """SELECT digest, answer FROM answers
 WHERE operation = %s AND token = %s AND answered_at > now() - make_interval(secs => %s)"""
_PRUNE = """DELETE FROM answers WHERE (operation, token) IN (
 SELECT operation, token FROM answers WHERE answered_at <= now() - make_interval(secs => %s) FOR UPDATE SKIP LOCKED)"""
_REMEMBER = """INSERT INTO answers (operation, token, digest, answer) VALUES (%s, %s, %s, %s)
 ON CONFLICT DO NOTHING"""


class Ledger(Database):
    """See AnswerLedger."""

    def recall(self, operation: str, token: str) -> Remembered | None:
        """See AnswerLedger."""
        with self._connection() as connection:
            row = connection.execute(_RECALL, (operation, token, REMEMBERED_SECONDS)).fetchone()
        return Remembered(*row) if row else None

    def remember(self, operation: str, token: str, answer: Remembered) -> None:
        """See AnswerLedger."""
        with self._transaction() as connection:
            connection.execute(_PRUNE, (REMEMBERED_SECONDS,))
            connection.execute(_REMEMBER, (operation, token, answer.digest, answer.answer))
