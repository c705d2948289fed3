"""What happens to a picture that arrived.

    is there a result? ── yes ──> publish it again (a crash may have come between store and publish)
          │ no
    get the object ── deleted, overwritten ──> done
          │
    prepare, ask Rekognition ── refused ──> store the failure, publish it, dead-letter queue
          │
    store the result ── somebody else did meanwhile ──> look at theirs, and store it again
          │
    record who was seen
          │
    is the object still there? ── no ──> take the result back, done
          │ yes
    publish it

Every step may be repeated: the outputs lie under the picture's id, and who listens is idempotent. Five AWS calls a
picture besides Rekognition's own: look for the result (or they would be paid again), get, put, look whether the object
is still there, publish.

The last look is what keeps a deletion whole. S3 is strongly consistent: if the object was still there after the result
was stored, its deletion comes later, and then finds the result; if not, the result is taken back here. A request to
recognize a picture again goes the same way, but for the first step.

A result is stored on condition that what is known of the picture is still what was looked at: what somebody said of a
face in between is in theirs, and holds.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import ExitStack
from datetime import datetime
from functools import partial
from weakref import WeakValueDictionary

import structlog

from onlooker_recognizer.costs.budget import ABOUT_FACES
from onlooker_recognizer.costs.holding import Holding
from onlooker_recognizer.costs.meter import charged_to
from onlooker_recognizer.deletions import Deletions
from onlooker_recognizer.errors import PictureGoneError, PictureRefusedError
from onlooker_recognizer.events import Changes, RecognizeAgain
from onlooker_recognizer.metrics import PICTURES
from onlooker_recognizer.originals import Originals
from onlooker_recognizer.people.sightings.recording import Recording, tells_of_anybody
from onlooker_recognizer.recognizing import Found, Recognized, Recognizing
from onlooker_shared.errors import NotFoundError, Reject
from onlooker_shared.images import ImageRef
from onlooker_shared.outages import Outages
from onlooker_shared.publisher import Publisher
from onlooker_shared.recognition import Feature, Recognition
from onlooker_shared.results import Known, Results, StoredFailure, StoredResult
from onlooker_shared.telemetry.tracing import current_traceparent, span

log = structlog.stdlib.get_logger(__name__)


class Handler:
    """Handles what arrives in the recognizer's queue.

    Args:
        originals: where pictures are.
        recognizing: has them recognized.
        holding: remembers of which pictures something was held back.
        results: where results go.
        recording: where goes who was seen.
        deletions: takes results away.
        publisher: tells of them.
        outages: the answer to AWS not answering.
        clock: the time, UTC.
    """

    def __init__(
        self,
        *,
        originals: Originals,
        recognizing: Recognizing,
        holding: Holding,
        results: Results,
        recording: Recording,
        deletions: Deletions,
        publisher: Publisher,
        outages: Outages,
        clock: Callable[[], datetime],
    ) -> None:
        self._originals = originals
        self._recognizing = recognizing
        self._holding = holding
        self._results = results
        self._recording = recording
        self._deletions = deletions
        self._publisher = publisher
        self._outages = outages
        self._clock = clock
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def handle(self, told: Changes | RecognizeAgain) -> None:
        """Forget every picture of a message that is gone, recognize every one that came or is asked for again.

        Raises:
            Reject: one of them can never be recognized; its failure is stored and published.
            RetryLater: something is away or too busy.
        """
        if isinstance(told, RecognizeAgain):
            refused = [await self._attend(told.image, partial(self._recognize_again, told))]
            if told.turn:
                with self._outages.weathered():
                    await self._holding.done(told.image, told.turn)
        else:
            for removal in told.removals:
                with self._outages.weathered():
                    await self._deletions.delete(removal)
            refused = [await self._attend(image, partial(self._recognize_once, image)) for image in told.arrivals]
        if reasons := [reason for reason in refused if reason]:
            raise Reject(" ".join(reasons))

    async def _attend(self, image: ImageRef, work: Callable[[], Awaitable[None]]) -> str | None:
        """Do some work about a picture, and return why if the picture was refused."""
        lock = self._locks.setdefault(image.image_id, asyncio.Lock())
        async with lock:  # the same picture twice at once: the second finds the first one's result
            try:
                with self._outages.weathered(), charged_to(image.bucket):
                    await work()
            except PictureGoneError as gone:
                _note("gone", image, reason=str(gone))
            except PictureRefusedError as error:
                return f"{error.reason} ({image.bucket}/{image.key})"
        return None

    async def _recognize_once(self, image: ImageRef) -> None:
        try:
            await self._repeat(await self._results.get(image.image_id), image)
        except NotFoundError:
            await self._recognize(image, None)

    async def _recognize_again(self, request: RecognizeAgain) -> None:
        """Recognize a picture though it was before, unless that was after the request, which may come twice.

        A failure is overcome by a result, and removed; a result is not overcome by a failure.
        """
        image = request.image
        known = await self._results.look(image.image_id)
        if known is None:
            await self._recognize(image, None)
        elif _is_done(request, known.result.recognition):
            await self._repeat(known.result, image)
        elif self._holding.held_back(wanted := _lacking(request, known.result.recognition)):
            # what is known is better than what could be asked now
            if request.turn:
                await self._holding.wait_on(image, request.turn)
            else:
                await self._holding.note(image, wanted)
            await self._repeat(known.result, image)
        elif wanted and not set(wanted) & set(ABOUT_FACES):
            await self._complete(known, wanted)
        else:
            await self._recognize(known.result.image, known)
        await self._results.delete_failure(image.image_id)

    async def _repeat(self, known: StoredResult, image: ImageRef) -> None:
        """Tell again what is known; of the same bytes put again under the same key, the newer upload is remembered."""
        with span("recognizer repeat", known.traceparent):
            if image.moment > known.image.moment:
                known = await self._results.note_upload(image)
            known = await self._recording.recover(known)
            await self._confirm_stored(known.image, known=True)
            await self._publisher.publish(known.message(self._results.bucket))
            _note("repeated", image)

    async def _recognize(self, image: ImageRef, known: Known | None) -> None:
        """Recognize a picture, store what comes of it and tell; a refusal of one that is known is only raised.

        Of one that is known nothing is held back: the budget allowed all of it just now, and less would replace more.
        """
        started_at = self._clock()
        held = self._holding.held_back() if known is None else ()
        with ExitStack() as trace:
            try:
                original = await self._originals.fetch(image)
                trace.enter_context(span("recognizer recognize", original.traceparent))
                if held:  # noted before anything is paid: where that fails, nothing is to be paid again
                    await self._holding.note(image, held)
                found = await self._recognizing.find(image, original.data, started_at=started_at, held=held)
            except PictureRefusedError as refusal:
                if held:
                    await self._holding.forget(image)
                if known is None:
                    await self._fail(image, refusal)
                raise
            recognized, replaced = await self._store(found, known)
            result = recognized.result
            # Of a new picture of nobody nothing is to be recorded, nor taken back.
            if replaced or recognized.sightings or tells_of_anybody(result):
                result = await self._recording.settle(result, recognized.sightings)
            await self._confirm_stored(image, known=known is not None)
            await self._publisher.publish(result.message(self._results.bucket))
            _note(
                "recognized",
                image,
                faces=len(result.recognition.faces),
                people=sum(face.person is not None for face in result.recognition.faces),
                labels=len(result.recognition.labels),
                missing=[missing.feature for missing in result.recognition.missing],
            )

    async def _complete(self, known: Known, only: Sequence[Feature]) -> None:
        """Look for what was held back of a picture, and store it beside what is known."""
        image, completed = known.result.image, None
        with span("recognizer complete", known.result.traceparent):
            original = await self._originals.fetch(image)
            found = await self._recognizing.find(image, original.data, started_at=self._clock(), only=only)
            looked: Known | None = known
            while looked and completed is None:
                result = self._recognizing.completed(found, looked.result)
                if await self._results.replace(result, looked):
                    completed = result
                else:
                    looked = await self._results.look(image.image_id)
            await self._confirm_stored(image, known=True)
            if completed:
                await self._publisher.publish(completed.message(self._results.bucket))
                _note("completed", image, features=list(only))

    async def _store(self, found: Found, known: Known | None) -> tuple[Recognized, bool]:
        """Store what comes of a picture, with what somebody said of it until now; whether it replaced something."""
        while True:
            recognized = await self._recognizing.result(found, known.result if known else None)
            if await self._results.replace(recognized.result, known):
                return recognized, known is not None
            known = await self._results.look(found.image.image_id)

    async def _fail(self, image: ImageRef, refusal: PictureRefusedError) -> None:
        failure = StoredFailure(
            image=image, reason=refusal.reason, failed_at=self._clock(), traceparent=current_traceparent()
        )
        await self._results.put_failure(failure)
        await self._confirm_stored(image)
        await self._publisher.publish(failure.message())
        _note("refused", image, reason=refusal.reason)

    async def _confirm_stored(self, image: ImageRef, *, known: bool = False) -> None:
        """Return if the picture that something was just stored of is still there; else take that back, and raise.

        A result that was known before the picture was overwritten is left: it tells what was there.
        """
        try:
            await self._originals.confirm(image)
        except PictureGoneError as gone:
            if gone.deleted or not known:
                await self._deletions.take_back(image)
                raise


def _is_done(request: RecognizeAgain, known: Recognition) -> bool:
    """Whether a picture was recognized since that was asked for, or lacks nothing (any more) of what was held back."""
    if known.started_at and known.started_at >= request.time:
        return True
    return bool(request.only) and not _lacking(request, known)


def _lacking(request: RecognizeAgain, known: Recognition) -> tuple[Feature, ...]:
    """Return what was held back of a picture and is missing still; nothing where all of it is asked for again."""
    missing = {each.feature for each in known.missing}
    return tuple(feature for feature in request.only if feature in missing)


def _note(outcome: str, image: ImageRef, **more: object) -> None:
    PICTURES.labels(outcome).inc()
    log.info("picture.handled", outcome=outcome, image_id=image.image_id, bucket=image.bucket, key=image.key, **more)
