"""`onlooker-rekognition`: builds the server out of its parts and runs it."""

from __future__ import annotations

import asyncio
import logging
import sys
from contextlib import closing

import cv2
from pydantic import ValidationError
from pydantic_settings import CliApp
from starlette.applications import Starlette

from onlooker_rekognition.analyst import Analyst, VisionEngine
from onlooker_rekognition.app import Endpoint, create_app
from onlooker_rekognition.bodies import Bodies
from onlooker_rekognition.budget import MemoryBudget
from onlooker_rekognition.dispatch import Dispatcher
from onlooker_rekognition.folder import FolderError, hold_folder
from onlooker_rekognition.idempotency import once_only
from onlooker_rekognition.images import Images, ObjectSource
from onlooker_rekognition.logs import configure_logging
from onlooker_rekognition.metrics import Metrics
from onlooker_rekognition.operations import build_handlers
from onlooker_rekognition.operations.names import ResourceNames
from onlooker_rekognition.pool import Pool
from onlooker_rekognition.protocol.model import load_service
from onlooker_rekognition.s3 import open_s3
from onlooker_rekognition.server import AddressError, Server, bind, url_of
from onlooker_rekognition.settings import Settings
from onlooker_rekognition.store import FaceModel, Store, StoreError
from onlooker_rekognition.stores.sqlite import SqliteStore
from onlooker_rekognition.vision import EMBEDDING_MODEL, FACE_MODEL_VERSION, Engine, ModelError, ModelStore

_log = logging.getLogger("onlooker_rekognition")


def main() -> int:
    """Run until SIGTERM, SIGINT or the parent's end. The exit status is 1, with the reason, if it can not start."""
    try:
        settings = CliApp.run(Settings)
        configure_logging(settings.log_level)
        asyncio.run(run(settings, load_engine(settings)))
    except ValidationError as error:
        for problem in error.errors():
            print(f"{'.'.join(map(str, problem['loc']))}: {problem['msg']}", file=sys.stderr)
        return 1
    except (AddressError, FolderError, StoreError, ModelError, OSError) as error:
        print(f"onlooker-rekognition can not start: {error}", file=sys.stderr)
        return 1
    return 0


def load_engine(settings: Settings) -> Engine:
    """The engine, which loads each model when it is first used. Raises ModelError when one is missing or altered."""
    cv2.setNumThreads(1)  # a picture has one thread; OpenCV's own would fight with the other workers
    return Engine(ModelStore(settings.models), max_pixels=settings.max_pixels)


async def run(settings: Settings, engine: VisionEngine) -> None:
    """Open everything, serve until told to stop, close everything."""
    with (
        closing(bind(settings.host, settings.port)) as listening,
        hold_folder(settings.data) as folder,
        closing(
            SqliteStore(folder / "collections.sqlite3", model=FaceModel(EMBEDDING_MODEL, FACE_MODEL_VERSION))
        ) as store,
        closing(Pool(workers=settings.workers, queue_length=settings.queue_length)) as pool,
    ):
        async with open_s3(region=settings.region) as objects, open_sns(region=settings.region) as topics:
            videos = StoredVideos(objects, max_bytes=settings.max_video_bytes)
            sampling = Sampling(every=settings.video_interval, max_pixels=settings.max_pixels)
            analyses = build_analyses(engine, store, every=sampling.every)
            runner = JobRunner(store, videos, topics, pool, analyses, sampling)
            app = compose(settings, engine, store, pool, objects, videos, runner.wake)
            _log.info("signatures are accepted and not verified: let nobody reach this server who must not")
            await Server(
                app,
                listening,
                on_ready=lambda: print(f"Rekognition ready: {url_of(listening)}", flush=True),
                drain_seconds=settings.drain_seconds,
                exit_with_parent=settings.exit_with_parent,
            ).run_until_stopped()


def compose(settings: Settings, engine: VisionEngine, store: Store, pool: Pool, objects: ObjectSource) -> Starlette:
    """The application out of parts that are open."""
    analyst = Analyst(engine, Images(objects), pool, decoded_pixels=settings.decoded_pixels)
    service = load_service()
    handlers = build_handlers(analyst, store, ResourceNames(settings.region, settings.account))
    metrics = Metrics(pool)
    bodies = Bodies(
        MemoryBudget(settings.body_memory), max_bytes=settings.max_body_bytes, seconds=settings.body_seconds
    )
    dispatcher = Dispatcher(service, once_only(service, handlers, store))
    return create_app(Endpoint(dispatcher, metrics, bodies), metrics, host=settings.host)


if __name__ == "__main__":
    sys.exit(main())
