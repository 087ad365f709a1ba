"""EPUB, PDF and DOCX files are books of their own, and pages of a folder that they lie in."""

import io
import struct
import sys
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from bookside.book import Book, read_book
from bookside.book.archive import MAX_MEMBER_BYTES, member
from bookside.errors import BookError
from documents import A_PIXEL, docx, epub, packed, paragraph, pdf

NAV = """<nav epub:type="toc"><ol><li><a href="a.xhtml">Earth</a><ol><li><a href="b.xhtml#two">Sand</a></li></ol></li>
<li><a href="c.xhtml">Water</a></li></ol></nav>"""
CHAPTERS = {
    "a.xhtml": '<h1>Earth</h1><p>All of <a href="b.xhtml#two">it</a>. <img src="a.png" alt="A field"/></p>',
    "b.xhtml": '<p>Fine <i/> sand.</p><h2 id="two">Two</h2><p>More.</p><h2>Three</h2><p>End.</p>',
    "c.xhtml": "<h1>Water</h1><p>Wet.</p>",
}


def read(folder: Path, name: str, data: bytes) -> Book:
    (folder / name).write_bytes(data)
    return read_book(folder / name)


def fault(folder: Path, name: str, data: bytes) -> str:
    with pytest.raises(BookError) as raised:
        read(folder, name, data)
    return raised.value.reason


def test_an_epub_has_the_pages_of_its_spine_under_the_titles_of_its_contents(tmp_path: Path) -> None:
    book = read(tmp_path, "soil.epub", epub(CHAPTERS, nav=NAV, more={"OEBPS/a.png": A_PIXEL}))
    assert (book.kind, book.title, book.language, book.problems) == ("epub", "Soil", "en-GB", ())
    assert [(page.path, page.url, page.title, page.chapter.title if page.chapter else None) for page in book.pages] == [
        ("soil.epub/OEBPS/a.xhtml", "/soil.epub/a", "Earth", "Earth"),
        ("soil.epub/OEBPS/b.xhtml", "/soil.epub/b", "Sand", "Earth"),
        ("soil.epub/OEBPS/c.xhtml", "/soil.epub/c", "Water", None),
    ]
    sections = [(section.heading, section.url) for section in book.pages[1].sections]
    assert sections == [("Sand", "/soil.epub/b"), ("Two", "/soil.epub/b#two"), ("Three", "/soil.epub/b#three")]
    assert "![A field](a.png)" in book.pages[0].markdown


def test_an_epub_of_the_second_version_has_its_contents_in_an_ncx(tmp_path: Path) -> None:
    ncx = """<ncx xmlns="http://www.daisy.org/z3986/2005/ncx/"><navMap>
    <navPoint><navLabel><text>Part</text></navLabel><content src="a.xhtml"/>
    <navPoint><navLabel><text>Sand</text></navLabel><content src="b.xhtml"/></navPoint></navPoint>
    <navPoint><navLabel><text>Water</text></navLabel><content src="c.xhtml"/></navPoint></navMap></ncx>"""
    data = epub(CHAPTERS, more={"OEBPS/toc.ncx": ncx})
    opf_item = '<item id="ncx" href="toc.ncx" media-type="application/x-dtbncx+xml"/></manifest>'
    data = repacked(data, "OEBPS/book.opf", lambda text: text.replace("</manifest>", opf_item))
    book = read(tmp_path, "b.epub", data)
    assert [page.title for page in book.pages] == ["Earth", "Sand", "Water"]
    assert [page.chapter.title if page.chapter else None for page in book.pages] == ["Part", "Part", None]


def repacked(data: bytes, name: str, change: Callable[[str], str]) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        files = {one: archive.read(one) for one in archive.namelist()}
    return packed(files | {name: change(files[name].decode())})


def test_one_broken_document_of_an_epub_does_not_keep_the_others(tmp_path: Path) -> None:
    data = repacked(epub(CHAPTERS), "OEBPS/book.opf", lambda text: text.replace('href="b.xhtml"', 'href="gone.xhtml"'))
    book = read(tmp_path, "b.epub", data)
    assert [page.title for page in book.pages] == ["Earth", "Water"]
    assert [str(problem) for problem in book.problems] == [
        "b.epub/OEBPS/gone.xhtml: there is no such file in the archive"
    ]


def test_an_epub_whose_text_is_encrypted_says_so(tmp_path: Path) -> None:
    listed = """<encryption xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><x:EncryptedData
    xmlns:x="http://www.w3.org/2001/04/xmlenc#"><x:CipherData><x:CipherReference URI="OEBPS/a.xhtml"/></x:CipherData>
    </x:EncryptedData></encryption>"""
    assert "DRM" in fault(tmp_path, "a.epub", epub(CHAPTERS, more={"META-INF/encryption.xml": listed}))


