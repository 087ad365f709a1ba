"""Makes small real documents for tests: PDFs, EPUBs and DOCX files, byte by byte."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from html import escape

A_PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8cfc000000301010018dd8db0"
    "0000000049454e44ae426082"
)
CONTAINER = """<?xml version="1.0"?><container xmlns="urn:oasis:names:tc:opendocument:xmlns:container" version="1.0">
<rootfiles><rootfile full-path="OEBPS/book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>"""
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
TYPES = """<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="png" ContentType="image/png"/><Override PartName="/word/document.xml"
ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>"""
RELATED = "http://schemas.openxmlformats.org/package/2006/relationships"
KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELATIONS = f"""<?xml version="1.0"?><Relationships xmlns="{RELATED}">
<Relationship Id="r1" Type="{KIND}/officeDocument" Target="word/document.xml"/></Relationships>"""
STYLES = f"""<?xml version="1.0"?><w:styles xmlns:w="{W}">
<w:style w:type="paragraph" w:styleId="Heading1"><w:name w:val="heading 1"/></w:style>
<w:style w:type="paragraph" w:styleId="Heading2"><w:name w:val="heading 2"/></w:style></w:styles>"""


def packed(files: Mapping[str, str | bytes]) -> bytes:
    """A zip archive."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return made.getvalue()


def epub(
    chapters: Mapping[str, str], *, title: str = "Soil", nav: str = "", more: Mapping[str, str | bytes] = {}
) -> bytes:
    """An EPUB of XHTML documents by name, in reading order."""
    items = "".join(
        f'<item id="c{n}" href="{name}" media-type="application/xhtml+xml"/>' for n, name in enumerate(chapters)
    )
    spine = "".join(f'<itemref idref="c{n}"/>' for n in range(len(chapters)))
    if nav:
        items += '<item id="nav" href="nav.xhtml" properties="nav" media-type="application/xhtml+xml"/>'
    opf = f"""<?xml version="1.0"?><package xmlns="http://www.idpf.org/2007/opf" version="3.0">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{escape(title)}</dc:title>
<dc:language>en-GB</dc:language></metadata><manifest>{items}</manifest><spine>{spine}</spine></package>"""
    files: dict[str, str | bytes] = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": CONTAINER,
        "OEBPS/book.opf": opf,
        **{f"OEBPS/{name}": xhtml(body) for name, body in chapters.items()},
    }
    if nav:
        files["OEBPS/nav.xhtml"] = xhtml(nav)
    return packed(files | dict(more))


def xhtml(body: str) -> str:
    return f"""<?xml version="1.0" encoding="utf-8"?><!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops"><head><title/></head>
<body>{body}</body></html>"""


def docx(body: str, *, more: Mapping[str, str | bytes] = {}) -> bytes:
    """A DOCX of WordprocessingML."""
    document = f"""<?xml version="1.0"?><w:document xmlns:w="{W}"
xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"
xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"
xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"><w:body>{body}</w:body></w:document>"""
    relations = f"""<?xml version="1.0"?><Relationships xmlns="{RELATED}">
<Relationship Id="s1" Type="{KIND}/styles" Target="styles.xml"/>
<Relationship Id="i1" Type="{KIND}/image" Target="media/a.png"/></Relationships>"""
    files: dict[str, str | bytes] = {
        "[Content_Types].xml": TYPES,
        "_rels/.rels": RELATIONS,
        "word/document.xml": document,
        "word/styles.xml": STYLES,
        "word/_rels/document.xml.rels": relations,
        "word/media/a.png": A_PIXEL,
    }
    return packed(files | dict(more))


def paragraph(words: str, style: str = "") -> str:
    kind = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{kind}<w:r><w:t>{escape(words)}</w:t></w:r></w:p>"


Line = tuple[float, float, str]
"""Left, height above the lower edge, words."""


def pdf(pages: Sequence[Sequence[Line]], *, title: str = "", outline: Sequence[tuple[str, int, float]] = ()) -> bytes:
    """A PDF of lines in Helvetica of 12 points, or in Courier where they begin with a grave accent.

    Args:
        outline: Title, page from 0, height.
    """
    objects: list[bytes] = [b"", b""]  # the catalogue and the tree of pages, when the numbers of the others are known

    def add(body: str | bytes) -> int:
        objects.append(body.encode("latin-1") if isinstance(body, str) else body)
        return len(objects)

    fonts = [
        add(f"<</Type/Font/Subtype/Type1/BaseFont/{name}/Encoding/WinAnsiEncoding>>")
        for name in ("Helvetica", "Courier")
    ]
    numbers: list[int] = []
    for lines in pages:
        shown = "".join(
            f"BT /F{int(words[:1] == '`')} 12 Tf {left} {height} Td ({quoted(words.removeprefix('`'))}) Tj ET\n"
            for left, height, words in lines
        ).encode("cp1252")
        content = add(b"<</Length %d>>stream\n%s\nendstream" % (len(shown), shown))
        resources = f"<</Font<</F0 {fonts[0]} 0 R/F1 {fonts[1]} 0 R>>>>"
        numbers.append(
            add(f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources{resources}/Contents {content} 0 R>>")
        )
    kids = " ".join(f"{number} 0 R" for number in numbers)
    objects[1] = f"<</Type/Pages/Kids[{kids}]/Count {len(numbers)}>>".encode()
    root = ""
    if outline:
        top = len(objects) + 1
        first, last = top + 1, top + len(outline)
        add(f"<</Type/Outlines/First {first} 0 R/Last {last} 0 R/Count {len(outline)}>>")
        for place, (words, page, height) in enumerate(outline):
            beside = f"/Prev {first + place - 1} 0 R" if place else ""
            beside += f"/Next {first + place + 1} 0 R" if place + 1 < len(outline) else ""
            to = f"[{numbers[page]} 0 R/XYZ 0 {height} 0]"
            add(f"<</Title({quoted(words)})/Parent {top} 0 R{beside}/Dest{to}>>")
        root = f"/Outlines {top} 0 R"
    objects[0] = f"<</Type/Catalog/Pages 2 0 R{root}>>".encode()
    info = add(f"<</Title({quoted(title)})>>")
    made = bytearray(b"%PDF-1.4\n")
    places: list[int] = []
    for number, body in enumerate(objects, start=1):
        places.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(made)
    made += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    made += b"".join(b"%010d 00000 n \n" % place for place in places)
    trailer = b"trailer<</Size %d/Root 1 0 R/Info %d 0 R>>\nstartxref\n%d\n%%%%EOF"
    return bytes(made + trailer % (len(objects) + 1, info, start))


def quoted(words: str) -> str:
    return words.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
