"""The settings of the background service: PLACEBRIDGE_WORKER__ and a name."""

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field


def _minutes(given: object) -> object:
    return given.replace(",", " ").split() if isinstance(given, str) else given


Pauses = Annotated[tuple[Annotated[float, Field(gt=0)], ...], BeforeValidator(_minutes)]


class WorkerSettings(BaseModel):
    """How the worker keeps time. Every value has a default that seldom changes."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    engine: Literal["local", "procrastinate"] = Field(default="local", description="local or procrastinate")
    """local: this machine alone. procrastinate: any number of machines on one PostgreSQL."""
    side_by_side: int = Field(default=4, ge=1, le=64, description="how many connections are read at once, 1 to 64")
    beat_seconds: float = Field(default=15, gt=0, le=60, description="seconds between two looks at the schedules, at most 60")
    lease_seconds: float = Field(default=60, ge=1, description="seconds, 1 or more")
    """After so long without a sign of life a run's place may be taken by another."""
    stall_minutes: float = Field(default=30, gt=0, description="minutes")
    """A run that stores nothing for so long is ended and tried again."""
    retry_minutes: Pauses = Field(default=(1, 5, 15), description="the minutes to wait before each new try, as in 1 5 15")
    """After the last of them a failed connection rests until its next time."""
    tell_after: int = Field(default=3, ge=1, description="after how many failures running ops are told, 1 or more")
    health_host: str = Field(default="127.0.0.1", description="the address to listen on, as in 127.0.0.1")
    health_port: int = Field(default=8086, ge=0, le=65535, description="a port from 1 to 65535, or 0 for none")
    """Where /healthz, /readyz and /metrics are served; 0: nowhere."""
    logs: Literal["auto", "json", "people"] = Field(default="auto", description="auto, json or people")
    """auto: for people on a terminal, JSON elsewhere."""
