"""Frames of real files."""

from pathlib import Path

import numpy as np
import pytest

from onlooker_rekognition.video import frames
from onlooker_rekognition.video.frames import Frame, VideoError, VideoMetadata, open_video
from videos import BLUE, GREEN, H264, RED, plain, without_pictures, write_video

MAX_PIXELS = 10_000_000


def frames_of(path: Path, every: int) -> list[Frame]:
    with open_video(path, max_pixels=MAX_PIXELS) as video:
        return list(video.frames(every=every))


def colour_of(frame: Frame) -> tuple[int, ...]:
    """The colour shown, without what compression did to it."""
    return tuple(int(value > 128) * 255 for value in frame.image.pixels.mean(axis=(0, 1)))


def test_a_frame_is_taken_in_every_interval(tmp_path: Path) -> None:
    path = write_video(tmp_path / "v.mp4", (plain(RED), 1.0), (plain(GREEN), 1.0), (plain(BLUE), 0.5))
    frames = frames_of(path, every=500)
    assert [frame.timestamp for frame in frames] == [0, 500, 1000, 1500, 2000]
    assert [colour_of(frame) for frame in frames] == [RED, RED, GREEN, GREEN, BLUE]


def test_intervals_shorter_than_a_frame_take_every_frame(tmp_path: Path) -> None:
    path = write_video(tmp_path / "v.mp4", (plain(RED), 1.0))
    assert [frame.timestamp for frame in frames_of(path, every=1)] == list(range(0, 1000, 100))


def test_the_file_says_what_it_is(tmp_path: Path) -> None:
    path = write_video(tmp_path / "v.mp4", (plain(RED, width=320, height=240), 2.0))
    with open_video(path, max_pixels=MAX_PIXELS) as video:
        assert video.metadata == VideoMetadata("mpeg4", 2000, "QuickTime / MOV", 10.0, 320, 240)


def test_h264_is_read() -> None:
    """The codec of phones and cameras, which OpenCV decodes but does not write: a made file of three colours."""
    assert [(frame.timestamp, colour_of(frame)) for frame in frames_of(H264, every=1000)] == [
        *((0, RED), (1000, GREEN), (2000, BLUE)),
    ]
    with open_video(H264, max_pixels=MAX_PIXELS) as video:
        assert video.metadata == VideoMetadata("h264", 3000, "QuickTime / MOV", 10.0, 192, 96)


def test_avi_is_read(tmp_path: Path) -> None:
    path = write_video(tmp_path / "v.avi", (plain(RED), 1.0), (plain(GREEN), 0.5))
    assert [(frame.timestamp, colour_of(frame)) for frame in frames_of(path, every=500)] == [
        *((0, RED), (500, RED), (1000, GREEN)),
    ]
    with open_video(path, max_pixels=MAX_PIXELS) as video:
        assert (video.metadata.format, video.metadata.duration_milliseconds) == ("AVI", 1500)


def test_large_frames_are_shrunk(tmp_path: Path) -> None:
    path = write_video(tmp_path / "v.mp4", (plain(RED, width=2560, height=1280), 0.1))
    (frame,) = frames_of(path, every=500)
    assert (frame.image.width, frame.image.height) == (1920, 960)


def test_a_file_that_is_cut_off_gives_the_frames_it_has(tmp_path: Path) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (192, 192, 3), np.uint8)
    path = write_video(tmp_path / "v.mp4", (noise, 3.0))
    whole = path.read_bytes()
    start = whole.index(b"mdat")
    index = whole.index(b"moov") - 4
    assert start < index  # the index comes last, so that cutting the end off leaves no video
    path.write_bytes(whole[: index // 2])
    with pytest.raises(VideoError, match="can not be decoded"):
        frames_of(path, every=500)


@pytest.mark.parametrize(
    "content",
    [b"", b"hello", b"#EXTM3U\n#EXTINF:10,\n/etc/passwd\n", b"RIFF\0\0\0\0WAVEfmt ", b"\x89PNG\r\n\x1a\n\0\0\0\0"],
    ids=["nothing", "text", "a playlist", "sound", "a picture"],
)
def test_what_is_no_video_is_refused_unopened(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "v.mp4"
    path.write_bytes(content)
    with pytest.raises(VideoError, match="must be MPEG-4, MOV or AVI"):
        frames_of(path, every=500)


def test_a_playlist_dressed_as_a_movie_reads_no_other_file(tmp_path: Path) -> None:
    path = tmp_path / "v.mp4"
    path.write_bytes(b"\0\0\0\x10ftypisom\0\0\0\0#EXTM3U\n/etc/hostname\n")
    with pytest.raises(VideoError, match="can not be decoded"):
        frames_of(path, every=500)


def test_another_container_dressed_as_a_movie_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """FFmpeg knows dozens and looks at more than their first bytes; it is told those that are meant."""
    path = write_video(tmp_path / "v.mkv", (plain(RED), 0.5))
    monkeypatch.setattr(frames, "_container", lambda _: "QuickTime / MOV")
    with pytest.raises(VideoError, match="can not be decoded"):
        frames_of(path, every=500)


def test_a_film_of_which_no_frame_can_be_decoded_is_no_film_without_findings(tmp_path: Path) -> None:
    path = tmp_path / "v.mp4"
    path.write_bytes(without_pictures(H264))
    with pytest.raises(VideoError, match="can not be decoded"):
        frames_of(path, every=500)


def test_frames_of_too_many_pixels_are_refused(tmp_path: Path) -> None:
    path = write_video(tmp_path / "v.mp4", (plain(RED), 0.5))
    with pytest.raises(VideoError, match="192 x 192 pixels; 36000 are"), open_video(path, max_pixels=36_000):
        pytest.fail("it was opened")
