"""The only place where addresses are put together."""

import posixpath
import re
from urllib.parse import quote, urlsplit

from bookside.errors import Rejected

USUAL_PORTS = {"http": ":80", "https": ":443"}
SAFE_IN_PATH = "/!$&'()*+,;=:@~-._"


def base_path(configured: str | None) -> str:
    """A base path with a slash at both ends, from a path or an address: ``/`` for none, ``/book/`` for ``book``."""
    path = urlsplit(configured or "").path if "://" in (configured or "") else (configured or "")
    inside = "/".join(segment for segment in path.split("/") if segment)
    return f"/{inside}/" if inside else "/"


def origin(site_url: str | None) -> str:
    """What stands before the base path, as browsers write it: ``https://me.github.io``, or nothing.

    Raises:
        Rejected: It is no origin: it has no scheme, or more than a scheme and a host.
    """
    if not site_url:
        return ""
    try:
        parts = urlsplit(site_url)
        is_origin = parts.scheme in ("http", "https") and parts.hostname and (parts.port or 0) >= 0
    except ValueError:  # brackets or a port that are none
        is_origin = False
        parts = urlsplit("")
    if not is_origin or parts.username is not None or any(mark in site_url for mark in "?# \t\n"):
        raise Rejected(
            f"SITE_BASE_URL (or a book's site_url) is {site_url!r}: give the site's origin, as in https://me.github.io"
        )
    if parts.path.strip("/"):
        raise Rejected(
            f"SITE_BASE_URL (or a book's site_url) is {site_url!r}: give the origin, "
            f"{parts.scheme}://{parts.netloc}, and the path as BOOK_BASE_URL (or base_url): {parts.path}"
        )
    return f"{parts.scheme}://{parts.netloc.lower().removesuffix(USUAL_PORTS[parts.scheme])}"


def encoded_path(path: str) -> str:
    """``path`` as links have it; what is percent-encoded already stays so."""
    safe = SAFE_IN_PATH + "%" if re.search(r"%[0-9A-Fa-f]{2}", path) else SAFE_IN_PATH
    return quote(path, safe=safe, errors="surrogateescape")


def joined(*parts: str) -> str:
    """Paths put together with one slash between them and one in front; a slash at the end stays."""
    path = "/".join(part for part in parts if part)
    return "/" + re.sub(r"/{2,}", "/", path).lstrip("/")


def resolved(path: str, folder: str) -> str:
    """``path`` seen from ``folder``, as a link in a page of that folder would be; never above the root."""
    made = posixpath.normpath(posixpath.join("/", folder, path))
    made = "/" + made.lstrip("/")
    return made + "/" if path.endswith("/") and made != "/" else made
