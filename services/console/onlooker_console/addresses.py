"""Parts of addresses that several pages take."""

from typing import Annotated

from pydantic import StringConstraints

from onlooker_shared.images import IMAGE_ID_PATTERN

ImageId = Annotated[str, StringConstraints(pattern=IMAGE_ID_PATTERN)]
"""Of a picture, in a path or a query; what is none is answered by 422."""
