"""The recognizer's own metrics: what became of pictures, and what Rekognition was asked and would charge."""

from prometheus_client import Counter, Gauge, Histogram

PICTURES = Counter("onlooker_recognizer_pictures_total", "Pictures handled.", ("outcome",))
"""outcome: recognized, completed (by what was held back), repeated (was already), refused, gone."""
DELETIONS = Counter("onlooker_recognizer_deletions_total", "Objects, or versions of them, that were told to be gone.")
CALLS = Counter("onlooker_rekognition_calls_total", "Calls of Rekognition.", ("operation", "outcome"))
"""outcome: ok, throttled, refused (the picture's fault), denied (not allowed or offered), failed."""
CALL_SECONDS = Histogram("onlooker_rekognition_call_seconds", "Time of a Rekognition call.", ("operation",))
COST = Counter(
    "onlooker_rekognition_estimated_cost_dollars_total", "What Amazon charges for the calls that it answered."
)
BUDGET_SPENT = Gauge("onlooker_rekognition_budget_spent_ratio", "Of the month's budget; 0 without one.")
FACES = Counter("onlooker_recognizer_faces_total", "Faces of pictures that were to be identified.", ("outcome",))
"""outcome: known, unknown (a stranger who is remembered), ignored, nobody (looked up, and resembles nobody enough),
unfit (too small, too poor, or not seen in its crop)."""
STRANGERS = Counter("onlooker_recognizer_strangers_total", "Strangers who were remembered.")
SUGGESTIONS = Counter("onlooker_recognizer_suggestions_total", "People who may be one.", ("outcome",))
"""outcome: suggested, same (somebody said so), different (likewise)."""
RESTORED = Counter("onlooker_recognizer_faces_restored_total", "Faces that the collection had lost.", ("outcome",))
"""outcome: restored, lost (there is no crop, or none that Rekognition takes)."""
EXPIRED = Counter("onlooker_recognizer_expired_total", "What was kept no longer.", ("what",))
"""what: pictures, unknowns (strangers), consents (people whose last one ended)."""
RELABELLED = Counter("onlooker_recognizer_relabelled_total", "Pictures that say who is in them otherwise than before.")
