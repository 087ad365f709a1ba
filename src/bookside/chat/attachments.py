"""Files that readers attach to questions: which may be attached, how they are uploaded, and their text."""

import re
from collections.abc import Awaitable, Callable, Mapping

from chatkit.store import AttachmentStore, Store
from chatkit.types import Attachment, AttachmentCreateParams, AttachmentUploadDescriptor, FileAttachment
from pydantic import AnyUrl, ValidationError

from bookside.chat.turn import turn_of
from bookside.context import Reader
from bookside.errors import NotFound, Rejected, TooLarge

MAX_NAME_CHARS = 255
"""Longest name of a file, and longest name of its type."""

TEXT_TYPES = frozenset(
    f"application/{name}"
    for name in (
        "json",
        "jsonl",
        "x-ndjson",
        "xml",
        "yaml",
        "x-yaml",
        "toml",
        "sql",
        "javascript",
        "x-javascript",
        "typescript",
        "x-python",
        "x-sh",
    )
)
"""Types that are text beside ``text/*``, ``application/*+json`` and ``application/*+xml``."""

UNNAMED_TYPES = frozenset({"", "application/octet-stream"})
"""What browsers send for files that they have no type for; then the ending of the name decides."""

TEXT_ENDINGS = [
    "c",
    "cfg",
    "conf",
    "cpp",
    "css",
    "csv",
    "go",
    "h",
    "hpp",
    "html",
    "ini",
    "ipynb",
    "java",
    "js",
    "json",
    "jsonl",
    "jsx",
    "kt",
    "log",
    "lua",
    "md",
    "mdx",
    "php",
    "py",
    "r",
    "rb",
    "rs",
    "rst",
    "sh",
    "sql",
    "swift",
    "tex",
    "toml",
    "ts",
    "tsv",
    "tsx",
    "txt",
    "xml",
    "yaml",
    "yml",
]
TEXT_ENDING = re.compile(rf"\.({'|'.join(TEXT_ENDINGS)})\s*$", re.IGNORECASE)
ACCEPTED = ",".join(["text/*", *sorted(TEXT_TYPES), *(f".{ending}" for ending in TEXT_ENDINGS)])
"""What may be attached, as a browser's field for files is told."""

WHAT_FITS = "attach text: text/*, JSON, XML, YAML, TOML, SQL or source code"

NOT_TEXT = "(this file is not text)"
NOT_THERE = "(this file was never uploaded, or it was deleted)"
EMPTY = "(this file is empty)"

NewId = Callable[[], str]
UploadHeaders = Callable[[Reader, str], Mapping[str, str]]
SaveFile = Callable[[str, bytes, Reader], Awaitable[None]]
LoadFile = Callable[[str, Reader], Awaitable[bytes]]


