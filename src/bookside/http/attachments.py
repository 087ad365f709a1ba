"""The routes of attached files: the bytes come in after ``attachments.create``, and go back to their reader."""

from collections.abc import AsyncGenerator
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Query, Request, Response
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from bookside.chat.attachments import Attachments
from bookside.context import Reader
from bookside.errors import Rejected, TooLarge
from bookside.http.limits import read_body
from bookside.http.readers import UPLOAD_HEADER
from bookside.http.services import Asking, Served

PATH = "/assistant/attachments/"
"""Below it, each attachment has the address of its file."""

FIELD = "file"
"""The field of a form that holds the file."""

FORM_BYTES = 10_000
"""What a form may have besides the file: its boundaries, headers and other fields."""

FILE_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "private, no-store",
}

router = APIRouter()


def attachments_of(services: Served) -> Attachments:
    """Readers' files.

    Raises:
        Rejected: None can be attached here.
    """
    if services.attachments is None:
        raise Rejected("files cannot be attached here")
    return services.attachments


Files = Annotated[Attachments, Depends(attachments_of)]


def uploader_of(
    request: Request, services: Served, attachment_id: str, session_id: Annotated[str | None, Query()] = None
) -> Reader:
    """Whose file is uploaded: the one whom the upload's own token names, or else the verified reader."""
    token = request.headers.get(UPLOAD_HEADER)
    if token is not None:
        return services.readers.verify_upload(token, attachment_id)
    return services.readers.verify(request.headers.get("authorization"), session_id)


@router.put(PATH + "{attachment_id}", status_code=204)
@router.post(PATH + "{attachment_id}", status_code=204)
async def upload(
    request: Request, files: Files, attachment_id: str, uploader: Annotated[Reader, Depends(uploader_of)]
) -> None:
    """Upload an attachment's file: as the body, or as the field ``file`` of a form."""
    await files.upload(attachment_id, await _file(request, files.max_bytes), uploader)


@router.get(PATH + "{attachment_id}")
async def download(files: Files, attachment_id: str, asking: Asking) -> Response:
    """The file of an attachment of the reader's, to be saved and never to be shown as a page."""
    name, content = await files.download(attachment_id, asking)
    disposition = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    headers = FILE_HEADERS | {"Content-Disposition": disposition}
    return Response(content, media_type="text/plain; charset=utf-8", headers=headers)


async def _file(request: Request, max_bytes: int) -> bytes:
    """The bytes that were sent.

    Raises:
        Rejected: It is no form, or a form without a file.
        TooLarge: It is longer than ``max_bytes``; not much more than that was read.
    """
    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        return await read_body(request.stream(), max_bytes, "the file")
    try:
        body = await read_body(request.stream(), max_bytes + FORM_BYTES)
    except TooLarge as error:
        raise TooLarge("the file", max_bytes, "bytes") from error
    try:
        form = await MultiPartParser(request.headers, _in_one_piece(body), max_files=1, max_fields=10).parse()
    except MultiPartException as error:
        raise Rejected(f"the form cannot be read: {error.message}") from error
    field = form.get(FIELD)
    try:
        if isinstance(field, UploadFile):
            return await field.read()
    finally:
        await form.close()
    raise Rejected(f"the form has no file in a field {FIELD!r}")


async def _in_one_piece(body: bytes) -> AsyncGenerator[bytes]:
    yield body
