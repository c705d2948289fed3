"""`onlooker-rekognition`: builds the server out of its parts and runs it."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from functools import partial

import cv2
from pydantic import ValidationError
from pydantic_settings import CliApp
from starlette.applications import Starlette

from onlooker_rekognition.analyst import Analyst, VisionEngine
from onlooker_rekognition.app import Endpoint, Models, create_app
from onlooker_rekognition.bodies import Bodies
from onlooker_rekognition.budget import MemoryBudget
from onlooker_rekognition.clouds import CloudError
from onlooker_rekognition.credentials import CredentialsError, load_credentials
from onlooker_rekognition.dispatch import Dispatcher
from onlooker_rekognition.folder import FolderError
from onlooker_rekognition.idempotency import once_only
from onlooker_rekognition.images import Images, ObjectSource
from onlooker_rekognition.logs import configure_logging
from onlooker_rekognition.metrics import Metrics
from onlooker_rekognition.operations import build_handlers
from onlooker_rekognition.operations.names import ResourceNames
from onlooker_rekognition.pool import Pool
from onlooker_rekognition.protocol.errors import ServiceError
from onlooker_rekognition.protocol.model import load_service
from onlooker_rekognition.reembed import Progress, all_collections, reembed
from onlooker_rekognition.s3 import open_s3
from onlooker_rekognition.server import AddressError, Server, bind, url_of
from onlooker_rekognition.settings import CommonSettings, ReembedSettings, Settings
from onlooker_rekognition.signatures import Signatures
from onlooker_rekognition.sns import open_sns
from onlooker_rekognition.store import FaceModel, Store, StoreError
from onlooker_rekognition.stores.opening import open_store
from onlooker_rekognition.video.analyses import build_analyses
from onlooker_rekognition.video.announcer import Announcer, Topics
from onlooker_rekognition.video.runner import JobRunner, Sampling, VideoSource
from onlooker_rekognition.video.source import StoredVideos
from onlooker_rekognition.vision import (
    EMBEDDING_MODEL,
    FACE_MODEL_VERSION,
    Engine,
    ModelError,
    ModelStore,
    ProviderError,
    Runtime,
)
from onlooker_rekognition.vision.runtime import share_memory
from onlooker_rekognition.vision.watch import Watch
from onlooker_rekognition.weights.lock import read_lock
from onlooker_rekognition.weights.manifest import read_manifest

FACE_MODEL = FaceModel(EMBEDDING_MODEL, FACE_MODEL_VERSION)

_PORTIONS_TOLD = 32  # of faces that are moved, between one line about it and the next

_log = logging.getLogger("onlooker_rekognition")


def main() -> int:
    """Serve, or do the command that is named.

    The exit status is 78 (``EX_CONFIG``) where a setting is wrong, 1 where it cannot be done; the reason is told.
    """
    try:
        if sys.argv[1:2] == ["reembed"]:
            move_faces(CliApp.run(ReembedSettings, cli_args=sys.argv[2:]))
        else:
            serve(CliApp.run(Settings, cli_args=sys.argv[1:]))
    except ValidationError as error:
        for problem in error.errors():
            name = "_".join(map(str, problem["loc"]))
            variable = f"{CommonSettings.model_config.get('env_prefix', '')}{name}".upper()
            print(f"{variable} or --{name}: {problem['msg']}", file=sys.stderr)
        return os.EX_CONFIG
    except (
        AddressError,
        CloudError,
        CredentialsError,
        FolderError,
        StoreError,
        ModelError,
        ProviderError,
        ServiceError,
        OSError,
    ) as error:
        print(f"onlooker-rekognition can not start: {error}", file=sys.stderr)
        return 1
    return 0


def serve(settings: Settings) -> None:
    """Serve until SIGTERM, SIGINT or the parent's end."""
    configure_logging(settings.log_level)
    metrics = Metrics()
    with ThreadPoolExecutor(max((os.cpu_count() or 1) - 1, 1), thread_name_prefix="helper") as helpers:
        engine = Engine(load_models(settings, metrics), max_pixels=settings.max_pixels, helpers=helpers)
        asyncio.run(run(settings, engine, metrics, partial(read_manifest, settings.models, read_lock())))


