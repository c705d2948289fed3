"""What `dlib_beside` starts in the virtual environment of requirements/bench.txt: faces by face_recognition (dlib).

    python dlib_work.py ROUNDS PICTURE...

Each line of its answer is one round: the seconds that all pictures took, and the faces that were found.
"""

import sys
import time
import warnings

warnings.filterwarnings("ignore", message="pkg_resources is deprecated")

import face_recognition  # noqa: E402 (the warning comes from importing it)


def main() -> None:
    """Detection (HOG), landmarks and embeddings of each picture, as its README has it."""
    rounds, *paths = sys.argv[1:]
    for _ in range(int(rounds)):
        began = time.perf_counter()
        found = sum(_faces(path) for path in paths)
        print(time.perf_counter() - began, found, flush=True)


def _faces(path: str) -> int:
    picture = face_recognition.load_image_file(path)
    places = face_recognition.face_locations(picture)
    landmarks = face_recognition.face_landmarks(picture, places)
    embeddings = face_recognition.face_encodings(picture, places)
    if not len(places) == len(landmarks) == len(embeddings):
        raise RuntimeError("a face is lost")
    return len(places)


if __name__ == "__main__":
    main()
