"""What can be wrong with a picture or with the models.

VisionError
├── UnreadableImageError    not a JPEG or PNG, or damaged beyond decoding
├── ImageTooLargeError      more pixels than allowed; said by the header, before anything is decoded
├── ImageTooSmallError      fewer pixels a side than allowed; likewise
├── ModelError              a model is missing, altered or does not load
└── ProviderError           a device that was asked for is not there, or onnxruntime can not use it
"""


class VisionError(Exception):
    """Any failure the engine foresees; its text is fit for a client."""


class UnreadableImageError(VisionError):
    """The bytes are not a JPEG or PNG picture that can be decoded."""


class ImageTooLargeError(VisionError):
    """The picture's header states more pixels than the engine accepts."""


class ImageTooSmallError(VisionError):
    """The picture's header states a side shorter than the engine accepts."""


class ModelError(VisionError):
    """A model is missing, was altered, or does not load; the text says how to rebuild it."""


class ProviderError(VisionError):
    """A provider of onnxruntime's is not installed or does not work here; the text says which ones are there."""
