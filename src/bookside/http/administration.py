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
    await services.rate.administer(address_of(request))
    scheme, _, sent = (request.headers.get("authorization") or "").partition(" ")
    if scheme.lower() != "bearer" or not sent.strip():
        raise NotSignedIn("Authorization must be: Bearer, and the value of BOOKSIDE_ADMIN_KEY")
    if not hmac.compare_digest(sent.strip().encode("utf-8", "surrogatepass"), key.encode()):
        raise NotAllowed("this is not the admin key")
    return services


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
