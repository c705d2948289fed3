"""Lengths of time as forms ask for them: a number and its unit. Pure."""

UNITS = {"1": "seconds", "60": "minutes", "3600": "hours", "86400": "days"}
"""By their seconds."""
MINUTES = "60"
UNIT = "-unit"
"""What the name of the field of a unit ends with."""


def shown(seconds: str) -> tuple[str, str]:
    """Return seconds as a number and the largest unit of which it is a whole number; what is no number, as it is."""
    try:
        number = float(seconds)
    except ValueError:
        return seconds, MINUTES
    if not number:
        return "0", MINUTES
    unit = next((unit for unit in reversed(UNITS) if number % int(unit) == 0), "1")
    return written(number / int(unit)), unit


def shown_in(unit: float, seconds: float) -> str:
    """Return seconds as a number of a unit, so exactly that milliseconds are the same when that is read."""
    return written(round(seconds / unit, 7))


def in_seconds(number: str, unit: str) -> str:
    """Return a number of a unit in seconds; what is no number is for the notifier to refuse, and stays as it is."""
    try:
        return written(round(float(number) * int(unit if unit in UNITS else "1"), 3))
    except ValueError:
        return number


def written(number: float) -> str:
    """Return a number as forms have it: all of its digits, and no fraction where it has none."""
    return str(int(number)) if number.is_integer() else str(number)
