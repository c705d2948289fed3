"""Access keys: who has one and what it allows, making one, and taking one away."""

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Form, Path, Query, Request
from fastapi.responses import RedirectResponse, Response

from onlooker_console import keys
from onlooker_console.apis import Api, RefusedError, attempt
from onlooker_console.callers import Caller, SignedIn
from onlooker_console.keys import Wanted
from onlooker_console.told import tell
from onlooker_console.views import Views
from onlooker_shared.errors import ForbiddenError

PATH = "/console/system/keys"
PAGE = 50
"""Keys at a time."""
NOTHING = "Say what the key is for: tick at least one thing."

Cursor = Annotated[str | None, Query(max_length=1000)]
KeyId = Annotated[str, Path(pattern="^[0-9a-f]{16}$")]
Text = Annotated[str, Form(max_length=2000)]
Days = Annotated[str, Form(pattern="^[0-9]{0,4}$")]
Scopes = Annotated[list[str], Form(max_length=50)]


def routes(views: Views, pictures_bucket: str) -> APIRouter:
    """Return the routes.

    Args:
        views: the pages.
        pictures_bucket: where pictures are uploaded to.
    """
    router = APIRouter(prefix="/system/keys")

    @router.get("")
    async def show(request: Request, caller: SignedIn, cursor: Cursor = None) -> Response:
        """Show the keys, those after a cursor."""
        return await _list(views, request, caller, cursor=cursor)

    @router.get("/new")
    async def ask(request: Request, caller: SignedIn) -> Response:
        """Ask what a new key is to be."""
        _check(caller)
        return await _form(views, request, caller, Wanted())

    @router.post("")
    async def create(
        request: Request,
        caller: SignedIn,
        owner: Text = "",
        scope: Scopes = [],  # noqa: B006 - FastAPI copies it for each request
        bucket: Text = "",
        prefix: Text = "",
        days: Days = keys.TERM,
    ) -> Response:
        """Make a key and show it, this once; where it cannot be made, say why and ask again."""
        _check(caller)
        wanted = Wanted(owner, tuple(scope), bucket, prefix, days)
        if not scope:
            return await _form(views, request, caller, wanted, NOTHING, HTTPStatus.UNPROCESSABLE_ENTITY)
        try:
            made = await caller.api.send("POST", "/keys", json=wanted.request)
        except RefusedError as error:
            return await _form(views, request, caller, wanted, error.detail, error.status)
        origin = f"{request.url.scheme}://{request.url.netloc}"
        return views.page(
            request,
            "system_keys_made.html",
            status=HTTPStatus.CREATED,
            made=made,
            allowed=keys.allowed(made),
            place=keys.place(made),
            example=keys.example(made, origin, pictures_bucket),
        )

    @router.post("/{key_id}/revoke")
    async def revoke(request: Request, caller: SignedIn, key_id: KeyId) -> Response:
        """Make a key worthless, and show the others."""
        try:
            await caller.api.send("DELETE", f"/keys/{key_id}")
        except RefusedError as error:
            return await _list(views, request, caller, refused=error)
        response = RedirectResponse(PATH, status_code=HTTPStatus.SEE_OTHER)
        tell(response, request, f"The key olk_{key_id}_… is revoked.")
        return response

    return router


def _check(caller: Caller) -> None:
    """Return if somebody may make keys; ingest would refuse it, but only when they have filled the form."""
    if not caller.operates:
        raise ForbiddenError("Only an access key with the scope admin that is bound to no bucket can make others.")


async def _list(
    views: Views, request: Request, caller: Caller, *, cursor: str | None = None, refused: RefusedError | None = None
) -> Response:
    """Return the page of keys; `refused` is why one was not revoked just now."""
    found = await attempt(caller.api.get("/keys", {"limit": PAGE, "cursor": cursor}))
    now, own = datetime.now(UTC), caller.principal.key_id
    return views.page(
        request,
        "system_keys.html",
        status=refused.status if refused else HTTPStatus.OK,
        error=found.error,
        listed=[keys.listed(key, now, own) for key in found.value["keys"]] if found.value else [],
        older=found.value["cursor"] if found.value else None,
        first=cursor is None,
        refused=refused,
    )


async def _form(
    views: Views, request: Request, caller: Caller, wanted: Wanted, trouble: str = "", status: int = HTTPStatus.OK
) -> Response:
    return views.page(
        request,
        "system_keys_new.html",
        status=status,
        wanted=wanted,
        trouble=trouble,
        groups=keys.SCOPES,
        terms=keys.TERMS,
        buckets=await _buckets(caller.api),
    )


async def _buckets(api: Api) -> list[str]:
    """Return the buckets that a key can be bound to; none where they cannot be had: then it is bound to none."""
    found: Any = (await attempt(api.get("/v1/"))).value
    return [each["name"] for each in found["buckets"]] if found else []
