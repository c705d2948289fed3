"""The public edge: pictures come in and go out, and browsers get signatures to send them to S3 themselves."""
