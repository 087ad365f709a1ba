"""The operator's routes, for those who have the admin key."""

import hmac
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Query, Request
from fastapi.responses import JSONResponse

from bookside.errors import NotAllowed, NotSignedIn
from bookside.http.problems import problem
from bookside.http.services import Served, Services, address_of
from bookside.jobs import Job

PATH = "/assistant/reindex"
RETRY_S = 5
NAMES = frozenset({"problems", "left_out", "changed"})
"""Facts of an index's status that name files."""


async def operator(request: Request, services: Served) -> Services:
    """Lets pass who has the key.

    Raises:
        HTTPException: 404, as no key is configured, so there is nothing here.
        NotSignedIn: No key was sent.
        NotAllowed: It is not the one.
        TooMany: Too many have been tried.
    """
    key = services.admin_key
    if key is None:
        raise HTTPException(404, f"{PATH} is not open here: it is once BOOKSIDE_ADMIN_KEY is set")
    sent = _sent_key(request)
    await services.rate.administer(address_of(request))
    if not sent:
        raise NotSignedIn("Authorization must be: Bearer, and the value of BOOKSIDE_ADMIN_KEY")
    if not _is_key(sent, key):
        raise NotAllowed("this is not the admin key")
    return services


async def may_see_names(request: Request, services: Served) -> bool:
    """Whether names of files are shown, drafts' among them: where no key is configured, everybody may see them.

    Another token, such as one of the site around the book, shows none, and so does an address that has sent too many:
    keys are not to be tried out.
    """
    if services.admin_key is None:
        return True
    sent = _sent_key(request)
    return bool(sent) and await services.rate.may_try(address_of(request)) and _is_key(sent, services.admin_key)


def _sent_key(request: Request) -> str:
    scheme, _, sent = (request.headers.get("authorization") or "").partition(" ")
    return sent.strip() if scheme.lower() == "bearer" else ""


def _is_key(sent: str, key: str) -> bool:
    return hmac.compare_digest(sent.encode("utf-8", "surrogatepass"), key.encode())


Operated = Annotated[Services, Depends(operator)]

router = APIRouter()

Which = Annotated[
    str | None,
    Query(max_length=100, description="Id of one edition, or of a book with all its editions; else all books."),
]


@router.post(PATH, status_code=202)
async def reindex(services: Operated, book: Which = None) -> JSONResponse:
    """Bring the index in step with the book's files, as a job.

    Needs the admin key as ``Authorization: Bearer``.
    """
    assert services.reindex is not None
    volumes = services.shelf.volumes if book is None else services.shelf.named(book)
    job, is_new = await services.reindex.begin(frozenset(volume.id for volume in volumes))
    location = {"Location": f"{PATH}/{job.id}"}
    if not is_new:
        detail = f"the job {job.id} is at work already; try again when it has ended"
        return problem(409, detail, location | {"Retry-After": str(RETRY_S)}, job=job.id)
    return JSONResponse(_shown(job), 202, location)


@router.get(PATH + "/{job_id}")
async def reindex_job(services: Operated, job_id: str) -> dict[str, Any]:
    """How far a job is, or how it ended. Needs the admin key as ``Authorization: Bearer``."""
    assert services.reindex is not None
    return _shown(await services.reindex.load(job_id))


def _shown(job: Job) -> dict[str, Any]:
    return {name: value for name, value in asdict(job).items() if name != "kind"}
