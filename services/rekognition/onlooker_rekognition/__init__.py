"""A local server that speaks Amazon Rekognition's wire protocol with real models."""
