"""The page of one picture: what it shows, whom it lets do what, and what becomes of what is asked for on it."""

import hashlib
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from console_site import NOBODY, Site, running
from onlooker_shared.annotations import Annotation
from onlooker_shared.images import ImageRef
from onlooker_shared.keys import Scope
from onlooker_shared.messages import ImageRecognized
from onlooker_shared.recognition import ModerationLabel
from onlooker_shared.results import Results, StoredResult
from recognitions import NOON, a_face, a_label, failed, recognized

JPEG = b"\xff\xd8\xff\xe0 a picture"


def an_own_image(site: Site, key: str) -> ImageRef:
    """A picture in the bucket that the installation watches."""
    return ImageRef.of(
        bucket=site.installation.topology.images.name,
        key=key,
        etag=hashlib.md5(JPEG).hexdigest(),
        size=len(JPEG),
        uploaded_at=NOON,
    )


async def known_picture(site: Site, name: str) -> ImageRef:
    """A picture that is stored, recognized, drawn and indexed."""
    message = recognized(an_own_image(site, f"{name}/a cat.jpg"), a_face("HAPPY", name="Ada"), a_label("Cat", "Animal"))
    await site.store(message.image, JPEG)
    await keep_result(site, message)
    await site.index(message)
    return message.image


async def keep_result(site: Site, message: ImageRecognized) -> None:
    s3 = await site.installation.aws.client("s3")
    assert message.recognition is not None
    results = Results(s3, site.installation.topology.results.name)
    await results.put(StoredResult(image=message.image, recognition=message.recognition, rekognition={}))


@pytest.fixture
async def image(site: Site, request: pytest.FixtureRequest) -> ImageRef:
    return await known_picture(site, request.node.name)


async def test_the_page_says_what_is_known(site: Site, image: ImageRef) -> None:
    async with site.signed_in() as somebody:
        answer = await somebody.get(f"/console/pictures/{image.image_id}")
    assert answer.status_code == 200
    for words in ("a cat.jpg", "Ada", "Happy", "Cat", "Animal", image.etag, "Timeline", "Run again", "Delete"):
        assert words in answer.text
    assert 'class="box box-face box-known"' in answer.text
    assert "/console/pictures?label=Cat" in answer.text


async def test_the_page_has_no_inline_script_or_style(site: Site, image: ImageRef) -> None:
    async with site.signed_in() as somebody:
        page = (await somebody.get(f"/console/pictures/{image.image_id}")).text
    assert "<style" not in page
    assert " style=" not in page
    assert " onclick=" not in page


async def test_what_was_drawn_is_shown_at_its_size(site: Site, image: ImageRef) -> None:
    s3, bucket = await site.installation.aws.client("s3"), site.installation.topology.annotated.name
    drawn = Annotation.of(
        image.image_id, bucket, annotated=(640, 480), thumbnail=(300, 225), preview=(512, 384), screen=(640, 480)
    )
    for rendition in (drawn.annotated, drawn.screen, drawn.preview, drawn.thumbnail):
        assert rendition is not None
        await s3.put_object(
            Bucket=bucket, Key=rendition.key, Body=JPEG, Metadata=drawn.metadata, ContentType="image/jpeg"
        )
    async with site.signed_in() as somebody:
        page = (await somebody.get(f"/console/pictures/{image.image_id}")).text
    assert f'src="/console/pictures/{image.image_id}/screen?v=' in page
    assert 'width="640" height="480"' in page


async def test_a_key_is_offered_only_what_it_may(site: Site, image: ImageRef) -> None:
    key = await site.keys.create(owner="reader", scopes=[Scope.TAGS_READ, Scope.IMAGES_READ])
    async with site.signed_in(key) as somebody:
        answer = await somebody.get(f"/console/pictures/{image.image_id}")
    assert answer.status_code == 200
    assert "Cat" in answer.text
    for missing in ("Run again", "Delete", "recognition.json", "/told"):
        assert missing not in answer.text


async def test_a_key_that_may_not_delete_cannot(site: Site, image: ImageRef) -> None:
    key = await site.keys.create(owner="reader", scopes=[Scope.TAGS_READ])
    async with site.signed_in(key) as somebody:
        answer = await somebody.post(f"/console/pictures/{image.image_id}/delete")
        still = await somebody.get(f"/console/pictures/{image.image_id}")
    assert answer.status_code == 403
    assert "images:delete" in answer.text
    assert still.status_code == 200


async def test_a_failed_picture_says_why_and_can_be_run_again(site: Site) -> None:
    message = failed(an_own_image(site, "broken/file.jpg"), "The file ends too early.")
    await site.index(message)
    async with site.signed_in() as somebody:
        page = (await somebody.get(f"/console/pictures/{message.image.image_id}")).text
    assert "The file ends too early." in page
    assert "Run again" in page


