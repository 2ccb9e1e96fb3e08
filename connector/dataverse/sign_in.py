"""Signing in as an app registration, and what Microsoft's refusals mean for whoever looks after it."""

import re
from dataclasses import dataclass

from connector.http import Answer, Clock, OAuth, Secret, client_credentials

REFUSALS = {
    7000222: "the app registration's secret has expired; make another in Microsoft Entra and write it into CLIENT_SECRET",
    7000215: "the secret is wrong; write the secret's value, not its id, into CLIENT_SECRET, or make another in Microsoft Entra",
    700016: "the app is not known in this tenant; compare CLIENT_ID and TENANT with the app registration in Microsoft Entra",
    90002: "the tenant is not known; write the directory (tenant) id of the app registration into TENANT",
    900023: "the tenant is not known; write the directory (tenant) id of the app registration into TENANT",
    7000112: "the app is disabled; let an administrator enable it in Microsoft Entra, under enterprise applications",
    7000229: "the app has no service principal in this tenant; let an administrator consent to it in Microsoft Entra",
    500011: "the organisation is not known in this tenant; compare URL and TENANT with the Power Platform admin center",
    53003: "a conditional access policy blocks the app; let an administrator except it, or allow this machine's address",
}
"""https://learn.microsoft.com/entra/identity-platform/reference-error-codes"""


@dataclass(frozen=True)
class SignIn:
    """An app's own credentials (https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow)."""

    token_url: str
    client_id: str
    secret: Secret
    scope: str

    def begin(self, clock: Clock) -> OAuth:
        """A sign-in for one door, whose clock this is."""
        return client_credentials(self.token_url, self.client_id, self.secret, scope=self.scope, explain=explain, clock=clock)


def explain(answer: Answer) -> str | None:
    """An admin's words for a refusal, by its AADSTS code alone; None for a code that is not known."""
    code = next((code for code in _codes(answer.data) if code in REFUSALS), None)
    return None if code is None else f"{REFUSALS[code]} (AADSTS{code})"


def _codes(data: object) -> list[int]:
    """The codes stand in a list, and in the description for people; some proxies pass on only that."""
    if not isinstance(data, dict):
        return []
    listed = data.get("error_codes")
    found = [code for code in listed if type(code) is int] if isinstance(listed, list) else []
    described = data.get("error_description")
    if isinstance(described, str):
        found += [int(code) for code in re.findall(r"\bAADSTS(\d{1,9})\b", described)]
    return found
