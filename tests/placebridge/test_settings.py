"""Settings as admins write them: what is read, and each mistake in words that say what to write instead."""

import os
from pathlib import Path

import pytest

from placebridge.settings import load
from tests.placebridge.commands import Commands

KEY = "PLACEBRIDGE_CONNECTIONS__COUNCIL__"
GOOD = f"{KEY}KIND=files\n{KEY}SIDE=council\n{KEY}PATH=exports\n{KEY}MAPPING=council.yaml\n"

READ = {
    "as it is": GOOD,
    "CRLF": GOOD.replace("\n", "\r\n"),
    "a byte order mark": "\ufeff" + GOOD,
    "quotes": GOOD.replace("=files", "='files'").replace("=exports", '="exports"'),
    "export before the name": "".join(f"export {line}\n" for line in GOOD.splitlines()),
    "spaces around": "".join(f"  {line.replace('=', ' = ')}  \n" for line in GOOD.splitlines()),
    "remarks and empty lines": f"# mine\n\n{GOOD}\n  # the end\n".replace("=council\n", "=council # ours\n"),
    "small letters": GOOD.lower(),
    "no line break at the end": GOOD.rstrip(),
    "empty values": f"{GOOD}PLACEBRIDGE_TIMEZONE=\nPLACEBRIDGE_POLICY=\n",
}


@pytest.mark.parametrize("name", READ)
def test_it_is_read(world: Path, placebridge: Commands, name: str) -> None:
    (world / "config.env").write_bytes(READ[name].encode())
    done = placebridge("sync")
    assert (done.code, done.err) == (0, "")
    assert "council: 13 rows read, 13 added" in done.said


MISTAKES: dict[str, tuple[str, str]] = {
    "no setting": ("PLACEBRIDGE_TIMEZON=Europe/London", "PLACEBRIDGE_TIMEZON is no setting; did you mean TIMEZONE?"),
    "another program's": ("PATH=/usr/bin", "config.env, line 5: PATH is no setting of Placebridge; every one starts with PLACEBRIDGE_"),
    "twice": (f"{KEY}SIDE=business", f"config.env, line 5: {KEY}SIDE stands on line 2 already; take one of them out"),
    "twice in another case": (f"{KEY}side=business", f"config.env, line 5: {KEY}SIDE stands on line 2 already; take one of them out"),
    "no value": ("PLACEBRIDGE_TIMEZONE", "PLACEBRIDGE_TIMEZONE has no value; write PLACEBRIDGE_TIMEZONE=value"),
    "no setting at all": ("the town hall's CRM", "config.env, line 5: it cannot be read; write NAME=value"),
    "a quote left open": ("\nPLACEBRIDGE_TIMEZONE='Europe/London", "config.env, line 6: it cannot be read; write NAME=value, with both quotes"),
    "no zone": ("PLACEBRIDGE_TIMEZONE=London", "PLACEBRIDGE_TIMEZONE is no time zone; write one as in Europe/London"),
    "another database": ("PLACEBRIDGE_DATABASE_URL=mysql://u:s3cret@h/d", "PLACEBRIDGE_DATABASE_URL is no database; write sqlite:///placebridge.db or"),
    "no port": ("PLACEBRIDGE_DATABASE_URL=postgresql://u:s3cret@h:x/d", "PLACEBRIDGE_DATABASE_URL is no database"),
    "a bare @": ("PLACEBRIDGE_DATABASE_URL=postgresql://u:a@s3cret@h/d", "PLACEBRIDGE_DATABASE_URL has an @ in its password; write it as %40"),
    "no file": ("PLACEBRIDGE_DATABASE_URL=sqlite://", "names no file, so nothing would be kept; write sqlite:///placebridge.db"),
    "no place for rules": ("PLACEBRIDGE_POLICY=own.yaml", "PLACEBRIDGE_POLICY: there is no file"),
    "a name of two parts": (
        "PLACEBRIDGE_CONNECTIONS__A__B__KIND=files",
        "a connection's name is letters, digits and single underscores; write PLACEBRIDGE_CONNECTIONS__A_B__KIND",
    ),
    "a name with a hyphen": ("PLACEBRIDGE_CONNECTIONS__NORTH-EAST__KIND=files", "write PLACEBRIDGE_CONNECTIONS__NORTH_EAST__KIND"),
    "no name": ("PLACEBRIDGE_CONNECTIONS____KIND=files", "write PLACEBRIDGE_CONNECTIONS__COUNCIL__KIND"),
    "no group": ("PLACEBRIDGE_CONNECTIONS__BOROUGH=files", "is not a group of settings; write PLACEBRIDGE_CONNECTIONS__NAME__KIND=files, and so on"),
    "half a connection": ("PLACEBRIDGE_CONNECTIONS__BOROUGH__KIND=files", "PLACEBRIDGE_CONNECTIONS__BOROUGH__SIDE is missing; write council, business or register"),
    "no kind": (f"PLACEBRIDGE_CONNECTIONS__B__KIND=ftp\n{GOOD}".replace("COUNCIL", "B"), "PLACEBRIDGE_CONNECTIONS__B__KIND is none of files, "),
    "no schedule": (f"{KEY}SCHEDULE=daily", "is no schedule; write five cron words, as in 0 6 * * mon-fri"),
}  # fmt: skip


