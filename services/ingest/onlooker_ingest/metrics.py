"""Counts of what came in, what went out, what was deleted, and what was refused and why."""

from prometheus_client import Counter, Gauge

RECEIVED_BYTES = Counter("onlooker_ingest_received_bytes_total", "Bytes of bodies received, stored or not.")
SENT_BYTES = Counter("onlooker_ingest_sent_bytes_total", "Bytes of objects sent.")
STORED = Counter("onlooker_ingest_stored_total", "Pictures stored.", ("format",))
DELETED = Counter("onlooker_ingest_deleted_total", "Objects deleted.")
REFUSED = Counter("onlooker_ingest_refused_total", "Uploads refused.", ("reason",))
"""reason: the HTTP status in words (`too_large`, `unsupported_media_type`, ...)."""
UPLOADS = Gauge("onlooker_ingest_uploads_in_progress", "Uploads under way.")
