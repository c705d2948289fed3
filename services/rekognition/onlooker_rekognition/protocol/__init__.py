"""Amazon Rekognition's wire protocol (JSON 1.1), compiled from botocore's own service model."""