def test_a_docx_has_sections_tables_and_images(tmp_path: Path) -> None:
    image = """<w:p><w:r><w:drawing><wp:inline><wp:docPr id="1" name="x" descr="A map"/><a:graphic><a:graphicData>
    <pic:pic><pic:blipFill><a:blip r:embed="i1"/></pic:blipFill></pic:pic></a:graphicData></a:graphic></wp:inline>
    </w:drawing></w:r></w:p>"""
    cells = "".join(f"<w:tc>{paragraph(words)}</w:tc>" for words in ("pH", "7"))
    body = paragraph("Soil", "Heading1") + paragraph("Words & <more>.") + paragraph("Kinds", "Heading2")
    book = read(tmp_path, "soil report.docx", docx(f"{body}{image}<w:tbl><w:tr>{cells}</w:tr></w:tbl>"))
    page = book.pages[0]
    assert (book.kind, book.title, page.path, page.url) == ("docx", "Soil", "soil report.docx", "/soil%20report.docx")
    assert [(section.heading, section.anchor) for section in page.sections] == [("Soil", "soil"), ("Kinds", "kinds")]
    assert "Words & \\<more\\>." in page.markdown
    assert "![A map](soil%20report.docx/word/media/a.png)" in page.markdown
    assert "| pH | 7 |" in page.markdown
    assert member(tmp_path, "soil report.docx/word/media/a.png") == A_PIXEL
    assert member(tmp_path / "soil report.docx", "soil report.docx/word/media/a.png") == A_PIXEL
    assert member(tmp_path, "soil report.docx/../../secret") is None


HEADER, FOOTER = (72.0, 800.0, "A Book of Soil"), (300.0, 30.0, "{}")


def sheet(number: int, *lines: str) -> list[tuple[float, float, str]]:
    """Lines from the top, with a header and a page number; an empty one is a gap."""
    shown = [(72.0, 740.0 - 14 * place, line) for place, line in enumerate(lines) if line]
    return [HEADER, *shown, (300.0, 30.0, str(number))]


def test_a_pdf_has_a_section_for_each_heading_and_each_page(tmp_path: Path) -> None:
    pages = [
        sheet(
            1, "1 Sand", "Sand is made of small grains of stone and holds lit-", "tle water. It is", "", "Second words."
        ),
        sheet(2, "The next page goes on and it ends in the middle of a", "sentence that is"),
        sheet(3, "carried over. Then more.", "", "2 Clay", "Clay is heavy."),
        sheet(4, "`def a():", "`    return 1"),
    ]
    book = read(tmp_path, "soil.pdf", pdf(pages, title="Of Soil", outline=[("Sand", 0, 755), ("Clay", 2, 715)]))
    assert (book.kind, book.title) == ("pdf", "Of Soil")
    assert [(page.path, page.url, page.title) for page in book.pages] == [
        ("soil.pdf", "/soil.pdf#page=1", "Sand"),
        ("soil.pdf#page=3", "/soil.pdf#page=3", "Clay"),
    ]
    sections = [(section.heading, section.url, section.path) for page in book.pages for section in page.sections]
    assert sections == [
        ("Sand", "/soil.pdf#page=1", ("Sand",)),
        ("Page 2", "/soil.pdf#page=2", ("Sand", "Page 2")),
        ("Page 3", "/soil.pdf#page=3", ("Sand", "Page 3")),
        ("Clay", "/soil.pdf#page=3", ("Clay",)),
        ("Page 4", "/soil.pdf#page=4", ("Clay", "Page 4")),
    ]
    texts = [section.markdown for page in book.pages for section in page.sections]
    assert texts == [
        "Sand is made of small grains of stone and holds little water. It is\n\nSecond words.",
        "The next page goes on and it ends in the middle of a sentence that is carried over.",
        "Then more.",
        "Clay is heavy.",
        "```\ndef a():\n    return 1\n```",
    ]


def test_a_pdf_without_an_outline_is_one_page_with_a_section_for_each_of_its_pages(tmp_path: Path) -> None:
    book = read(tmp_path, "notes.pdf", pdf([sheet(n, f"Words of page {n}x.") for n in (1, 2, 3)]))
    assert [(page.path, page.title) for page in book.pages] == [("notes.pdf", "Notes")]
    assert [(section.heading, section.anchor) for section in book.pages[0].sections] == [
        ("Page 1", "page=1"), ("Page 2", "page=2"), ("Page 3", "page=3")
    ]  # fmt: skip


def test_documents_that_cannot_be_read_say_why(tmp_path: Path) -> None:
    assert "only pictures" in fault(tmp_path, "scan.pdf", pdf([[], []]))
    assert "no PDF" in fault(tmp_path, "a.pdf", b"%PDF-1.4 and no more")
    assert "archive is broken" in fault(tmp_path, "a.epub", b"PK\x03\x04 and no more")
    assert "no EPUB" in fault(tmp_path, "b.epub", packed({"a": "b"}))
    assert "no DOCX" in fault(tmp_path, "a.docx", packed({"a": "b"}))
    entity = '<!DOCTYPE a [<!ENTITY b "c">]><Relationships/>'
    assert "entities" in fault(tmp_path, "b.docx", docx("", more={"word/_rels/document.xml.rels": entity}))
    assert "neither a folder nor" in fault(tmp_path, "a.txt", b"")
    with pytest.raises(BookError, match="cannot be read as mkdocs"):
        read_book(tmp_path / "a.epub", kind="mkdocs")
    with pytest.raises(BookError, match="name the file itself"):
        read_book(tmp_path, kind="pdf")


