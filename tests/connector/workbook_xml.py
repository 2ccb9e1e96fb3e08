"""Workbooks written as XML, for what xlsxwriter cannot or will not write."""

import zipfile

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
OFFICE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
FORMATS = ["00000000", "[h]:mm", "dd/mm/yyyy", "hh:mm", '"no "0', "[$-809]d mmmm yyyy", "#,##0.00", "0000"]
"""Styles 5 and on; 0 to 4 are the built-in General, date, moment, time and elapsed."""
TEXTS = ["<si><t>Id</t></si>", "<si><t>Name</t></si>"]
HEADER = '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row>'


def rows(*cells):
    """A header and a row for each cell, which stands in column B (write @ for its place)."""
    return HEADER + "".join(
        f'<row r="{number}"><c r="A{number}"><v>{number}</v></c>{cell.replace("@", f"B{number}")}</row>'
        for number, cell in enumerate(cells, start=2)
    )


def sheet(data, before="", after="", namespace=MAIN):
    return f'<worksheet xmlns="{namespace}">{before}<sheetData>{data}</sheetData>{after}</worksheet>'


def write(path, xml, texts=(), book_before="", namespace=MAIN, links=LINKS, compression=zipfile.ZIP_DEFLATED):
    """A workbook of one sheet, S."""
    formats = "".join(
        f'<numFmt numFmtId="{164 + index}" formatCode="{code.replace(chr(34), "&quot;")}"/>' for index, code in enumerate(FORMATS)
    )
    styles = "".join(f'<xf numFmtId="{number}"/>' for number in [0, 14, 22, 20, 46, *range(164, 164 + len(FORMATS))])
    kinds = {"workbook": "sheet.main", "worksheets/sheet1": "worksheet", "styles": "styles", "sharedStrings": "sharedStrings"}
    overrides = "".join(f'<Override PartName="/xl/{part}.xml" ContentType="{OFFICE}.{kind}+xml"/>' for part, kind in kinds.items())
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" '
        f'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>{overrides}</Types>',
        "_rels/.rels": _links([("officeDocument", "xl/workbook.xml")]),
        "xl/workbook.xml": f'<workbook xmlns="{namespace}" xmlns:r="{links}">{book_before}<sheets>'
        '<sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": _links(
            [("worksheet", "worksheets/sheet1.xml"), ("styles", "styles.xml"), ("sharedStrings", "sharedStrings.xml")]
        ),
        "xl/styles.xml": f'<styleSheet xmlns="{MAIN}"><numFmts>{formats}</numFmts><cellXfs>{styles}</cellXfs></styleSheet>',
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">{"".join([*TEXTS, *texts])}</sst>',
        "xl/worksheets/sheet1.xml": xml,
    }
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


def _links(targets):
    links = "".join(
        f'<Relationship Id="rId{number}" Type="{LINKS}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, start=1)
    )
    return f'<Relationships xmlns="{PACKAGE}/relationships">{links}</Relationships>'
