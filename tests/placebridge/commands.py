"""Runs the command line in this process, as the console script does."""

import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from placebridge.cli import main

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Done:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def said(self) -> str:
        """Both streams, with line breaks as spaces, as a message may be wrapped anywhere."""
        return " ".join((self.out + self.err).split())


class Commands:
    """`placebridge WORDS...` in a folder."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self._monkeypatch, self._capsys = folder, monkeypatch, capsys

    def __call__(self, *words: str) -> Done:
        self._monkeypatch.chdir(self.folder)
        self._monkeypatch.setattr(sys, "argv", ["placebridge", *words])
        code: object = 0
        try:
            main()
        except SystemExit as end:
            code = end.code
        captured = self._capsys.readouterr()
        return Done(int(code) if isinstance(code, int) else 0, captured.out, captured.err)
