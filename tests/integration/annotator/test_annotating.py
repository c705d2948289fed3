"""From a message in the annotator's queue to stored pictures and an announcement, on the real queue, bucket and topic."""

import io

from PIL import Image

from recognitions import a_face

from .conftest import House, a_photo


async def test_a_recognized_picture_is_drawn_stored_and_announced(house: House) -> None:
    image = await house.upload(a_photo(1280, 960))

    announced = await house.annotate(image, a_face(name="Ada Lovelace"))

    assert announced.image == image
    assert (announced.annotated.key, announced.thumbnail.key) == (
        f"annotated/{image.image_id}.jpg",
        f"thumbnails/{image.image_id}.jpg",
    )
    for rendition, size in ((announced.annotated, (1280, 960)), (announced.thumbnail, (480, 360))):
        assert (rendition.width, rendition.height, rendition.content_type) == (*size, "image/jpeg")
        with Image.open(io.BytesIO(await house.object(rendition.key))) as stored:
            assert (stored.format, stored.size) == ("JPEG", size)
            assert stored.getcolors() is None or len(stored.getcolors(1 << 24)) > 100, "nothing was drawn"
