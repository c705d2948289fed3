"""How soon a server is ready that has run before, and how much memory it takes: with the face models, and with all."""

import subprocess
import sys
import tempfile
import time
from itertools import islice
from pathlib import Path

import samples
from calls import Caller, ask_for_each, full_analysis, image
from onlooker_rekognition.operations.registry import OFFERED
from onlooker_rekognition.vision import Engine, ModelStore
from onlooker_rekognition.weights.lock import default_cache
from rekognition_server import REAL, RekognitionServer, running_server

COLLECTION = "footprint"
CLIENTS, PICTURES = 2, 24
OTHERS = sorted({"DetectModerationLabels", "DetectText"} & OFFERED.keys())


def main(photos: Path) -> None:
    """Print the seconds and the megabytes."""
    engine = Engine(ModelStore(default_cache()))
    pictures = list(islice(samples.jpegs(samples.one_face(photos, engine)), PICTURES))
    with tempfile.TemporaryDirectory() as scratch:
        data = Path(scratch) / "data"
        with running_server(REAL, data, "--log-level", "ERROR"):
            pass
        began = time.perf_counter()
        with running_server(REAL, data, "--log-level", "ERROR") as server:
            ready = time.perf_counter() - began
            idle = megabytes(server)
            Caller(server.url).call("CreateCollection", CollectionId=COLLECTION)
            ask_for_each(server.url, pictures, _ask_for_faces, clients=CLIENTS)
            faces = megabytes(server)
            ask_for_each(server.url, pictures, _ask_for_everything, clients=CLIENTS)
            everything = megabytes(server)
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", "import onlooker_rekognition.__main__"], check=True)
    imported = time.perf_counter() - began
    print(f"footprint   ready, warm                   {ready:6.1f} s   (at most 2; importing alone {imported:.1f})")
    print(f"footprint   memory, nothing asked yet     {idle:6.0f} MB")
    print(f"footprint   memory, models of faces       {faces:6.0f} MB  (at most 450)")
    print(f"footprint   memory, all models            {everything:6.0f} MB  (at most 700)")


def _ask_for_faces(caller: Caller, picture: bytes) -> None:
    caller.call("DetectFaces", Image=image(picture), Attributes=["ALL"])
    caller.call("IndexFaces", Image=image(picture), CollectionId=COLLECTION)


def _ask_for_everything(caller: Caller, picture: bytes) -> None:
    full_analysis(caller, picture)
    for operation in OTHERS:
        caller.call(operation, Image=image(picture))


def megabytes(server: RekognitionServer) -> float:
    """What is resident of the server's process, of 1,000,000 bytes."""
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    kilobytes = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS:"))
    return kilobytes * 1024 / 1e6
