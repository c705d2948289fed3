"""Which of two forms of a list the caller wants (RFC 9110, section 12.5.1)."""

XML = ("application/xml", "text/xml")
JSON = ("application/json",)


def wants_xml(accept: str | None) -> bool:
    """Whether an Accept header prefers XML to JSON; JSON without one, and in a draw."""
    weights = _weights(accept or "*/*")
    return max(_weight(weights, media) for media in XML) > max(_weight(weights, media) for media in JSON)


def _weights(accept: str) -> dict[str, float]:
    weights = {}
    for entry in accept.split(","):
        media, *parameters = (piece.strip().lower() for piece in entry.split(";"))
        weights[media] = next((_number(value[2:]) for value in parameters if value.startswith("q=")), 1.0)
    return weights


def _weight(weights: dict[str, float], media: str) -> float:
    """The weight of the most specific range that covers a media type; 0 if none does."""
    ranges = (media, f"{media.partition('/')[0]}/*", "*/*")
    return next((weights[known] for known in ranges if known in weights), 0.0)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0
