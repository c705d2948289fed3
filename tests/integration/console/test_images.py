"""Pictures come through the console byte by byte, with the services' headers, and never as anything but pictures."""

import hashlib

import pytest

from console_site import Site
from onlooker_shared.annotations import Annotation
from onlooker_shared.images import ImageRef
from onlooker_shared.keys import Scope
from recognitions import NOON, a_label, recognized

JPEG = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 4000


@pytest.fixture
async def image(site: Site, request: pytest.FixtureRequest) -> ImageRef:
    """A picture that is stored and in the index."""
    return await stored(site, f"{request.node.name}/a picture.jpg", JPEG)


async def stored(site: Site, key: str, body: bytes, content_type: str = "image/jpeg") -> ImageRef:
    found = ImageRef.of(
        bucket=site.installation.topology.images.name,
        key=key,
        etag=hashlib.md5(body).hexdigest(),
        size=len(body),
        uploaded_at=NOON,
    )
    await site.store(found, body, content_type)
    await site.index(recognized(found, a_label("Cat")))
    return found


async def test_the_original_comes_as_it_is(site: Site, image: ImageRef) -> None:
    async with site.signed_in() as somebody:
        answer = await somebody.get(f"/console/pictures/{image.image_id}/original")
    assert answer.status_code == 200
    assert answer.content == JPEG
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


async def test_what_the_browser_has_already_is_not_sent_again(site: Site, image: ImageRef) -> None:
    async with site.signed_in() as somebody:
        path = f"/console/pictures/{image.image_id}/original"
        etag = (await somebody.get(path)).headers["ETag"]
        again = await somebody.get(path, headers={"If-None-Match": etag})
        part = await somebody.get(path, headers={"Range": "bytes=4-7"})
    assert (again.status_code, again.content) == (304, b"")
    assert "Content-Disposition" not in again.headers  # it would become that of the picture that the browser keeps
    assert (part.status_code, part.content) == (206, JPEG[4:8])


async def test_a_version_that_a_page_names_is_kept_and_else_it_is_asked_for_each_time(
    site: Site, image: ImageRef
) -> None:
    async with site.signed_in() as somebody:
        path = f"/console/pictures/{image.image_id}/original"
        assert (await somebody.get(path)).headers["Cache-Control"] == "private, no-cache"
        kept = (await somebody.get(path, params={"v": "2026"})).headers["Cache-Control"]
    assert kept == "private, max-age=604800, immutable"


async def test_what_is_no_picture_is_downloaded_and_not_shown(site: Site) -> None:
    page = b"<script>alert(document.cookie)</script>"
    for content_type in ("text/html", "image/svg+xml", "application/xhtml+xml"):
        image = await stored(site, f"{content_type}.jpg", page + content_type.encode(), content_type)
        async with site.signed_in() as somebody:
            answer = await somebody.get(f"/console/pictures/{image.image_id}/original")
        assert answer.headers["Content-Type"] == "application/octet-stream"
        assert answer.headers["Content-Disposition"] == "attachment"


async def test_what_was_drawn_comes_from_the_annotator(site: Site, image: ImageRef) -> None:
    s3, bucket = await site.installation.aws.client("s3"), site.installation.topology.annotated.name
    drawn = Annotation.of(image.image_id, bucket, annotated=(640, 480), thumbnail=(300, 225))
    await s3.put_object(
        Bucket=bucket, Key=drawn.thumbnail.key, Body=b"small", Metadata=drawn.metadata, ContentType="image/jpeg"
    )
    async with site.signed_in() as somebody:
        answer = await somebody.get(f"/console/pictures/{image.image_id}/thumbnail")
    assert (answer.status_code, answer.content) == (200, b"small")
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert "ETag" in answer.headers


async def test_a_key_for_another_folder_sees_nothing_of_it(site: Site, image: ImageRef) -> None:
    key = await site.keys.create(owner="other", scopes=list(Scope)[:-1], bucket=image.bucket, prefix="elsewhere/")
    async with site.signed_in(key) as somebody:
        for kind in ("original", "thumbnail", "annotated"):
            assert (await somebody.get(f"/console/pictures/{image.image_id}/{kind}")).status_code == 404
