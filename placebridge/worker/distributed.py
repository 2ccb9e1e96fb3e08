"""The engine for many machines: Procrastinate hands each run that is due to one worker that is free, whichever machine it is on.

Every worker looks what is due in its turn. The queue's lock keeps two runs of a connection apart as long as all is well; the lease does so
whatever happens. A job that a dead worker left holds the queue's lock: a task without a lock takes it away.
"""

import asyncio
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any, TypeVar

import procrastinate
import structlog
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.jobs import Status

from jobs.schedules import due as due_runs
from jobs.schedules.due import Due
from placebridge.faults import message_of
from placebridge.worker.at_work import AtWork
from placebridge.worker.child import GRACE
from placebridge.worker.queue import app_on, bring_up
from store.lease import SCHEDULER, held_by_others, hold
from store.lock import Locked

log = structlog.get_logger("placebridge.worker")

T = TypeVar("T")
BEAT, RUNS = "beat", "runs"
"""Queues: what keeps time has places of its own, so that runs cannot take them all."""
DOUBT = 300.0
"""Seconds after which a job under way whose lease is free is taken for one that ended."""


class DistributedEngine:
    """One of any number of workers."""

    def __init__(self, work: AtWork) -> None:
        self._work = work
        self._threads = ThreadPoolExecutor(work.settings.side_by_side + 4, "run")
        self._stopping = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), name="queue", daemon=True)
        self._doubtful: dict[int, float] = {}
        """Jobs under way whose lease was free at the last look, and since when."""
        self._app = app_on(work.store)
        self._run_job = self._tasks(self._app)

    def start(self) -> None:
        """Begins to take part."""
        bring_up(self._work.store)
        self._work.acts = True
        self._thread.start()

    def stop(self) -> None:
        """Takes no more work, and waits for what runs. The caller has told the supervisor."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join(GRACE + 2)

    async def _serve(self) -> None:
        """Takes part until it is stopped; whatever the database does meanwhile, it goes on when that is well again."""
        self._loop = asyncio.get_running_loop()
        pause = self._work.settings.beat_seconds
        beat = asyncio.create_task(self._beats(pause))
        while not self._stopping.is_set():
            try:
                await self._take_part()
            except Exception as fault:  # of whatever kind the queue's libraries have; the beat says the database's own
                log.warning("queue cannot be reached; trying again", fault=type(fault).__name__)
                await _wait(self._stopping, min(pause, 5))
        beat.cancel()

    async def _beats(self, seconds: float) -> None:
        while True:
            await self._apart(self._beat)
            await _wait(self._stopping, seconds)

    def _beat(self) -> None:
        with self._work.beating():
            self._work.refresh()

    async def _take_part(self) -> None:
        common: dict[str, Any] = {
            "update_heartbeat_interval": self._work.settings.lease_seconds / 3, "stalled_worker_timeout": self._work.settings.lease_seconds,
            "install_signal_handlers": False, "delete_jobs": "always", "shutdown_graceful_timeout": GRACE + 1,
            "fetch_job_polling_interval": min(5.0, self._work.settings.beat_seconds),
        }  # fmt: skip
        async with self._app.open_async():
            parts = [
                asyncio.create_task(
                    self._app.run_worker_async(queues=[queue], concurrency=places, name=f"{self._work.id}-{queue}", **common)
                )
                for queue, places in ((BEAT, 2), (RUNS, self._work.settings.side_by_side))
            ]
            stop = asyncio.create_task(self._stopping.wait())
            await asyncio.wait([*parts, stop], return_when=asyncio.FIRST_COMPLETED)
            for task in (*parts, stop):
                task.cancel()
            came = await asyncio.gather(*parts, return_exceptions=True)
        for fault in came:
            if isinstance(fault, Exception):
                raise fault

    def _tasks(self, app: procrastinate.App) -> Any:
        cron = _cron(self._work.settings.beat_seconds)

        @app.periodic(cron=cron)
        @app.task(name="tick", queue=BEAT, queueing_lock="tick")
        async def tick(timestamp: int) -> None:
            for due in await self._apart(self._tick):
                await self._hand_out(due)

        @app.periodic(cron=cron)
        @app.task(name="rescue", queue=BEAT, queueing_lock="rescue")
        async def rescue(timestamp: int) -> None:
            await self._free_abandoned()

        @app.task(name="run", queue=RUNS)
        async def run(due_id: int) -> None:
            due = await self._apart(lambda: due_runs.find(self._work.store, due_id))
            if due is None or self._work.stopping:
                return
            await self._apart(lambda: self._carry_out(due))
            for then in await self._apart(self._ready):
                await self._hand_out(then)

        return run

    def _tick(self) -> list[Due]:
        """Looks what is due, unless another worker is looking just now, or a command wants rest."""
        try:
            with hold(self._work.store, [SCHEDULER], self._work.settings.lease_seconds):
                self._work.tick()
        except Locked:
            return []
        return self._ready()

    def _ready(self) -> list[Due]:
        return [] if self._work.stopping else due_runs.ready(self._work.store, datetime.now(UTC))

    async def _hand_out(self, due: Due) -> None:
        try:
            await self._run_job.configure(lock=due.connection, queueing_lock=due.connection).defer_async(due_id=due.id)
        except AlreadyEnqueued:
            return

    def _carry_out(self, due: Due) -> None:
        try:
            self._work.run(due)
        except Locked:
            return  # a command is at work on it; the next tick hands it out again
        except Exception as fault:
            log.exception("run could not be carried out", connection=due.connection, due=due.id, message=message_of(fault))

    async def _free_abandoned(self) -> None:
        """Takes jobs away whose worker gives no sign of life, and those that say for long that they are under way while nobody holds
        their lease, as where the queue was away when they ended. The tick hands their runs out again."""
        manager = self._app.job_manager
        stalled = await manager.get_stalled_jobs(seconds_since_heartbeat=self._work.settings.lease_seconds)
        doing = [job for job in await manager.list_jobs_async(queue=RUNS) if job.status == Status.DOING.value]
        alive = set(await self._apart(lambda: held_by_others(self._work.store))) if doing else set()
        now = time.monotonic()
        self._doubtful = {job.id: self._doubtful.get(job.id, now) for job in doing if job.id is not None and job.lock not in alive}
        forgotten = {number for number, since in self._doubtful.items() if now - since > DOUBT}
        for number in forgotten | {job.id for job in stalled if job.id is not None}:
            log.warning("job left by a dead worker is taken away", job=number)
            await manager.finish_job_by_id_async(job_id=number, status=Status.FAILED, delete_job=True)

    async def _apart(self, work: Callable[[], T]) -> T:
        """Does what waits for the database or for a run in a thread, so that the queue's own heartbeat goes on."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)


def _cron(seconds: float) -> str:
    """Procrastinate's cron words, whose sixth are seconds."""
    every = max(1, min(int(seconds), 60))
    return f"* * * * * {'0' if every == 60 else f'*/{every}'}"


async def _wait(event: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(event.wait(), seconds)
    except TimeoutError:
        return
