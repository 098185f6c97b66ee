"""What stands in for the fonts of official documents where a machine has not got them.

Word and LibreOffice look for the other names that a document's table of fonts gives, and else take one of the
same family: without it a missing 仿宋 becomes whatever comes first.
"""

from typing import Any

from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn

# Font, other names, family and class of its letters, as the table of fonts has them.
FONTS = [
    ("方正小标宋简体", "方正小标宋_GBK;FZXiaoBiaoSong-B05S;宋体;SimSun;Noto Serif CJK SC", "roman"),
    ("黑体", "SimHei;Noto Sans CJK SC;Source Han Sans SC", "swiss"),
    ("楷体_GB2312", "楷体;KaiTi;Noto Serif CJK SC", "roman"),
    ("仿宋_GB2312", "仿宋;FangSong;Noto Serif CJK SC", "roman"),
    ("宋体", "SimSun;Noto Serif CJK SC", "roman"),
]


def name_stand_ins(document: Any) -> None:
    """Write them into the document's table of fonts."""
    part = document.part.part_related_by(RELATIONSHIP_TYPE.FONT_TABLE)
    table = parse_xml(part.blob)
    known = {font.get(qn("w:name")): font for font in table}
    for name, others, family in FONTS:
        if name in known:
            table.remove(known[name])
        table.append(
            parse_xml(
                f'<w:font {nsdecls("w")} w:name="{name}"><w:altName w:val="{others}"/>'
                f'<w:charset w:val="86"/><w:family w:val="{family}"/><w:pitch w:val="auto"/></w:font>'
            )
        )
    part._blob = _written(table)


def _written(table: Any) -> bytes:
    from lxml import etree

    return bytes(etree.tostring(table, xml_declaration=True, encoding="UTF-8", standalone=True))