class Attachments(AttachmentStore[Reader]):
    """Attached files, kept beside the threads: announced first, uploaded next, then named by a question.

    Only text may be attached, in files of at most ``max_bytes``. Another reader's attachment is as one that is not.

    Args:
        store: Keeps what describes an attachment; deleting that deletes the bytes, too.
        save_file: Keeps the bytes of an attachment; raises ``NotFound`` when the reader has no such attachment.
        load_file: Gives them back; raises ``NotFound`` when there are none.
        new_id: Makes an id that nobody can guess.
        upload_path: Where files are uploaded, below the server's address, with a slash at its end.
        upload_headers: Prove that their sender may upload this one attachment for this reader.
        max_bytes: The largest file.
    """

    def __init__(
        self,
        store: Store[Reader],
        *,
        save_file: SaveFile,
        load_file: LoadFile,
        new_id: NewId,
        upload_path: str,
        upload_headers: UploadHeaders,
        max_bytes: int,
    ) -> None:
        self._store = store
        self._save_file = save_file
        self._load_file = load_file
        self._new_id = new_id
        self._upload_path = upload_path
        self._upload_headers = upload_headers
        self.max_bytes = max_bytes

    def generate_attachment_id(self, mime_type: str, context: Reader) -> str:
        """A new id."""
        return self._new_id()

    async def create_attachment(self, input: AttachmentCreateParams, context: Reader) -> Attachment:
        """An attachment, and how to upload its file.

        Raises:
            Rejected: The file has no name or is not text, or nothing can be uploaded to where the request came to.
            TooLarge: The file, or its name, is too long.
        """
        self._check(input)
        server_url = turn_of(context).server_url
        if server_url is None:
            raise Rejected("files can be attached over HTTP only")
        attachment_id = self.generate_attachment_id(input.mime_type, context)
        try:
            url = AnyUrl(f"{server_url.rstrip('/')}/{self._upload_path.lstrip('/')}{attachment_id}")
        except ValidationError as error:
            raise Rejected("the request's Host is not an address that a file can be uploaded to") from error
        return FileAttachment(
            id=attachment_id,
            name=input.name,
            mime_type=input.mime_type,
            upload_descriptor=AttachmentUploadDescriptor(
                url=url, method="PUT", headers=dict(self._upload_headers(context, attachment_id))
            ),
        )

    def _check(self, announced: AttachmentCreateParams) -> None:
        if not announced.name.strip() or announced.size < 0:
            raise Rejected("an attachment needs a name and a size")
        for what, name in (("the file's name", announced.name), ("the file's type", announced.mime_type)):
            if len(name) > MAX_NAME_CHARS:
                raise TooLarge(what, MAX_NAME_CHARS, "characters")
        if not is_text_type(announced.mime_type, announced.name):
            raise Rejected(f"{announced.mime_type or announced.name!r} cannot be attached; {WHAT_FITS}")
        if announced.size > self.max_bytes:
            raise TooLarge("the file", self.max_bytes, "bytes")

    async def upload(self, attachment_id: str, content: bytes, reader: Reader) -> None:
        """Keep the file of an attachment; uploaded again, it is replaced.

        Raises:
            NotFound: The reader has no such attachment.
            TooLarge: It is longer than ``max_bytes``.
        """
        if len(content) > self.max_bytes:
            raise TooLarge("the file", self.max_bytes, "bytes")
        attachment = await self._store.load_attachment(attachment_id, context=reader)
        await self._save_file(attachment_id, content, reader)
        if attachment.upload_descriptor is not None:
            uploaded = attachment.model_copy(update={"upload_descriptor": None})
            await self._store.save_attachment(uploaded, context=reader)

    async def download(self, attachment_id: str, reader: Reader) -> tuple[str, bytes]:
        """The file's name, and its bytes as they were uploaded.

        Raises:
            NotFound: The reader has no such attachment, or it was never uploaded.
        """
        attachment = await self._store.load_attachment(attachment_id, context=reader)
        return attachment.name, await self._load_file(attachment_id, reader)

    async def delete_attachment(self, attachment_id: str, context: Reader) -> None:
        """Delete the attachment and its bytes.

        Raises:
            NotFound: The reader has no such attachment.
        """
        await self._store.load_attachment(attachment_id, context=context)
        await self._store.delete_attachment(attachment_id, context=context)

    async def text_of(self, attachment: Attachment, reader: Reader) -> str:
        """The file's text in full, or a note for the model why there is none.

        Text is what is UTF-8 and has no zero byte.
        """
        try:
            content = await self._load_file(attachment.id, reader)
        except NotFound:
            return NOT_THERE
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            return NOT_TEXT
        if "\0" in text:
            return NOT_TEXT
        return text if text.strip() else EMPTY


def is_text_type(mime_type: str, name: str) -> bool:
    """Whether a file of this media type is text; where a browser knew no type, the name's ending decides."""
    kind = mime_type.partition(";")[0].strip().lower()
    if kind in UNNAMED_TYPES:
        return TEXT_ENDING.search(name) is not None
    is_structured = kind.startswith("application/") and kind.endswith(("+json", "+xml"))
    return kind.startswith("text/") or kind in TEXT_TYPES or is_structured
