"""What the server does for each operation it offers: one module for each noun."""

from onlooker_rekognition.operations.registry import build_handlers

__all__ = ["build_handlers"]
