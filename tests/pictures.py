"""Real pictures for the tests and the demo, out of packages that are pinned: none are kept in this repository.

Run as a program it unpacks them: ``python tests/pictures.py PACKAGES DESTINATION``, where PACKAGES is a folder with the
source distribution of face_recognition (official portraits) and scikit-image is installed (the rest).
"""

import shutil
import sys
import tarfile
from importlib.util import find_spec
from pathlib import Path

PORTRAITS = {
    "biden.jpg": "portraits/biden.jpg",
    "obama.jpg": "portraits/obama.jpg",
    "obama2.jpg": "portraits/obama-speaking.jpg",
    "obama3.jpg": "portraits/obama-standing.jpg",
    "obama_partial_face.jpg": "portraits/partly-covered.jpg",
    "obama_partial_face2.jpg": "portraits/partly-covered-2.jpg",
}
"""In the source distribution's tests/test_images, and the name that they get here."""

SCENES = {
    "astronaut.png": "scenes/astronaut.png",
    "chelsea.png": "scenes/cat.png",
    "coffee.png": "scenes/coffee.png",
    "motorcycle_left.png": "scenes/motorcycle.png",
    "rocket.jpg": "scenes/rocket.jpg",
}
"""In scikit-image's data folder, and the name that they get here."""


def unpack(packages: Path, destination: Path) -> None:
    """Put the pictures into a folder."""
    (archive,) = packages.glob("face_recognition-*.tar.gz")
    with tarfile.open(archive) as tar:
        for member in tar:
            name = Path(member.name).name
            if name in PORTRAITS and "/tests/test_images/" in member.name and (source := tar.extractfile(member)):
                _write(destination / PORTRAITS[name], source.read())
    spec = find_spec("skimage")
    if spec is None or spec.origin is None:
        raise SystemExit("scikit-image is not installed: run `make setup`.")
    for name, target in SCENES.items():
        _write(destination / target, (Path(spec.origin).parent / "data" / name).read_bytes())


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


if __name__ == "__main__":
    shutil.rmtree(sys.argv[2], ignore_errors=True)
    unpack(Path(sys.argv[1]), Path(sys.argv[2]))
