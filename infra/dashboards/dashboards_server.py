"""The one request that this makes of OpenSearch Dashboards, and what its answers mean.

https://docs.opensearch.org/latest/dashboards/management/saved-objects-api/
"""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import httpx

TIMEOUT = httpx.Timeout(60.0, connect=10.0)
UNDONE = frozenset({"conflict", "ambiguous_conflict", "missing_references"})
"""Errors of one object for which Dashboards imports none."""
LONGEST = 300
"""Characters of somebody else's message."""


class ImportFailedError(Exception):
    """Nothing, or not everything, was imported; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did.

    Args:
        made: objects that were not there before.
        replaced: objects that were.
    """

    made: int
    replaced: int


class DashboardsServer:
    """An OpenSearch Dashboards.

    Args:
        client: with the certificates to trust and, where there is a sign-in, basic authentication.
        url: where its pages are, with the path that it may have.
        tenant: of the Security plugin, whose members see what is imported: `global`, `private` or a name.
    """

    def __init__(self, client: httpx.Client, url: str, *, tenant: str) -> None:
        self._client = client
        self._url = url.rstrip("/")
        self._tenant = tenant

    def page(self, dashboard_id: str) -> str:
        """Return the address of a dashboard."""
        return f"{self._url}/app/dashboards#/view/{dashboard_id}"

    def load(self, ndjson: str) -> Imported:
        """Import objects; those that are there already are replaced, so that doing it again changes nothing.

        Raises:
            ImportFailedError: it did not work.
        """
        try:
            answer = self._client.post(
                f"{self._url}/api/saved_objects/_import",
                params={"overwrite": "true"},
                headers=httpx.Headers({"osd-xsrf": "true", "securitytenant": self._tenant}, encoding="utf-8"),
                files={"file": ("onlooker.ndjson", ndjson.encode(), "application/ndjson")},
                timeout=TIMEOUT,
            )
        except httpx.HTTPError as error:
            raise ImportFailedError(self._unreachable(error)) from error
        body = _json(answer)
        if answer.status_code != HTTPStatus.OK or "successCount" not in body:
            raise ImportFailedError(self._refused(answer, body))
        if not body["success"]:
            raise ImportFailedError(_faults(body))
        done = body.get("successResults", [])
        replaced = sum(bool(each.get("overwrite")) for each in done)
        return Imported(made=body["successCount"] - replaced, replaced=replaced)

    def _unreachable(self, error: httpx.HTTPError) -> str:
        if isinstance(error, httpx.TimeoutException):
            return f"{self._url} does not answer in time. Try again when it has less to do."
        if _is_certificate(error):
            return (
                f"{self._url} has a certificate that this machine does not trust ({error}). "
                "Give the one to trust with --ca FILE."
            )
        return f"{self._url} cannot be reached ({error}). Is OpenSearch Dashboards running there?"

    def _refused(self, answer: httpx.Response, body: Mapping[str, Any]) -> str:
        said = _said(body) or f"status {answer.status_code}"
        match answer.status_code:
            case HTTPStatus.UNAUTHORIZED:
                return f"{self._url} does not let you in ({said}). Check --user and the password."
            case HTTPStatus.FORBIDDEN:
                return (
                    f"You may not import into the tenant {self._tenant!r} ({said}). Ask for a role that may write to "
                    "it, or name another one with --tenant."
                )
            case HTTPStatus.SERVICE_UNAVAILABLE:
                return (
                    f"{self._url} is not ready ({said}). Dashboards may be starting, or OpenSearch be away; try again."
                )
        if "statusCode" in body and "kbn-xsrf" not in said:
            return f"Dashboards refuses the import ({answer.status_code}): {said}."
        return f"{self._url} {_stranger(answer, body)}"


def _stranger(answer: httpx.Response, body: Mapping[str, Any]) -> str:
    """Return what answers instead of Dashboards."""
    if answer.is_redirect:
        return (
            f"leads to {_place(answer.headers.get('location', ''))}. If that is its address, give it; if it is a page "
            "to sign in at, import the file onlooker.ndjson by hand (README.md)."
        )
    if "kbn-xsrf" in _said(body):
        return "is Kibana. This needs OpenSearch Dashboards, 2.19 or 3.x."
    if "error" in body:
        return (
            "is OpenSearch itself, not its Dashboards. Those listen on port 5601 as a rule; on Amazon OpenSearch "
            "Service they are at the domain's address with /_dashboards."
        )
    return "does not answer as OpenSearch Dashboards does. Is it the right address, with the path that it may have?"


def _faults(body: Mapping[str, Any]) -> str:
    """Return what was wrong with each object, and what has become of the others."""
    errors = body.get("errors", [])
    none = any(each["error"]["type"] in UNDONE for each in errors)
    outcome = "Nothing was imported." if none else f"{body['successCount']} others were imported."
    return "\n".join([f"Dashboards cannot import all objects. {outcome}", *(f"  {_fault(each)}" for each in errors)])


def _fault(failed: Mapping[str, Any]) -> str:
    title = failed.get("meta", {}).get("title") or failed["id"]
    return f"{failed['type']} {title!r}: {_why(failed['error'])}"


def _why(error: Mapping[str, Any]) -> str:
    match error:
        case {"type": "missing_references", "references": references}:
            lacks = ", ".join(f"{each['type']} {each['id']!r}" for each in references)
            return f"it needs {lacks}, which is not there."
        case {"type": "conflict" | "ambiguous_conflict"}:
            return "there is another one that may not be replaced. Delete it in Dashboards, or use another tenant."
        case {"type": "unsupported_type"}:
            return "this Dashboards has no such objects. Is the plugin switched off?"
        case {"type": "unknown", "message": message}:
            return _shortened(message)
        case _:
            return _shortened(str(error))


def _json(answer: httpx.Response) -> dict[str, Any]:
    """Return an answer's JSON object; an empty one if it is anything else, as a page of HTML is."""
    try:
        body = answer.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _said(body: Mapping[str, Any]) -> str:
    return _shortened(str(body.get("message") or ""))


def _shortened(text: str) -> str:
    printable = "".join(char if char.isprintable() else " " for char in text).strip().rstrip(".")
    return printable if len(printable) <= LONGEST else f"{printable[:LONGEST]}..."


def _place(location: str) -> str:
    """Return where a redirect leads, without its query, in which there may be a secret."""
    return _shortened(urlsplit(location)._replace(query="", fragment="").geturl()) or "nowhere"


def _is_certificate(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return True
        error = error.__cause__ or error.__context__
    return False
