"""`placebridge review` and its settings: who may reach what, and each mistake in words that say what to write."""

from pathlib import Path

import pytest

from placebridge.opening import opened
from placebridge.reviewing import site_of
from placebridge.settings import ConfigError, load
from review.roles import Role
from tests.placebridge.commands import Commands
from tests.review.crooked import crooked_provider

KEY = "PLACEBRIDGE_REVIEW__"
OIDC = f"{KEY}OIDC_ISSUER=https://login.council.example\n{KEY}OIDC_CLIENT_ID=placebridge\n{KEY}URL=https://crm.council.example/business\n"


def write(world: Path, lines: str) -> Path:
    file = world / "config.env"
    file.write_text(f"{file.read_text()}{lines}\n")
    return file


MISTAKES = {
    "no address": (f"{KEY}URL=crm.council.example", f"{KEY}URL is no address; write it as in https://placebridge.council.example"),
    "no address to come back to": (OIDC.replace("URL=", "NAME="), f"{KEY}URL is missing; with OIDC_ISSUER write the address"),
    "a plain address": (OIDC.replace("URL=https", "URL=http"), f"{KEY}URL is plain http, where anybody can listen"),
    "a plain provider": (OIDC.replace("ISSUER=https", "ISSUER=http"), f"{KEY}OIDC_ISSUER cannot be used; write an address that begins with https://"),
    "a provider that is none": (OIDC.replace("https://login.council.example", "Entra"), f"{KEY}OIDC_ISSUER cannot be used"),
    "no client": (OIDC.replace("OIDC_CLIENT_ID=placebridge", "PORT=8085"), f"{KEY}OIDC_CLIENT_ID is missing; with OIDC_ISSUER write the id"),
    "no openid": (f"{KEY}OIDC_SCOPES=profile", f"{KEY}OIDC_SCOPES lacks openid"),
    "no pair": (f"{KEY}OIDC_ROLES=officer", f"{KEY}OIDC_ROLES has a pair that cannot be read; write PROVIDER'S WORD=ROLE"),
    "no role of ours": (f"{KEY}OIDC_ROLES=Placebridge.Boss=boss", "where the role is one of viewer, officer, admin, auditor"),
    "no proxy": (f"{KEY}OIDC_PROXY=ftp://s3cret@x", f"{KEY}OIDC_PROXY cannot be used; write one like"),
}  # fmt: skip


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_told_with_what_to_write(world: Path, placebridge: Commands, name: str) -> None:
    lines, words = MISTAKES[name]
    write(world, lines)
    done = placebridge("review")
    assert done.code == 2
    assert words in done.said
    assert "s3cret" not in done.said


REACHABLE = {
    "all addresses": (f"{KEY}HOST=0.0.0.0", "which others can reach, but no sign-in is configured"),
    "another machine's": (f"{KEY}HOST=10.1.2.3", f"set {KEY}OIDC_ISSUER"),
    "through a proxy": (f"{KEY}URL=https://crm.council.example", "where others can reach the site, but no sign-in is configured"),
}


@pytest.mark.parametrize("name", REACHABLE)
def test_it_is_tried_out_on_this_machine_alone(world: Path, placebridge: Commands, name: str) -> None:
    lines, words = REACHABLE[name]
    write(world, lines)
    done = placebridge("review")
    assert (done.code, words in done.said) == (2, True)


def test_a_site_with_a_provider_has_no_code_and_answers_under_its_name(world: Path) -> None:
    with opened(write(world, f"{OIDC}{KEY}HOST=0.0.0.0"), write=True) as at:
        site = site_of(at, "0.0.0.0")
    assert site.try_out_code is None
    assert site.provider is not None
    assert site.hosts == {"crm.council.example", "localhost", "127.0.0.1", "::1"}
    assert (site.prefix, site.secure) == ("/business", True)
    assert site.whole("/sign-in/back") == "https://crm.council.example/business/sign-in/back"


def test_a_site_that_is_tried_out_answers_under_this_machines_names_only(world: Path) -> None:
    with opened(write(world, ""), write=True) as at:
        site = site_of(at, "127.0.0.1")
    assert site.provider is None
    assert site.try_out_code
    assert site.hosts == {"localhost", "127.0.0.1", "::1"}


RIGHTS = {
    "": None,
    "Placebridge.Officer=officer, Placebridge.Admin=admin": {"Placebridge.Officer": {Role.OFFICER}, "Placebridge.Admin": {Role.ADMIN}},
    "A=officer,A=auditor": {"A": {Role.OFFICER, Role.AUDITOR}},
    "cn=economy,ou=groups=officer; cn=it,ou=groups=admin": {"cn=economy,ou=groups": {Role.OFFICER}, "cn=it,ou=groups": {Role.ADMIN}},
}


@pytest.mark.parametrize("pairs", RIGHTS)
def test_the_providers_words_are_read(world: Path, pairs: str) -> None:
    settings = load(write(world, f'{KEY}OIDC_ROLES="{pairs}"'), {}).settings.review
    assert settings.rights == RIGHTS[pairs]


def test_a_bundle_that_is_not_there_is_told_before_the_first_person_signs_in(world: Path) -> None:
    with opened(write(world, f"{OIDC}{KEY}OIDC_CA_BUNDLE=none.pem"), write=True) as at, pytest.raises(ConfigError, match="does not exist"):
        site_of(at, "127.0.0.1")


def test_check_says_whether_the_provider_answers(world: Path, placebridge: Commands) -> None:
    with crooked_provider() as provider:
        write(world, OIDC.replace("https://login.council.example", provider.issuer))
        done = placebridge("check", "--format", "csv")
        assert "https://crm.council.example/business/sign-in/back" in done.said
        assert done.code == 0
        provider.document["issuer"] = "https://another.example"
        done = placebridge("check", "--format", "csv")
        assert done.code == 1
        assert "the provider calls itself https://another.example; write just that into OIDC_ISSUER" in done.said
    done = placebridge("check", "--format", "csv")
    assert (done.code, "sign-in,no" in done.said) == (1, True)
