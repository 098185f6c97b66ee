"""What hotlines call the columns of their files. Read from a few of them: local, extend it as files come.

docs/guide/hotline.md lists the same names; a test compares the two.
"""

from shiliu.core.exchange import cells

# By our own name, in the order in which a file that has several of them is read.
TITLES: dict[str, tuple[str, ...]] = {
    "number": ("工单编号", "工单号", "工单流水号", "受理编号", "诉求编号", "编号"),
    "title": ("诉求标题", "工单标题", "标题", "主题"),
    "words": (
        "诉求内容", "反映内容", "工单内容", "问题描述", "诉求描述", "来电内容", "内容描述", "主要内容",
        "内容",
    ),
    "category": (
        "诉求类别", "诉求分类", "问题分类", "事项分类", "工单分类", "诉求事项", "归口类别", "类别", "分类",
    ),
    "area": ("区域编码", "网格编码", "社区编码"),
    "place": (
        "所属区域", "所属街道", "所属镇街", "所属社区", "所属村社区", "所属网格", "事发区域",
        "区域", "镇街", "社区", "村社区", "网格",
    ),
    "address": ("地址", "详细地址", "事发地址", "事发地点", "诉求地址", "具体位置", "地点"),
    "contact_name": ("联系人", "来电人", "诉求人", "反映人", "市民姓名", "姓名"),
    "contact_phone": ("联系电话", "来电号码", "来电电话", "联系方式", "回访电话", "手机号", "电话"),
    "due": ("办理时限", "办结时限", "办理期限", "处理时限", "截止时间", "到期时间", "要求办结时间"),
    "called": ("来电时间", "诉求时间", "反映时间", "受理时间", "登记时间"),
    "sent": ("派单时间", "转办时间", "交办时间", "下派时间"),
    "source": ("工单来源", "来源系统"),
}  # fmt: skip
SEVERAL = "place"  # of this one, all columns that a file has are read
NEEDED = (("number",), ("words", "title"))


def found(header: list[str]) -> dict[str, list[int]] | None:
    """By our own name, the columns of a header; None for a row that is no header.

    A header names the orders' number and what they are about. Our own names are understood too.
    """
    titles = [_plain(title) for title in header]
    columns: dict[str, list[int]] = {}
    for name, known in TITLES.items():
        places = [titles.index(title) for title in (*known, name) if title in titles]
        if places:
            columns[name] = sorted(places) if name == SEVERAL else places[:1]
    if all(any(name in columns for name in names) for names in NEEDED):
        return columns
    return None


def unread(header: list[str], columns: dict[str, list[int]]) -> list[str]:
    """The titles that stand for nothing of ours."""
    places = {place for several in columns.values() for place in several}
    return [cells.shortened(title) for n, title in enumerate(header) if title and n not in places]


def _plain(title: str) -> str:
    """A title without what people put around it: spaces, line breaks, a star, a remark in brackets."""
    text = "".join(cells.narrow(title).split()).strip("*:").lower()
    return text.partition("(")[0]
