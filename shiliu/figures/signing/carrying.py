"""The signed document inside a file of another form: attached to a PDF, a part of a Word file or workbook."""

import base64
import binascii
import io
import zipfile
from xml.etree import ElementTree

from shiliu.figures.signing.seal import NotSigned

NAME = "shiliu-signed-report.json"  # of the attachment
PART = "customXml/shiliu-signed-report.xml"
SPACE = "urn:shiliu:signed-report"
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/customXml"
HOLDERS = {"word/_rels/document.xml.rels": "docx", "xl/_rels/workbook.xml.rels": "xlsx"}
MOST = 64 << 20  # bytes: more is no report


def in_office(file: bytes, document: bytes) -> bytes:
    """A Word file or workbook with the document as a part of its own, which Office keeps when it saves."""
    made = io.BytesIO()
    relation = f'<Relationship Id="shiliuSigned" Type="{RELATION}" Target="../{PART}"/></Relationships>'
    inside = base64.b64encode(document).decode()
    part = f'<?xml version="1.0" encoding="UTF-8"?><report xmlns="{SPACE}">{inside}</report>'
    packed = zipfile.ZIP_DEFLATED
    with zipfile.ZipFile(io.BytesIO(file)) as before, zipfile.ZipFile(made, "w", packed) as after:
        for info in before.infolist():
            content = before.read(info)
            if info.filename in HOLDERS:
                content = content.replace(b"</Relationships>", relation.encode())
            after.writestr(info.filename, content)
        after.writestr(PART, part)
    return made.getvalue()


def form_of(file: bytes) -> str:
    """Of which form a file is, by how it begins: json, pdf, docx or xlsx. Raises NotSigned for another."""
    if file[:4] == b"%PDF":
        return "pdf"
    if file.lstrip()[:1] == b"{":
        return "json"
    if file[:2] == b"PK":
        try:
            with zipfile.ZipFile(io.BytesIO(file)) as archive:
                for name in archive.namelist():
                    if name in HOLDERS:
                        return HOLDERS[name]
        except zipfile.BadZipFile:
            pass
    raise NotSigned("another kind of file")


def document_in(file: bytes, form: str) -> bytes:
    """The document that a file carries. Raises NotSigned where it carries none, or more than one."""
    if form == "json":
        return file
    try:
        return _in_pdf(file) if form == "pdf" else _in_archive(file)
    except NotSigned:
        raise
    except Exception as error:  # whatever a damaged file makes its reader say
        raise NotSigned(str(error)) from error


def _in_archive(file: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(file)) as archive:
        found = [info for info in archive.infolist() if info.filename == PART]
        if len(found) != 1 or found[0].file_size > 2 * MOST:
            raise NotSigned("no signed report in it")
        root = ElementTree.fromstring(archive.read(found[0]))  # noqa: S314  expat bounds what entities grow to
    if root.tag != f"{{{SPACE}}}report":
        raise NotSigned("another part under its name")
    try:
        return base64.b64decode(root.text or "", validate=True)
    except binascii.Error as error:
        raise NotSigned(str(error)) from None


def _in_pdf(file: bytes) -> bytes:
    from pypdf import PdfReader  # only here: it takes a while to load

    found = PdfReader(io.BytesIO(file)).attachments.get(NAME, [])
    if len(found) != 1:
        raise NotSigned("no signed report in it")
    return bytes(found[0])
