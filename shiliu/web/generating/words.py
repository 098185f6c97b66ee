"""What the invented residents write: phrases put together, so that their search tokens are known once."""

from functools import lru_cache
from random import Random

from shiliu.core import search

MATTERS = {
    "heating": ("暖气不热", "屋里只有十五度", "暖气片漏水", "楼上热楼下不热"),
    "water-power-gas": ("厨房水管漏水了", "卫生间漏水", "停水两天了", "电表跳闸", "水压太小", "阀门关不上"),
    "danger": ("井盖破了", "路面塌了一块", "电线垂下来了"),
    "street-lamp": ("路灯不亮", "路灯一闪一闪", "三盏灯全坏了"),
    "waste": ("垃圾没人清", "杂物堆在楼道", "垃圾桶满了", "积存渣土"),
    "standing-water": ("下水道堵了", "门口积水", "结冰很滑"),
    "road": ("路面坑坑洼洼", "台阶缺了一块"),
    "facility": ("健身器材松了", "护栏断了", "长椅坏了"),
    "noise": ("夜里施工", "广场音响太大", "装修太吵"),
    "street-order": ("摊子占了人行道", "车停在消防通道"),
    "insurance": ("想问医保怎么参保", "社保卡丢了怎么补"),
    "elderly": ("老人需要上门理发", "想申请助餐"),
    "education-jobs": ("想问入学要什么材料", "想找附近的招聘"),
    "dispute": ("邻居把柴火堆在门口", "楼上晒衣服滴水"),
    "other": ("想问办事大厅几点开门", "屋顶漏水", "有个建议"),
}
RARE = "古井旁的石榴树倒了"  # one in `RARELY`
RARELY = 20_000
ENDINGS = ("麻烦来看看", "请尽快处理", "谢谢", "已经好几天了", "辛苦了", "什么时候能修", "老人出门不方便", "")


def write(category: str, random: Random) -> list[str]:
    """The phrases of one request in a category of the sample."""
    draw = random.random
    place = f"{1 + int(draw() * 30)}号楼{1 + int(draw() * 6)}单元"
    matters = MATTERS.get(category) or MATTERS["other"]
    matter = RARE if draw() * RARELY < 1 else matters[int(draw() * len(matters))]
    ending = ENDINGS[int(draw() * len(ENDINGS))]
    return [place, matter, ending] if ending else [place, matter]


def text(phrases: list[str]) -> str:
    return "，".join(phrases) + "。"


def tokens(code: str, phrases: list[str]) -> str:
    """`search.tokens` of code and text: what stands between phrases separates their tokens too."""
    known = [_tokens(phrase) for phrase in phrases]
    return " ".join([f"w{code.lower().replace('z', 'zz')}", *known])  # a word of the search, made faster


@lru_cache(maxsize=4096)
def _tokens(phrase: str) -> str:
    return search.tokens(phrase)
