"""A local server with Amazon Rekognition's wire protocol and real models behind it."""

import os

# onnxruntime reports its use to its makers unless this is set before it is imported, and here is before everything:
# a picture's way ends on this machine, and so does what is known about it
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
