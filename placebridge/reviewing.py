"""`placebridge review`: the site that people work in."""

import contextlib
import socket
import threading
from pathlib import Path
from urllib.parse import urlsplit

import structlog
from sqlalchemy.exc import DBAPIError

from connector.contract import StopConnection
from connector.http import Proxy, Secret
from connector.http.hosts import is_loopback
from connector.http.transport import context_of
from jobs.rules import Rules
from jobs.versions import newest_id
from placebridge.garbage import keep_and_serve
from placebridge.opening import Opened, opened, rules_of, setup_of
from placebridge.output import say
from placebridge.settings import Config, ConfigError
from placebridge.settings_file import PREFIX
from review.sign_in.provider import Provider
from review.sign_in.registered import SAME, Registered
from review.site import Site

log = structlog.get_logger()


def review(file: Path | None, host: str | None, port: int | None) -> None:
    """Serves the site until it is stopped. Raises ConfigError, StoreError."""
    with opened(file, write=True) as at:
        settings = at.config.settings.review
        host, port = host or settings.host, port or settings.port
        site = site_of(at, host)
        _demand_free(host, port)
        say(f"The review page is at {settings.url or f'http://{_shown(host)}:{port}'}/ ; Ctrl-C stops it.")
        if site.try_out_code:
            say(f"It is being tried out: sign in with the code {site.try_out_code}")
        _serve(site, host, port, settings.trusted_proxies)


def site_of(at: Opened, host: str) -> Site:
    """The site of a configuration. Raises ConfigError where people could reach it without signing in by a provider."""
    from review.hosts import hosts_of
    from review.sign_in.trying_out import new_code

    settings = at.config.settings.review
    provider = provider_of(at.config)
    if provider is None:
        _demand_unreachable(host, settings.url)
    split, rules = urlsplit(settings.url), RulesKept(at)
    return Site(
        at.store,
        at.config.zone,
        rules.in_force(),
        settings.name,
        split.path.rstrip("/"),
        split.scheme == "https",
        try_out_code=None if provider else new_code(),
        provider=provider,
        url=settings.url,
        hosts=hosts_of(settings.url),
        setup=setup_of(at.config),
        rules_in_force=rules.in_force,
        sends_mail=bool(at.config.settings.notices.smtp_host),
    )


class RulesKept:
    """The rules that hold, loaded again when others were saved on the page."""

    def __init__(self, at: Opened) -> None:
        self._at = at
        self._held: tuple[int, Rules] | None = None

    def in_force(self) -> Rules:
        """The rules. Raises ConfigError only where none have been loaded yet: a file that has mistakes since then changes nothing."""
        newest = newest_id(self._at.store)
        if self._held is None or self._held[0] != newest:
            try:
                self._held = newest, rules_of(self._at.config, self._at.store)
            except ConfigError as fault:
                if self._held is None:
                    raise
                log.error("rules have mistakes; the old ones stay in force", mistakes=fault.mistakes)
                self._held = newest, self._held[1]
        return self._held[1]


def provider_of(config: Config) -> Provider | None:
    """The sign-in provider that the settings name; None where they name none. Raises ConfigError."""
    told = config.settings.review
    if not told.oidc_issuer:
        return None
    secret, proxy = told.oidc_client_secret.get_secret_value(), told.oidc_proxy.get_secret_value()
    bundle = config.path(told.oidc_ca_bundle)
    try:
        context_of(bundle)  # looked at now, and not when the first person signs in
        registered = Registered(
            told.oidc_issuer,
            told.oidc_client_id,
            Secret(secret, "client secret") if secret else None,
            told.oidc_scopes,
            told.oidc_user_claim,
            told.oidc_roles_claim,
            told.rights or SAME,
            Proxy.of(proxy, told.oidc_no_proxy) if proxy else None,
            bundle,
        )
    except StopConnection as fault:
        raise ConfigError([f"{PREFIX}REVIEW__OIDC_…: {fault}"]) from None
    return Provider(registered)


def _demand_unreachable(host: str, url: str) -> None:
    """Raises ConfigError where others could reach a site that is only tried out."""
    do = f"set {PREFIX}REVIEW__OIDC_ISSUER (docs/sign-in.md), or"
    if not is_loopback(host):
        raise ConfigError(
            [f"{PREFIX}REVIEW__HOST is {host}, which others can reach, but no sign-in is configured; {do} listen on 127.0.0.1 to try it out"]
        )
    if url and not is_loopback(urlsplit(url).hostname or ""):
        raise ConfigError(
            [f"{PREFIX}REVIEW__URL is {url}, where others can reach the site, but no sign-in is configured; {do} leave it out to try it out"]
        )


def _serve(site: Site, host: str, port: int, trusted: str) -> None:
    import uvicorn

    from review.app import make_app

    app = make_app(site)
    threading.Thread(target=_read_list, args=(site,), name="list", daemon=True).start()
    keep_and_serve()
    uvicorn.run(
        app,
        host=host,
        port=port,
        log_level="warning",
        access_log=False,
        server_header=False,
        forwarded_allow_ips=trusted,
        timeout_graceful_shutdown=5,
    )


def _read_list(site: Site) -> None:
    """Has the list in memory before somebody asks for it."""
    from jobs.work.listing import Wanted, find

    with contextlib.suppress(DBAPIError):  # the database is away; whoever asks is told
        find(site.store, Wanted(), "", site.today(), site.zone)


def _shown(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _demand_free(host: str, port: int) -> None:
    """Raises ConfigError where another program listens there already."""
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.socket(family) as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            tried.bind((host, port))
    except OSError as fault:
        raise ConfigError(
            [f"cannot listen on {_shown(host)}:{port} ({(fault.strerror or 'refused').lower()}); choose another with --port"]
        ) from None
