"""Parts of addresses that several pages take."""

from typing import Annotated

from pydantic import StringConstraints

from onlooker_shared.images import IMAGE_ID_PATTERN

PERSON_ID_PATTERN = r"^[0-9a-f]{32}$"
MAX_NAME = 200
"""Characters of a person's name."""

ImageId = Annotated[str, StringConstraints(pattern=IMAGE_ID_PATTERN)]
"""Of a picture, in a path or a query; what is none is answered by 422."""

PersonId = Annotated[str, StringConstraints(pattern=PERSON_ID_PATTERN)]
"""Of somebody, likewise."""
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_NAME)]
"""Of somebody, as a form sends it."""
