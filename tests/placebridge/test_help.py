"""No words, wrong words, and the help of each command."""

from pathlib import Path

import pytest

from tests.placebridge.commands import Commands
from tests.placebridge.test_docs import COMMANDS


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_has_help_that_fits_80_columns(placebridge: Commands, name: str) -> None:
    done = placebridge(*name.split()[1:], "--help")
    assert done.code == 0
    assert done.out.startswith(f"Usage: {name} ")
    assert "[[" not in done.out
    assert max(map(len, done.out.splitlines())) <= 80


def test_no_words_a_wrong_word_and_help(world: Path, placebridge: Commands) -> None:
    assert "Start with `placebridge init --from FOLDER`" in " ".join((placebridge().out + placebridge().err).split())
    for words, near in ((("snyc",), "sync"), (("flag",), "flags"), (("connection", "renmae"), "rename"), (("export", "link"), "links")):
        done = placebridge(*words)
        assert done.code == 2
        assert f"Did you mean '{near}'" in done.said
