"""The built-in reader shows EPUBs, PDFs and DOCX files as pages, their images, the PDF, and nothing beside it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from documents import A_PIXEL, docx, epub, paragraph, pdf
from serving import Served, serving

LINES = [
    [(72.0, 700.0, "Sand lets water through.")],
    [(72.0, 700.0, "Clay holds water.")],
    [(72.0, 700.0, "Loam is both.")],
    [(72.0, 700.0, "Peat is neither.")],
]
OUTLINE = [("Sand", 0, 720.0), ("Loam", 2, 720.0)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    book = tmp_path_factory.mktemp("folder") / "book"
    book.mkdir()
    image = '<p>Soil. <a href="b.xhtml#two">On</a> <img src="a.png" alt="A field"/></p>'
    chapters = {"a.xhtml": f"<h1>A</h1>{image}", "b.xhtml": '<h1>B</h1><h2 id="two">Two</h2><p>x</p>'}
    (book / "a.epub").write_bytes(epub(chapters, more={"OEBPS/a.png": A_PIXEL, "OEBPS/a.txt": "text"}))
    (book / "b.pdf").write_bytes(pdf(LINES, title="Soils", outline=OUTLINE))
    (book / "c.docx").write_bytes(docx(paragraph("Soil report", "Heading1") + paragraph("Words.")))
    (book / "d.md").write_text("# D\n\nThe end.")
    with serving(tmp_path_factory.mktemp("data"), book=book) as served:
        yield served


def test_documents_of_an_epub_are_pages_with_their_links_and_images(folder: Served) -> None:
    """Links between documents lead to pages, an image comes out of the archive, and nothing else does."""
    html = folder.client.get("/a.epub/a").text
    assert 'href="/a.epub/b#two"' in html
    assert '<img src="/_bookside/files/a.epub/OEBPS/a.png" alt="A field" width="1" height="1"' in html
    image = folder.client.get("/_bookside/files/a.epub/OEBPS/a.png")
    assert (image.content, image.headers["content-type"]) == (A_PIXEL, "image/png")
    assert "sandbox" in image.headers["content-security-policy"]
    for name in ("a.epub/OEBPS/a.txt", "a.epub/OEBPS/a.xhtml", "a.epub", "a.epub/../d.md", "c.docx"):
        assert folder.client.get(f"/_bookside/files/{name}").status_code == 404


def test_the_chapters_of_a_pdf_are_one_page_on_which_every_citation_lands(folder: Served) -> None:
    """Each section's address leads to an element, and below it a link leads to that page of the file."""
    html = folder.client.get("/b.pdf").text
    for number in range(1, 5):
        assert f'id="page={number}"' in html
        assert f'<a href="/_bookside/files/b.pdf#page={number}">PDF, page {number}</a>' in html
    assert html.count("Peat is neither.") == 1
    assert 'rel="next" href="/c.docx"' in html
    file = folder.client.get("/_bookside/files/b.pdf")
    assert file.headers["content-type"] == "application/pdf"
    assert file.content.startswith(b"%PDF")
    assert "sandbox" not in file.headers["content-security-policy"]


def test_the_chapter_of_a_pdf_is_known_by_the_page_in_the_address(folder: Served) -> None:
    """A search that is kept to the reader's page finds what is in the chapter that the fragment names."""
    body: dict[str, Any] = {
        "query": "water",
        "context": {"page_context": {"url": "/b.pdf#page=4"}, "context_mode": "current_page"},
    }
    answer = folder.client.post("/assistant/chatkit", json=body).text
    assert "through" not in answer
    assert "holds" not in answer
    body["context"]["page_context"]["url"] = "/b.pdf#page=1"
    assert "Clay holds water" in folder.client.post("/assistant/chatkit", json=body).text


def test_a_book_that_is_one_file_gives_out_that_file_alone(tmp_path: Path) -> None:
    """What lies beside the file on the disk is not the book's."""
    (tmp_path / "beside.pdf").write_bytes(pdf(LINES))
    (tmp_path / "beside.png").write_bytes(A_PIXEL)
    (tmp_path / "soils.pdf").write_bytes(pdf(LINES, title="Soils", outline=OUTLINE))
    with serving(tmp_path / "data", book=tmp_path / "soils.pdf") as served:
        assert "Soils" in served.client.get("/").text
        assert served.client.get("/soils.pdf").status_code == 200
        assert served.client.get("/_bookside/files/soils.pdf").status_code == 200
        for name in ("beside.pdf", "beside.png", "../beside.png", "soils.pdf/../beside.png", ""):
            assert served.client.get(f"/_bookside/files/{name}").status_code == 404, name
            assert served.client.get(f"/{name}?").headers["content-type"].startswith("text/html"), name
        assert served.client.get("/sitemap.xml").text.count("<loc>") == 1
