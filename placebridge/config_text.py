"""The text of a first config.env: every setting with what it means."""

from collections.abc import Iterable
from dataclasses import dataclass

_HEAD = """\
# Settings of Placebridge, written by `placebridge init`. Relative paths are relative to this file.

# Where everything is remembered: SQLite, or postgresql://user:password@host/name
PLACEBRIDGE_DATABASE_URL=sqlite:///placebridge.db
# The zone of days, and of times without a zone.
PLACEBRIDGE_TIMEZONE=Europe/London

# Your own rules over those that ship; leave out what you do not change.
#PLACEBRIDGE_POLICY=my-rules/policy.yaml
#PLACEBRIDGE_THEMES=my-rules/themes.yaml
#PLACEBRIDGE_PLACES=my-rules/places.yaml
#PLACEBRIDGE_TITLES=my-rules/titles.yaml
#PLACEBRIDGE_SECTORS=my-rules/sectors.yaml

# The background service, `placebridge worker`: config.example.env names what can be set.
#PLACEBRIDGE_WORKER__ENGINE=local

# Whom it tells when something is wrong, and how: docs/notices.md.
#PLACEBRIDGE_NOTICES__SMTP_HOST=mail.council.example
#PLACEBRIDGE_NOTICES__SMTP_FROM=placebridge@council.example
#PLACEBRIDGE_NOTICES__SMTP_TO=ops@council.example

# The page that officers work in, `placebridge review`, and by whom they sign in: docs/sign-in.md. Without a provider it can be tried out.
#PLACEBRIDGE_REVIEW__URL=https://placebridge.council.example
#PLACEBRIDGE_REVIEW__OIDC_ISSUER=https://login.council.example
#PLACEBRIDGE_REVIEW__OIDC_CLIENT_ID=placebridge
#PLACEBRIDGE_REVIEW__OIDC_CLIENT_SECRET=
"""
_TO_FILL_IN = """
# One group of lines for each CRM; COUNCIL is its name and yours to choose. Take the # away and fill them in.
#PLACEBRIDGE_CONNECTIONS__COUNCIL__KIND=files
# council, business (a chamber's, a business network's) or register
#PLACEBRIDGE_CONNECTIONS__COUNCIL__SIDE=council
# The folder of the exports.
#PLACEBRIDGE_CONNECTIONS__COUNCIL__PATH=exports/council
# The field map; `placebridge init --from FOLDER` guesses one.
#PLACEBRIDGE_CONNECTIONS__COUNCIL__MAPPING=council.yaml
"""


@dataclass(frozen=True)
class Connected:
    """A connection as config.env names it."""

    name: str
    side: str
    side_assumed: bool
    path: str
    mapping: str


def config_text(connections: Iterable[Connected]) -> str:
    """config.env with these connections; without any, with lines to fill in."""
    groups = "".join(_group(connection) for connection in connections)
    return _HEAD + (groups or _TO_FILL_IN)


def _group(connection: Connected) -> str:
    key = f"PLACEBRIDGE_CONNECTIONS__{connection.name.upper()}__"
    side = "council, business (a chamber's, a business network's) or register" + ("; council is assumed" if connection.side_assumed else "")
    return (
        f"\n{key}KIND=files\n# {side}\n{key}SIDE={connection.side}\n"
        f"{key}PATH={_quoted(connection.path)}\n{key}MAPPING={_quoted(connection.mapping)}\n"
        f"# Five cron words: when the background service reads it.\n#{key}SCHEDULE=0 6 * * mon-fri\n"
    )


def _quoted(value: str) -> str:
    """As dotenv reads it: in quotes where there are spaces, quotes or a #."""
    if all(letter.isalnum() or letter in "/\\.:_-~" for letter in value):
        return value
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