@pytest.mark.parametrize("name", MISTAKES)
@pytest.mark.parametrize("command", ["check", "sync", "flags"])
def test_a_mistake_is_told_with_what_to_write(world: Path, placebridge: Commands, name: str, command: str) -> None:
    line, words = MISTAKES[name]
    (world / "config.env").write_text(f"{GOOD}{line}\n")
    done = placebridge(command)
    assert done.code == 2
    assert words in done.said
    assert "s3cret" not in done.said
    assert "Traceback" not in done.said
    assert not (world / "placebridge.db").exists()


def test_mistakes_of_lines_and_of_values_are_told_at_once(world: Path, placebridge: Commands) -> None:
    (world / "config.env").write_text(
        f"{GOOD}nonsense here\nPLACEBRIDGE_TIMEZONE=Mars\nPLACEBRIDGE_CONNECTIONS__A__B__KIND=files\nPLACEBRIDGE_X=1\n{KEY}MAPPING=b.yaml\n"
    )
    said = placebridge("sync").said
    for words in (
        "line 5: it cannot be read",
        "TIMEZONE is no time zone",
        "A_B__KIND",
        "PLACEBRIDGE_X is no setting",
        "stands on line 4 already",
    ):
        assert words in said


def test_the_environment_is_over_the_file(world: Path, placebridge: Commands, monkeypatch: pytest.MonkeyPatch) -> None:
    (world / "config.env").write_text(f"{GOOD}PLACEBRIDGE_DATABASE_URL=sqlite:///file.db\n")
    monkeypatch.setenv("PLACEBRIDGE_DATABASE_URL", "sqlite:///environment.db")
    monkeypatch.setenv("PLACEBRIDGE_TIMEZONE", "")
    assert placebridge("sync").code == 0
    assert (world / "environment.db").exists()
    assert not (world / "file.db").exists()
    monkeypatch.setenv("PLACEBRIDGE_TYPO", "1")
    done = placebridge("sync")
    assert (done.code, "PLACEBRIDGE_TYPO is no setting" in done.said) == (2, True)
    assert "twice in the environment" in _said({"PLACEBRIDGE_TIMEZONE": "Europe/London", "PLACEBRIDGE_Timezone": "UTC"}, world)


def _said(environment: dict[str, str], world: Path) -> str:
    with pytest.raises(Exception, match="PLACEBRIDGE_") as fault:
        load(world / "config.env", environment)
    return str(fault.value)


