"""What each reader of a site kind gives, and what all of them share: the root, the base address, the problems."""

import re
from abc import ABC, abstractmethod
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bookside.book.address import base_path, joined, origin
from bookside.book.model import BookKind, Edition
from bookside.book.outline import Group, Leaf
from bookside.errors import BookError


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A site as its generator would build it.

    Args:
        title: From its configuration.
        items: The table of contents, in reading order, with every page exactly once.
        front_url: The book's own address.
        language: The tag of its language, from its configuration.
    """

    kind: BookKind
    title: str | None
    items: tuple[Group | Leaf, ...]
    front_url: str
    language: str | None = None


LANGUAGE_TAG = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*")


def language_tag(value: object) -> str | None:
    """The tag of a language that a configuration names, such as ``pt-BR``; ``None`` where it is none."""
    return value.replace("_", "-") if isinstance(value, str) and LANGUAGE_TAG.fullmatch(value) else None


class SiteReader(ABC):
    """Reads one kind of site.

    Args:
        root: The book's folder; nothing outside ``root`` is read, except that a kind may look for its
            configuration in the folder above.
        site_url: Put before every address, when given; only its scheme and host count.
        base_url: The base path to use in place of the configured one.
    """

    def __init__(self, root: Path, *, site_url: str | None, base_url: str | None) -> None:
        self.root = root
        self.problems: list[BookError] = []
        self._origin = origin(site_url)
        self._base = base_path(base_url) if base_url is not None else None
        self.configured_base = "/"
        self.below_base = ""
        self.edition = Edition()

    def editions(self) -> tuple[Edition, ...]:
        """Every edition in the folder, the default one first; kinds without versions and languages have just one."""
        return (Edition(url=self.url("/")),)

    @abstractmethod
    def read(self) -> Site:
        """The site in ``self.edition``, which is one of ``editions()``; pages that cannot be read go to ``problems``.

        Raises:
            BookError: The configuration cannot be read.
        """

    @property
    def base(self) -> str:
        """The base path in use, with a slash at both ends."""
        return self._base or self.configured_base

    def url(self, path: str) -> str:
        """The address of ``path``, which is below the base path and percent-encoded."""
        return self._origin + joined(self.base, self.below_base, path)

    @contextmanager
    def problem_of(self, path: str) -> Generator[None]:
        """Note a page that cannot be read, and go on."""
        try:
            yield
        except BookError as error:
            self.problems.append(error)
        except RecursionError:
            self.problems.append(BookError(path, 1, "nested too deeply to be read"))