async def test_another_run_leads_back_to_a_page_that_waits_for_it(site: Site, image: ImageRef) -> None:
    path = f"/console/pictures/{image.image_id}"
    async with site.signed_in() as somebody:
        answer = await somebody.post(f"{path}/again?label=Cat")
        target = urlsplit(answer.headers["Location"])
        page = (await somebody.get(answer.headers["Location"])).text
        state = (await somebody.get(f"{path}/state")).json()
    assert answer.status_code == 303
    assert (target.path, parse_qs(target.query)["label"]) == (path, ["Cat"])
    assert "It is being recognized again." in page
    assert f'data-version="{state["version"]}" data-waits' in page.replace("&#43;", "+").replace("&#39;", "'")


async def test_a_deleted_picture_is_gone_and_the_search_that_one_came_from_says_so(site: Site, image: ImageRef) -> None:
    path = f"/console/pictures/{image.image_id}"
    async with site.signed_in() as somebody:
        asked = await somebody.get(f"{path}/delete?label=Cat")
        answer = await somebody.post(f"{path}/delete?label=Cat")
        told = await somebody.get(answer.headers["Location"])
        later = await somebody.get(answer.headers["Location"])
        original = await somebody.get(f"{path}/original")
    assert "Delete this picture?" in asked.text
    assert (answer.status_code, answer.headers["Location"]) == (303, "/console/pictures?label=Cat")
    assert "a cat.jpg is deleted." in told.text
    assert "is deleted." not in later.text
    assert original.status_code == 404


async def test_a_form_of_another_site_deletes_nothing(site: Site, image: ImageRef) -> None:
    async with site.signed_in() as somebody:
        somebody.headers.pop("X-CSRF-Token")
        answer = await somebody.post(f"/console/pictures/{image.image_id}/delete")
        still = await somebody.get(f"/console/pictures/{image.image_id}/original")
    assert answer.status_code == 403
    assert still.status_code == 200


async def test_the_result_is_there_as_json_that_people_can_read(site: Site, image: ImageRef) -> None:
    async with site.signed_in() as somebody:
        answer = await somebody.get(f"/console/pictures/{image.image_id}/recognition.json")
    assert answer.json()["image"]["key"] == image.key
    assert answer.text.startswith('{\n  "state": "recognized"')
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{image.image_id}.json"'


async def test_nobody_was_told_yet(site: Site, image: ImageRef) -> None:
    async with site.signed_in() as somebody:
        answer = await somebody.get(f"/console/pictures/{image.image_id}/told")
    assert "Nobody was told of it" in answer.text
    assert "<html" not in answer.text


async def test_a_picture_that_is_not_known_yet_is_waited_for(site: Site) -> None:
    async with site.signed_in() as somebody:
        answer = await somebody.get(f"/console/pictures/{'a' * 32}")
        state = (await somebody.get(f"/console/pictures/{'a' * 32}/state")).json()
    assert answer.status_code == 404
    assert "data-waits" in answer.text
    assert state == {"version": "", "pending": True}


async def test_pictures_beside_it_are_those_of_the_search(site: Site) -> None:
    first = await known_picture(site, "beside-1")
    second = await known_picture(site, "beside-2")
    async with site.signed_in() as somebody:
        page = (await somebody.get(f"/console/pictures/{first.image_id}?prefix=beside-")).text
        other = (await somebody.get(f"/console/pictures/{first.image_id}?prefix=beside-1")).text
    assert f'href="/console/pictures/{second.image_id}?prefix=beside-"' in page
    assert 'rel="next"' not in other
    assert 'rel="prev"' not in other


async def test_a_sensitive_picture_is_veiled_until_somebody_wants_to_see_it(site: Site) -> None:
    nudity = ModerationLabel(name="Explicit", confidence=91.0)
    message = recognized(an_own_image(site, "sensitive/a picture.jpg"), nudity)
    await keep_result(site, message)
    async with site.signed_in() as somebody:
        page = (await somebody.get(f"/console/pictures/{message.image.image_id}")).text
    assert 'class="stage veiled"' in page
    assert "Show it" in page


async def test_without_the_index_what_was_recognized_is_shown(site: Site, image: ImageRef, tmp_path: Path) -> None:
    async with (
        running(site.installation, tmp_path / "index", TAGGER_URL=NOBODY) as crippled,
        crippled.signed_in() as somebody,
    ):
        answer = await somebody.get(f"/console/pictures/{image.image_id}")
    assert answer.status_code == 200
    assert "Search does not answer just now" in answer.text
    assert "Ada" in answer.text
