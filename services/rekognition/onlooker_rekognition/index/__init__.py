"""Nearest embeddings, in memory: exactly among few, by compressed codes among many."""

from onlooker_rekognition.index.codes import Helpers
from onlooker_rekognition.index.embeddings import EXACT_UP_TO, EmbeddingIndex
from onlooker_rekognition.index.table import Matrix

__all__ = ["EXACT_UP_TO", "EmbeddingIndex", "Helpers", "Matrix"]
