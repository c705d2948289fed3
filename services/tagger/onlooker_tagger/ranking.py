"""How well a picture matches the words of a search: what a word counts, by where it stands. The same in every index.

A picture's measure depends on nothing but itself and the words. So a page goes on where the one before ended though
others arrive, and whoever may see some of the pictures learns nothing of the others by it.
"""

from typing import Literal

Place = Literal["persons", "labels", "text", "file"]
"""Where a word may stand: in names of people, in labels (their parents and aliases), in text, in the key."""

WEIGHTS: dict[Place, float] = {"persons": 3.0, "labels": 2.0, "text": 1.5, "file": 1.0}
"""What a word counts where it is found: names weigh more than labels, labels than text, text than file names."""
BEGINNING = 0.5
"""What a word counts that only begins another, of what a whole one counts; a whole one counts as both."""
SYNONYM = 1.0
"""What a label counts that was looked for in other words: less than by its name."""
SHORTNESS = 0.05
"""What is added where there is no label, half of it for one, ...: of equal matches that which shows least is first."""
