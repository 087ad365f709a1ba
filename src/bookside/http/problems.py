"""The only place where an error becomes an HTTP status: RFC 9457 problem documents, by nearest ancestor."""

import logging
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from bookside.errors import (
    BooksideError,
    NotAllowed,
    NotFound,
    NotSignedIn,
    Rejected,
    TooBusy,
    TooLarge,
    TooMany,
    Unavailable,
)

log = logging.getLogger(__name__)

STATUS: dict[type[BooksideError], int] = {
    TooLarge: 413,
    NotSignedIn: 401,
    NotAllowed: 403,
    Rejected: 422,
    NotFound: 404,
    TooMany: 429,
    Unavailable: 503,
    BooksideError: 500,
}
RETRY_UNAVAILABLE_S = 5


def status_of(error: BooksideError) -> int:
    """The status for ``error``: that of its nearest ancestor in ``STATUS``."""
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


def problem(status: int, detail: str, headers: dict[str, str] | None = None, **more: Any) -> JSONResponse:
    """A problem document."""
    return JSONResponse(
        {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail} | more,
        status,
        headers,
        media_type="application/problem+json",
    )


def headers_of(error: BooksideError) -> dict[str, str]:
    """What an answer says of an error besides its words; one of a part that is down is also told to the operator."""
    match error:
        case TooMany() | TooBusy():
            return {"Retry-After": str(error.retry_after_s)}
        case Unavailable():
            log.warning("%s", error)
            return {"Retry-After": str(RETRY_UNAVAILABLE_S)}
        case NotSignedIn():
            return {"WWW-Authenticate": "Bearer"}
        case _:
            return {}


def install(app: FastAPI) -> None:
    """Answer errors with problem documents; one that is not ours says nothing but that it happened."""

    async def ours(_: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, BooksideError)
        return problem(status_of(error), str(error), headers_of(error))

    async def invalid(_: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, RequestValidationError)
        faults = [f"{'.'.join(str(step) for step in fault['loc'][1:])}: {fault['msg']}" for fault in error.errors()]
        return problem(422, "; ".join(faults))

    async def plain(_: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, HTTPException)
        return problem(error.status_code, str(error.detail), dict(error.headers or {}))

    async def gone(_: Request, __: Exception) -> JSONResponse:
        return problem(400, "the connection was closed before the request had come in")

    async def unexpected(_: Request, error: Exception) -> JSONResponse:
        log.error("unexpected error", exc_info=error)
        return problem(500, "an unexpected error; the server's log has it")

    app.add_exception_handler(BooksideError, ours)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(HTTPException, plain)
    app.add_exception_handler(ClientDisconnect, gone)
    app.add_exception_handler(Exception, unexpected)
