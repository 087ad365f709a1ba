"""The only place that decides which addresses a crawl may ask, and under which name a page is kept."""

import hashlib
import ipaddress
import posixpath
import re
import socket
from dataclasses import dataclass
from urllib.parse import quote, unquote, urldefrag, urljoin, urlsplit, urlunsplit

from bookside.errors import Rejected

MAX_ADDRESS_CHARS = 500
MAX_SEGMENTS = 16
MAX_REPEATS = 3
"""A path in which a segment comes more often leads round in a circle."""

NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
MAX_NAME_CHARS = 100
NOT_PAGES = re.compile(
    r"\.(?:7z|avi|bz2|css|csv|deb|dmg|docx?|eps|epub|exe|gif|gz|ico|iso|jar|jpe?g|js|json|map|md|mp[34]|ogg|pdf|png|pptx?|"
    r"ps|rpm|rss|svg|tar|tgz|tiff?|ttf|txt|wav|webm|webp|whl|woff2?|xlsx?|xml|xz|zip)$",
    re.IGNORECASE,
)
LIKE_A_FILE = re.compile(r"\.(?:x?html?|part)$", re.IGNORECASE)
"""A folder of such a name would lie where a page is kept, or is written to."""


@dataclass(frozen=True, slots=True)
class Scope:
    """The part of the web that one crawl may see.

    Args:
        origin: Scheme, host and port.
        prefix: What the path of every page begins with; ends with a slash.
    """

    origin: str
    prefix: str

    def contains(self, url: str) -> bool:
        """Whether a crawl may ask for ``url``."""
        split = urlsplit(url)
        path = split.path or "/"
        return f"{split.scheme}://{split.netloc}" == self.origin and (path + "/").startswith(self.prefix)


def scope_of(url: str) -> Scope:
    """Everything beside and below ``url``.

    Raises:
        Rejected: It is no address of a site.
    """
    split = urlsplit(start_of(url))
    return Scope(f"{split.scheme}://{split.netloc}", posixpath.join(posixpath.dirname(split.path), ""))


def start_of(url: str) -> str:
    """``url`` in the form in which pages are known.

    Raises:
        Rejected: It is no address of a site.
    """
    made = normal(url, url)
    if made is None:
        raise Rejected(f"{url!r} is no address of a site: give one such as https://docs.example.org/guide/")
    return made


def normal(href: str, base: str) -> str | None:
    """Where ``href`` leads from ``base``, in one form for each page: no fragment, no ``..``; ``None`` for no page."""
    try:
        split = urlsplit(urldefrag(urljoin(base, href.strip())).url)
        port = split.port
    except ValueError:
        return None
    host = (split.hostname or "").lower()
    if split.scheme not in ("http", "https") or not host or split.username or split.password:
        return None
    netloc = f"[{host}]" if ":" in host else host
    if port is not None and port != {"http": 80, "https": 443}[split.scheme]:
        netloc += f":{port}"
    path = quote(unquote(split.path or "/"), safe="/!$&'()*+,;=:@~-._")
    folder = path.endswith("/")
    path = "/" + posixpath.normpath(path).lstrip("/")
    path = path if path == "/" or not folder else path + "/"
    made = urlunsplit((split.scheme, netloc, path.replace("/./", "/"), split.query, ""))
    return made if len(made) <= MAX_ADDRESS_CHARS else None


def is_wanted(url: str) -> bool:
    """Whether a link is worth following: not a file of another kind, and not one of endlessly many."""
    split = urlsplit(url)
    segments = [segment for segment in split.path.split("/") if segment]
    is_round = any(segments.count(segment) > MAX_REPEATS for segment in segments)
    return not split.query and len(segments) <= MAX_SEGMENTS and not is_round and not NOT_PAGES.search(split.path)


def file_for(url: str, taken: set[str]) -> str:
    """A free name for the page, near to its address, below the folder."""
    split = urlsplit(url)
    segments = [safe(unquote(segment)) for segment in split.path.split("/") if segment]
    last = len(segments) if split.path.endswith("/") else len(segments) - 1
    segments[:last] = [f"{segment}_" if LIKE_A_FILE.search(segment) else segment for segment in segments[:last]]
    if split.path.endswith("/") or not segments:
        segments.append("index.html")
    elif not re.search(r"\.x?html?$", segments[-1], re.IGNORECASE):
        segments[-1] += ".html"
    name = "/".join(["pages", *segments])
    if split.query or name.casefold() in taken:
        mark = hashlib.sha256(url.encode()).hexdigest()[:12]
        name = f"{name.removesuffix('.html')}-{mark}.html"
    return name


def safe(segment: str) -> str:
    """A segment of an address as the name of a file on any system."""
    made = re.sub(r"[^\w.,+=@()-]", "_", segment, flags=re.ASCII).lstrip(".") or "_"
    return made if len(made) <= MAX_NAME_CHARS else f"{made[:60]}-{hashlib.sha256(segment.encode()).hexdigest()[:12]}"


def addresses_of(url: str, *, private: bool) -> list[str]:
    """The numbers that the host's name leads to, to be connected to as they were checked; none where it is not asked.

    A name must not lead into a private network; who means one gives its number, or says so.

    Raises:
        Rejected: It does, or it leads nowhere.
    """
    split = urlsplit(url)
    host = split.hostname or ""
    if private or names_itself(host):
        return []
    try:
        found = socket.getaddrinfo(host, split.port or 443, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Rejected(f"there is no site named {host!r}") from error
    numbers = list(dict.fromkeys(str(place[0]) for *_, place in found))
    if not all(is_public(ipaddress.ip_address(number.partition("%")[0])) for number in numbers):
        raise Rejected(f"{host!r} leads to a private address; if you mean it, say --private")
    return numbers


def is_public(number: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Whether it is one machine of the public net, also where a number of the old kind is written in a new one."""
    if isinstance(number, ipaddress.IPv6Address):
        inner = number.ipv4_mapped or number.sixtofour
        if number in NAT64:
            inner = ipaddress.IPv4Address(int(number) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
    return number.is_global and not number.is_multicast


def at(url: str, number: str) -> str:
    """``url`` with its host's number in the place of the name."""
    split = urlsplit(url)
    host = f"[{number}]" if ":" in number else number
    return urlunsplit(split._replace(netloc=host if split.port is None else f"{host}:{split.port}"))


def names_itself(host: str) -> bool:
    """Whether the host is a number, or this machine by its usual name: what it leads to is seen in the address."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