def move_faces(settings: ReembedSettings) -> None:
    """Move the faces of one collection or of all to the model in use, and say how far it has come."""
    configure_logging(settings.log_level)
    engine = Engine(load_models(settings, Metrics()))
    with open_store(settings, FACE_MODEL) as store:
        for collection_id in [settings.collection] if settings.collection else list(all_collections(store)):
            progress = Progress()
            for portion, progress in enumerate(reembed(store, engine, collection_id), 1):
                if portion % _PORTIONS_TOLD == 0:
                    print(f"{collection_id}: faces moved so far: {progress.moved}", flush=True)
            print(f"{collection_id}: faces moved: {progress.moved}; left, because there is no chip: {progress.left}")
            if progress.left:
                print("  Those left are listed as before. No search finds them until their pictures are indexed again.")


def load_models(settings: CommonSettings, watch: Watch) -> ModelStore:
    """The models, each of which is loaded when it is first used. Raises ProviderError when there is no such device."""
    cv2.setNumThreads(1)  # a picture has one thread; OpenCV's own would fight with the other workers
    share_memory()
    return ModelStore(settings.models, runtime=Runtime(providers=tuple(settings.providers.split(","))), watch=watch)


async def run(settings: Settings, engine: VisionEngine, metrics: Metrics, models: Models = tuple) -> None:
    """Open everything, serve until told to stop, close everything."""
    with (
        closing(bind(settings.host, settings.port)) as listening,
        open_store(settings, FACE_MODEL) as store,
        closing(open_pool(settings, metrics)) as pool,
    ):
        async with open_s3(region=settings.region) as objects, open_sns(region=settings.region) as topics:
            videos = StoredVideos(objects, max_bytes=settings.max_video_bytes)
            runner = build_runner(settings, engine, store, pool, videos, topics)
            app = compose(settings, engine, store, pool, objects, runner, metrics, models)
            server = Server(
                app,
                listening,
                on_ready=lambda: print(f"Rekognition ready: {url_of(listening)}", flush=True),
                drain_seconds=settings.drain_seconds,
                exit_with_parent=settings.exit_with_parent,
            )
            async with runner.running():
                await server.run_until_stopped()


def open_pool(settings: Settings, metrics: Metrics) -> Pool:
    """The workers, whose queue the metrics show."""
    pool = Pool(
        workers=settings.workers,
        queue_length=settings.queue_length,
        queue_seconds=settings.queue_seconds,
        waited=metrics.waited,
    )
    metrics.watch(pool)
    return pool


def build_runner(
    settings: Settings, engine: VisionEngine, store: Store, pool: Pool, videos: VideoSource, topics: Topics
) -> JobRunner:
    """What does the jobs of videos, out of parts that are open."""
    sampling = Sampling(every=settings.video_interval, max_pixels=settings.max_pixels)
    return JobRunner(store, videos, Announcer(store, topics), pool, build_analyses(engine, store), sampling)


def compose(
    settings: Settings,
    engine: VisionEngine,
    store: Store,
    pool: Pool,
    objects: ObjectSource,
    runner: JobRunner,
    metrics: Metrics,
    models: Models = tuple,
) -> Starlette:
    """The application out of parts that are open."""
    analyst = Analyst(engine, Images(objects), pool, decoded_pixels=settings.decoded_pixels)
    service = load_service()
    names = ResourceNames(settings.region, settings.account)
    handlers = build_handlers(analyst, runner, store, names, keep_chips=settings.keep_chips)
    bodies = Bodies(
        MemoryBudget(settings.body_memory), max_bytes=settings.max_body_bytes, seconds=settings.body_seconds
    )
    dispatcher = Dispatcher(service, once_only(service, handlers, store))
    endpoint = Endpoint(dispatcher, metrics, bodies, load_signatures(settings))

    async def ready() -> None:
        await asyncio.to_thread(store.collections, after=0, limit=1)

    return create_app(endpoint, metrics, host=settings.host, ready=ready, models=models)


def load_signatures(settings: Settings) -> Signatures | None:
    """Who verifies signatures, None without credentials; which of them is logged. Raises CredentialsError."""
    if settings.credentials is None:
        _log.info("signatures are accepted and not verified: let nobody reach this server who must not")
        return None
    credentials = load_credentials(settings.credentials)
    _log.info("signatures are verified: requests need one of %d access keys", len(credentials))
    return Signatures(credentials, region=settings.region, clock=lambda: datetime.now(UTC))


if __name__ == "__main__":
    sys.exit(main())
