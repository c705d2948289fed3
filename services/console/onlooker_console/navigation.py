"""The console's main places, in the order of the navigation."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """An entry of the navigation."""

    name: str
    path: str
    icon: str
    """The symbol of `icons.html` with this name."""


PLACES = (
    Place("Pictures", "/console/pictures", "pictures"),
    Place("People", "/console/people", "people"),
    Place("Upload", "/console/upload", "upload"),
    Place("Dashboard", "/console/dashboard", "chart"),
    Place("Alerts", "/console/alerts", "bell"),
    Place("System", "/console/system", "pulse"),
)
