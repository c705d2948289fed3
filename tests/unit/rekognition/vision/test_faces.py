"""Faces are found wherever, however large and however many they are, and only faces are."""

import struct
from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np
import pytest

from onlooker_rekognition.vision import Box, Engine, FaceAnalysis, Image
from onlooker_rekognition.vision.image import Pixels
from vision_samples import SCENES, jpeg, on_canvas, portrait, resized, scene

FACE = Box(0.355, 0.135, 0.16, 0.235)
"""The astronaut's, from hairline to chin and from cheek to cheek, as read off the picture."""


def shared(first: Box, second: Box) -> float:
    """What two boxes have in common, of their union."""
    width = min(first.left + first.width, second.left + second.width) - max(first.left, second.left)
    height = min(first.top + first.height, second.top + second.height) - max(first.top, second.top)
    both = max(width, 0) * max(height, 0)
    return both / (first.width * first.height + second.width * second.height - both)


def find(engine: Engine, pixels: Pixels) -> tuple[FaceAnalysis, ...]:
    return engine.detect_faces(Image(pixels), attributes=False)


def head(pixels: Pixels, face: FaceAnalysis, size: int) -> Pixels:
    """The face with its surroundings, as a square of `size`."""
    height, width = pixels.shape[:2]
    side = round(face.box.height * height * 2)
    x, y = face.box.left * width + face.box.width * width / 2, face.box.top * height + face.box.height * height / 2
    left, top = max(round(x) - side // 2, 0), max(round(y) - side // 2, 0)
    return np.asarray(cv2.resize(pixels[top : top + side, left : left + side], (size, size)), np.uint8)


def test_a_face_is_found_where_it_is(astronaut: FaceAnalysis) -> None:
    assert shared(astronaut.box, FACE) > 0.75
    assert astronaut.confidence > 85


@pytest.mark.parametrize(
    "name", ["chelsea.png", "coffee.png", "motorcycle_left.png", "rocket.jpg", "horse.png", "coins.png", "brick.png"]
)
def test_nothing_else_is_taken_for_a_face(engine: Engine, name: str) -> None:
    assert find(engine, scene(name)) == ()


def test_tiny_and_empty_pictures_have_no_faces(engine: Engine) -> None:
    for shape in ((1, 1, 3), (3, 2000, 3), (2000, 3, 3), (600, 800, 3)):
        assert find(engine, np.full(shape, 200, np.uint8)) == ()


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_face_is_found_upright_however_the_camera_was_held(
    engine: Engine, astronaut: FaceAnalysis, orientation: int
) -> None:
    back = [
        lambda x: x,
        np.fliplr,
        lambda x: np.rot90(x, 2),
        np.flipud,
        lambda x: x.swapaxes(0, 1),
        lambda x: np.rot90(x, 1),
        lambda x: np.rot90(x.swapaxes(0, 1), 2),
        lambda x: np.rot90(x, -1),
    ][orientation - 1]
    data = jpeg(np.ascontiguousarray(back(scene("astronaut.png"))))
    entry = struct.pack("<HHIHH", 0x112, 3, 1, orientation, 0)
    exif = b"Exif\0\0II*\0" + struct.pack("<IH", 8, 1) + entry + bytes(4)
    turned = data[:2] + b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif + data[2:]
    (face,) = engine.detect_faces(engine.decode(turned), attributes=False)
    assert shared(face.box, astronaut.box) > 0.93


@pytest.mark.parametrize("side", [320, 512, 1300])
def test_the_box_is_the_same_at_any_size(engine: Engine, astronaut: FaceAnalysis, side: int) -> None:
    (face,) = find(engine, resized(scene("astronaut.png"), side / 512))
    assert shared(face.box, astronaut.box) > 0.9


def test_a_face_that_fills_the_picture_is_found(engine: Engine, astronaut: FaceAnalysis) -> None:
    pixels = scene("astronaut.png")
    (face,) = find(engine, head(pixels, astronaut, 400)[60:-60, 80:-80])
    assert face.box.height > 0.6


@pytest.mark.parametrize("angle", [-40, 40])
def test_a_tilted_head_is_found_with_its_roll(engine: Engine, astronaut: FaceAnalysis, angle: int) -> None:
    pixels = scene("astronaut.png")
    turn = cv2.getRotationMatrix2D((220, 130), -angle, 1)  # OpenCV turns counterclockwise
    (face,) = find(engine, np.asarray(cv2.warpAffine(pixels, turn, (512, 512)), np.uint8))
    assert face.pose.roll == pytest.approx(astronaut.pose.roll + angle, abs=4)


def test_sixty_faces_are_sixty_faces(engine: Engine, astronaut: FaceAnalysis) -> None:
    """Each 1/24 of the picture's width, in the order of their size."""
    one = head(scene("astronaut.png"), astronaut, 100)
    crowd = np.tile(one, (6, 10, 1))
    faces = find(engine, crowd)
    assert len(faces) == 60
    cells = {
        (int((face.box.left + face.box.width / 2) * 10), int((face.box.top + face.box.height / 2) * 6))
        for face in faces
    }
    assert len(cells) == 60


def test_of_more_than_a_hundred_faces_the_largest_hundred_are_described(
    engine: Engine, astronaut: FaceAnalysis
) -> None:
    one = head(scene("astronaut.png"), astronaut, 60)
    crowd = np.tile(one, (10, 12, 1))
    large = np.asarray(cv2.resize(one, (240, 240)), np.uint8)
    crowd[:240, :240] = large
    faces = find(engine, crowd)
    assert len(faces) == 100
    assert faces[0].box.width > 3 * faces[1].box.width


def test_small_faces_are_found_in_a_large_picture(engine: Engine, astronaut: FaceAnalysis) -> None:
    """40 pixels of 1600: what Rekognition promises of pictures of this size."""
    small = head(scene("astronaut.png"), astronaut, 80)
    picture = np.full((1200, 1600, 3), 120, np.uint8)
    places = [(50, 60), (700, 500), (1100, 1500), (30, 1400), (560, 740)]
    for top, left in places:
        picture[top : top + 80, left : left + 80] = small
    faces = find(engine, picture)
    assert len(faces) == len(places)


def test_the_largest_face_comes_first(engine: Engine, astronaut: FaceAnalysis) -> None:
    pixels = scene("astronaut.png")
    picture = on_canvas(head(pixels, astronaut, 150), 600, 900, 50, 20)
    picture[200:500, 500:800] = head(pixels, astronaut, 300)
    first, second = find(engine, picture)
    assert first.box.width > 1.8 * second.box.width


def test_partly_covered_and_cut_off_faces_are_found(engine: Engine) -> None:
    for name in ("partly-covered.jpg", "partly-covered-2.jpg"):
        assert len(find(engine, portrait(name))) == 1
    pixels = scene("astronaut.png")
    (cut,) = find(engine, pixels[:, 210:])  # through the eye
    assert cut.box.left < 0.02


def test_threads_do_not_disturb_one_another(engine: Engine) -> None:
    pictures = [Image(resized(scene("astronaut.png"), factor)) for factor in (0.5, 0.6, 0.7)]
    alone = [engine.detect_faces(picture, attributes=True)[0] for picture in pictures]
    with ThreadPoolExecutor(4) as threads:
        together = list(threads.map(lambda picture: engine.detect_faces(picture, attributes=True)[0], pictures * 3))
    assert together == alone * 3


def test_a_picture_from_a_file_is_the_same_as_its_pixels(engine: Engine, astronaut: FaceAnalysis) -> None:
    image = engine.decode((SCENES / "astronaut.png").read_bytes())
    (face,) = engine.detect_faces(image, attributes=True)
    assert (face.box, face.attributes) == (astronaut.box, astronaut.attributes)
