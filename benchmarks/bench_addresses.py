"""Whether addresses that Bookside makes exist in sites that generators build, on books of other people.

    python -m benchmarks.bench_addresses [NAME …]

Each book is fetched from the registry that ships it with the registry's own client, built by its own generator in a
folder of its own, and read by Bookside. Printed is, for each, how many sections were looked up by page and anchor,
and which of them the built site does not have. The baseline of a run is a plain reading of the same folder: what
GitHub's rule for anchors and the file's path as address would have found.

Books (their licences): Starlette (BSD-3-Clause), Hatch (MIT) and Copier (MIT), whose source distributions hold
their MkDocs sites; create-docusaurus (MIT), whose package holds a Docusaurus site with a tutorial.
"""

import shutil
import subprocess
import sys
import tempfile
import venv
from dataclasses import dataclass, field
from pathlib import Path

from bookside.book import Book, read_book
from bookside.book.built import Check, check_folder

WITHOUT_NETWORK = """\
INHERIT: mkdocs.yml
strict: false
hooks: []
watch: []
plugins: [{plugins}]
"""
"""Over the book's own settings: plugins that ask other servers, or the history of a repository, are left out."""

MKDOCS = ("mkdocs>=1.6,<2", "mkdocs-material>=9.6,<10")


@dataclass(frozen=True)
class Published:
    """A book of other people.

    Args:
        package: As the registry's client names it.
        folder: Where the site is in the package.
        needs: What its generator needs beside itself.
        plugins: Those of the site that run without a network, in the order that they have there.
    """

    name: str
    package: str
    generator: str
    folder: str = "."
    needs: tuple[str, ...] = ()
    plugins: tuple[str, ...] = field(default_factory=tuple)


BOOKS = (
    Published("starlette", "starlette==1.10.0", "mkdocs", plugins=("search",)),
    Published(
        "hatch",
        "hatch==1.18.2",
        "mkdocs",
        needs=("hatch==1.18.2", "mkdocs-click", "mkdocs-glightbox", "mkdocs-minify-plugin"),
        plugins=("search", "glightbox", "material/blog"),
    ),
    Published("copier", "copier==9.19.1", "mkdocs", plugins=("search",)),
    Published("docusaurus", "create-docusaurus@3.10.2", "docusaurus", folder="templates"),
)


def run(*command: str | Path, folder: Path) -> None:
    done = subprocess.run([str(part) for part in command], cwd=folder, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))} failed:\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}")


def fetched(book: Published, work: Path) -> Path:
    """The package's files."""
    if book.generator == "docusaurus":
        run("npm", "pack", "--silent", book.package, folder=work)
    else:
        run(
            sys.executable,
            "-m",
            "pip",
            "download",
            "-q",
            "--no-deps",
            "--no-binary",
            ":all:",
            book.package,
            folder=work,
        )
    archive = next(path for path in work.iterdir() if path.name.endswith((".tgz", ".tar.gz")))
    shutil.unpack_archive(archive, work / "package", filter="data")
    inside = next((work / "package").iterdir())
    return inside / book.folder


def built(book: Published, site: Path, work: Path) -> Path:
    """The folder that the generator wrote."""
    if book.generator == "docusaurus":
        run("npm", "install", "--no-audit", "--no-fund", "--loglevel=error", folder=site)
        run("npx", "docusaurus", "build", folder=site)
        return site / "build"
    venv.create(work / "venv", with_pip=True)
    run(work / "venv/bin/pip", "install", "-q", *MKDOCS, *book.needs, folder=work)
    (site / "offline.yml").write_text(WITHOUT_NETWORK.format(plugins=", ".join(book.plugins)), "utf-8")
    run(work / "venv/bin/mkdocs", "build", "-q", "-f", "offline.yml", "-d", work / "site", folder=site)
    return work / "site"


def prepared(book: Published, site: Path) -> Path:
    """The template of Docusaurus is two folders that its own command puts together."""
    if book.generator != "docusaurus":
        return site
    whole = site.parent / "site"
    shutil.copytree(site / "shared", whole)
    shutil.copytree(site / "classic", whole, dirs_exist_ok=True)
    return whole


def plain(book: Book, site: Path, folder: Path) -> Check:
    """The baseline: the same files, read as a plain folder of Markdown."""
    docs = site / book.pages[0].path.split("/")[0]
    return check_folder(read_book(docs, kind="folder", base_url=book.base), folder)


def main(names: list[str]) -> None:
    print(f"{'book':12} {'generator':12} figures")
    for published in BOOKS:
        if names and published.name not in names:
            continue
        with tempfile.TemporaryDirectory() as folder:
            work = Path(folder)
            site = prepared(published, fetched(published, work))
            to = built(published, site, work)
            book = read_book(site)
            found = check_folder(book, to)
            print(f"{published.name:12} {published.generator:12} {found}; a plain reading: {plain(book, site, to)}")
            for problem in book.problems:
                print(f"  problem: {problem}")
            for missing in found.missing:
                print(f"  missing: {missing}")


if __name__ == "__main__":
    main(sys.argv[1:])