def test_an_archive_that_unpacks_to_too_much_is_not_unpacked(tmp_path: Path) -> None:
    bomb = b"<p>a</p>" * (4 * 1024 * 1024)
    book = read(tmp_path, "bomb.epub", epub(CHAPTERS, more={"OEBPS/b.xhtml": bomb}))
    assert [problem.reason for problem in book.problems] == ["it is packed so tightly that it seems to be a trap"]
    assert "trap" in fault(tmp_path, "bomb.docx", docx("", more={"word/bomb.xml": bytes(MAX_MEMBER_BYTES)}))


@pytest.mark.parametrize("packing", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_what_is_packed_as_books_are_not_is_not_unpacked(tmp_path: Path, packing: int) -> None:
    """A read of such a file is not bounded: a few hundred bytes of it would fill the memory."""
    made = io.BytesIO(repacked(epub(CHAPTERS), "OEBPS/book.opf", lambda text: text.replace("b.xhtml", "bomb.xhtml")))
    with zipfile.ZipFile(made, "a") as archive:
        archive.writestr("OEBPS/bomb.xhtml", bytes(32 * 1024 * 1024), packing)
    tracemalloc.start()
    try:
        book = read(tmp_path, "a.epub", made.getvalue())
        assert member(tmp_path, "a.epub/OEBPS/bomb.xhtml") is None
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert [page.title for page in book.pages] == ["Earth", "Water"]
    (problem,) = book.problems
    assert problem.path == "a.epub/OEBPS/bomb.xhtml"
    assert "packed in a way" in problem.reason
    assert most < 16 * 1024 * 1024


def test_no_part_of_a_docx_goes_unchecked(tmp_path: Path) -> None:
    """A part may have any name, and what makes HTML of it reads those that other parts name."""
    bomb = bytes(MAX_MEMBER_BYTES)
    assert "trap" in fault(tmp_path, "a.docx", docx("", more={"word/bomb.bin": bomb}))
    assert "lead out" in fault(tmp_path, "b.docx", docx("", more={"word/../bomb.xml": bomb}))
    made = io.BytesIO(docx(""))
    with zipfile.ZipFile(made, "a") as archive:
        archive.writestr("word/bomb.bin", b"", zipfile.ZIP_LZMA)
    assert "packed in a way" in fault(tmp_path, "c.docx", made.getvalue())


@pytest.mark.parametrize("has_64_bits", [False, True])
def test_an_archive_with_too_long_a_list_of_files_is_not_opened(tmp_path: Path, has_64_bits: bool) -> None:
    """The list is not read: what the file says at its end of its length is enough."""
    end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 1, 1, 0 if has_64_bits else 5_000_000, 0, 0)
    if has_64_bits:
        end = struct.pack("<4sQ2H2I4Q4sIQI", b"PK\6\6", 44, 45, 45, 0, 0, 1, 1, 5_000_000, 0, b"PK\6\7", 0, 0, 1) + end
    data = bytes(5_000_000) + end
    assert fault(tmp_path, "a.epub", data) == "the archive's list of files is over 4 MB"
    assert member(tmp_path, "a.epub/a.png") is None


def test_entities_of_an_epub_are_not_filled_in_and_nothing_is_fetched(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("sesame")
    opf = '<!DOCTYPE package [<!ENTITY x SYSTEM "file://{}"><!ENTITY y "boom">]>'.format(tmp_path / "secret.txt")
    data = repacked(
        epub(CHAPTERS),
        "OEBPS/book.opf",
        lambda text: text.replace("<package", opf + "<package").replace("Soil", "&x;&y;"),
    )
    assert "sesame" not in read(tmp_path, "a.epub", data).title


def test_documents_lie_beside_pages_in_a_folder(tmp_path: Path) -> None:
    (tmp_path / "1-intro.md").write_text("# Intro")
    (tmp_path / "2-soil.epub").write_bytes(epub(CHAPTERS))
    (tmp_path / "more").mkdir()
    (tmp_path / "more/map.docx").write_bytes(docx(paragraph("A map.")))
    (tmp_path / "more/plan.pdf").write_bytes(pdf([sheet(1, "A plan.")]))
    (tmp_path / "more/broken.pdf").write_bytes(b"")
    book = read_book(tmp_path)
    assert (book.kind, [page.url for page in book.pages]) == (
        "folder",
        ["/1-intro", "/2-soil.epub/a", "/2-soil.epub/b", "/2-soil.epub/c", "/more/map.docx", "/more/plan.pdf#page=1"],
    )
    assert [problem.path for problem in book.problems] == ["more/broken.pdf"]


def test_a_package_that_is_not_installed_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pypdfium2", None)
    monkeypatch.setitem(sys.modules, "mammoth", None)
    assert 'pip install "bookside[pdf]"' in fault(tmp_path, "a.pdf", pdf([sheet(1, "a")]))
    assert 'pip install "bookside[docx]"' in fault(tmp_path, "a.docx", docx(""))
