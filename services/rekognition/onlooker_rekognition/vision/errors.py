"""What can be wrong with a picture or with the models.

VisionError
├── UnreadableImageError    not a JPEG or PNG, or damaged beyond decoding
├── ImageTooLargeError      more pixels than allowed; said by the header, before anything is decoded
└── ModelError              a model is missing, altered or does not load
"""


class VisionError(Exception):
    """Any failure the engine foresees; its text is fit for a client."""


class UnreadableImageError(VisionError):
    """The bytes are not a JPEG or PNG picture that can be decoded."""


class ImageTooLargeError(VisionError):
    """The picture's header states more pixels than the engine accepts."""


class ModelError(VisionError):
    """A model is missing, was altered, or does not load; the text says how to rebuild it."""