def test_relative_paths_are_relative_to_the_file(world: Path, placebridge: Commands) -> None:
    elsewhere = world / "else where"
    elsewhere.mkdir()
    placebridge.folder = elsewhere
    assert placebridge("sync", "--config", "../config.env").code == 0
    assert (world / "placebridge.db").exists()
    assert os.listdir(elsewhere) == []
    assert placebridge("flags", "--config", str(world / "config.env"), "--out", "list.csv").code == 0
    assert os.listdir(elsewhere) == ["list.csv"]


@pytest.mark.parametrize("url", ["postgresql://u:s3cret@127.0.0.1:1/d", "postgresql://127.0.0.1:1/d?user=u&password=s3cret"])
@pytest.mark.parametrize("words", [("check",), ("sync",), ("sync", "--dry-run"), ("flags",), ("connection", "remove", "council")])
def test_a_server_that_does_not_answer_is_told_without_the_password(
    world: Path, placebridge: Commands, url: str, words: tuple[str, ...]
) -> None:
    (world / "config.env").write_text(f"{GOOD}PLACEBRIDGE_DATABASE_URL={url}\n")
    done = placebridge(*words)
    assert done.code == 1
    assert "the database cannot be opened" in done.said
    assert "start the server" in done.said
    assert "s3cret" not in done.said
    assert "Traceback" not in done.said


def test_check_shows_no_password(world: Path, placebridge: Commands, server: str) -> None:
    for url in (f"{server}/postgres?password=s3cret", f"{server}/postgres".replace("test@", "test:s3cret@")):
        (world / "config.env").write_text(f"{GOOD}PLACEBRIDGE_DATABASE_URL={url}\n")
        done = placebridge("check")
        assert done.code == 0
        assert "s3cret" not in done.said


@pytest.mark.parametrize("variable", ["PLACEBRIDGE_SECRETS_DIR", "CREDENTIALS_DIRECTORY"])
def test_a_folder_of_secrets_is_over_the_file_and_under_the_environment(world: Path, tmp_path: Path, variable: str) -> None:
    folder = tmp_path / "secrets"
    folder.mkdir()
    (folder / "PLACEBRIDGE_DATABASE_URL").write_text("postgresql://u:s3cret@h/d\n")
    (folder / "placebridge_timezone").write_text("Europe/Paris\r\n")
    (folder / "another_program").write_bytes(b"\xff\xfe\x00")
    read = load(world / "config.env", {variable: str(folder), "PLACEBRIDGE_TIMEZONE": "Europe/Rome"}).settings
    assert (read.database_url, read.timezone) == ("postgresql://u:s3cret@h/d", "Europe/Rome")
    assert load(world / "config.env", {variable: str(folder)}).settings.timezone == "Europe/Paris"


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("PLACEBRIDGE_DATABSE_URL", b"s3cret", "PLACEBRIDGE_DATABSE_URL is no setting; did you mean DATABASE_URL?"),
        ("PLACEBRIDGE_DATABASE_URL", b"mysql://u:s3cret@h/d", "PLACEBRIDGE_DATABASE_URL is no database"),
        ("PLACEBRIDGE_DATABASE_URL", b"\xff\xfes3cret", "cannot be read as text; save it as UTF-8"),
    ],
)
def test_mistakes_in_a_folder_of_secrets_are_said_without_them(world: Path, tmp_path: Path, name: str, content: bytes, said: str) -> None:
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / name).write_bytes(content)
    told = _said({"PLACEBRIDGE_SECRETS_DIR": str(tmp_path / "secrets")}, world)
    assert said in told
    assert "s3cret" not in told


def test_a_folder_of_secrets_that_is_not_there_is_a_mistake(world: Path) -> None:
    assert "PLACEBRIDGE_SECRETS_DIR names /nowhere, which is no folder" in _said({"PLACEBRIDGE_SECRETS_DIR": "/nowhere"}, world)
