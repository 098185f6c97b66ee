"""What residents ask for: categories with their deadlines, and the words in which people put it.

{place} is a building, a row of courtyards or a special grid's place. Words that begin with 楼 or 村 as a
mark (before the colon) are said only in blocks of flats or only in villages.
"""

from dataclasses import dataclass

EXAMPLE = "示例：时限由各地自定，请按本地规定修改"


@dataclass(frozen=True)
class Category:
    """`load`: requests of this kind relative to the others, from December to July. `team`: who is sent,
    besides the grid's own team. `late`: how often the deadline is missed."""

    code: str
    name: str
    name_en: str
    group: str
    due_amount: int
    due_unit: str
    is_public: bool
    load: tuple[int, ...]
    team: str
    words: tuple[str, ...]
    late: float = 0.07


CATEGORIES = (
    Category(
        "heating", "供暖不热", "Heating not warm", "公用服务", 24, "clock_hour", False,
        (9, 11, 8, 5, 2, 0, 0, 0), "T-repair",
        (
            "楼:{place}暖气上半截凉，放了气也不热，家里老人怕冷。",
            "楼:{place}整栋楼都不热，邻居家也是一样，请联系供热公司看看。",
            "楼:{place}夜里暖气就凉了，白天又热，想问是什么原因。",
            "{place}暖气片接头渗水，用盆接着，麻烦来人修一下。",
            "{place}阀门拧不动，整屋不热，请帮忙找维修师傅。",
        ),
    ),
    Category(
        "water-power-gas", "水电气故障", "Water, power or gas failure", "公用服务", 24, "clock_hour", False,
        (5, 6, 5, 5, 6, 6, 7, 8), "T-repair",
        (
            "楼:{place}楼道里的水管漏水，水顺着楼梯往下流。",
            "楼:{place}厨房下水返水，楼下也有，可能主管道堵了。",
            "{place}从早上开始没有水，没有看到停水通知，什么时候能来？",
            "{place}水压很小，热水器打不着火。",
            "{place}水表井里漏水，地面一直是湿的。",
            "{place}突然停电，隔壁有电，请帮忙看是不是线路问题。",
            "村:{place}门口的自来水管冻裂了，水流到路上结了冰。",
            "楼:{place}楼道里闻到一点燃气味，已经开窗，请尽快派人检查。",
        ),
    ),
    Category(
        "danger", "井盖缺损、路面塌陷", "Manhole cover missing, road caving in", "公共设施", 2, "clock_hour", True,
        (1, 1, 1, 2, 3, 3, 4, 6), "T-emergency",
        (
            "{place}门前的井盖碎了一块，晚上看不见，很危险。",
            "{place}旁边路面塌了一个坑，已经放了一把椅子挡着。",
            "{place}路口的井盖松了，车一过就响，怕翻起来。",
            "{place}附近有一根电线垂下来，够得着，请马上处理。",
        ),
        0.12,
    ),
    Category(
        "street-lamp", "路灯不亮", "Street lamp out", "公共设施", 3, "work_day", True,
        (5, 4, 4, 3, 3, 2, 2, 3), "T-repair",
        (
            "{place}前面的路灯三天不亮了，下夜班走着害怕。",
            "{place}那一排路灯一闪一闪的。",
            "楼:{place}单元门口的灯坏了，老人晚上上下台阶看不清。",
            "村:{place}巷子里一盏路灯都没有亮，请看看是不是没有送电。",
        ),
    ),
    Category(
        "waste", "垃圾与杂物清运", "Waste and rubbish", "市容环境", 4, "work_hour", True,
        (5, 6, 5, 5, 6, 7, 7, 8), "T-clean",
        (
            "{place}旁边的垃圾桶满了两天没有人清，有味道了。",
            "{place}有人把旧沙发和床垫扔在路边，挡着道。",
            "{place}门前堆着装修垃圾，刮风扬灰，请清走。",
            "楼:{place}楼道里堆了很多纸箱和旧家具，怕着火。",
            "村:{place}沟边倒了一车渣土，下雨会堵。",
            "{place}附近有人烧树叶，烟很大。",
        ),
        0.09,
    ),
    Category(
        "standing-water", "道路积水、结冰", "Standing water or ice on the road", "公共设施", 5, "work_hour", True,
        (4, 5, 4, 2, 1, 2, 5, 9), "T-emergency",
        (
            "{place}门前一下雨就积水，老人孩子过不去。",
            "{place}拐弯处的雨水口堵了，水排不下去。",
            "{place}背阴的一段路结了冰，已经有人滑倒，请撒点沙子。",
            "村:{place}前面的土路泡软了，三轮车陷在里面。",
        ),
        0.10,
    ),
    Category(
        "road", "路面破损", "Damaged road surface", "道路交通", 13, "work_day", True,
        (1, 1, 1, 4, 7, 7, 5, 4), "T-emergency",
        (
            "{place}门口的路面坑坑洼洼，骑车很颠。",
            "{place}前的人行道砖松了，踩上去溅水。",
            "{place}修管道以后路面没有补平，一直高出一块。",
            "村:{place}巷子里的水泥路裂了，想问今年修不修。",
        ),
        0.14,
    ),
    Category(
        "facility", "健身设施、护栏损坏", "Damaged fitness equipment or railing", "公共设施", 7, "calendar_day", True,
        (1, 1, 2, 4, 5, 5, 4, 4), "T-repair",
        (
            "{place}旁边健身器材的踏板断了，孩子常在那里玩。",
            "{place}前的护栏倒了一段，请扶起来固定。",
            "{place}附近长椅的木条掉了，露着钉子。",
            "楼:{place}单元门的闭门器坏了，夜里砰砰响。",
        ),
    ),
    Category(
        "noise", "噪声扰民", "Noise", "街面秩序", 1, "work_day", False,
        (2, 1, 2, 3, 5, 6, 6, 7), "T-mediation",
        (
            "{place}附近晚上十点还在放音响，孩子睡不着。",
            "{place}旁边的工地一早六点就开工，能不能晚一点？",
            "楼:{place}楼上装修，中午也不停，请帮忙协调时间。",
            "{place}楼下的排风机整夜响，想请人看看能不能加个罩。",
        ),
        0.10,
    ),
    Category(
        "street-order", "占道经营、乱停车", "Street trading or parking in the way", "街面秩序", 2, "work_hour", True,
        (2, 2, 2, 4, 5, 6, 7, 7), "T-clean",
        (
            "{place}门口的摊位占了人行道，轮椅过不去。",
            "{place}消防通道上停了两辆车，打电话没有人接。",
            "{place}路口早上卖菜的把路占了一半，上学时候很堵。",
            "{place}旁边有一辆旧车停了几个月，占着车位。",
        ),
        0.12,
    ),
    Category(
        "insurance", "医保社保咨询", "Health and social insurance", "民生服务", 3, "work_day", False,
        (9, 6, 4, 4, 4, 3, 4, 4), "T-advice",
        (
            "{place}的居民想问今年的居民医保还能不能补缴。",
            "{place}一位老人想办异地就医备案，不会用手机，请教怎么办。",
            "住{place}，社保卡丢了，在哪里补，要带什么？",
            "住{place}，养老金资格认证在手机上刷不过去，能不能上门帮忙？",
            "住{place}，孩子刚出生，想问医保怎么参保。",
        ),
    ),
    Category(
        "elderly", "养老助残服务", "Help for the old and disabled", "民生服务", 3, "work_day", False,
        (4, 5, 4, 5, 4, 4, 4, 4), "T-elderly",
        (
            "{place}有一位独居老人，想请志愿者每周去看一次。",
            "住{place}，腿脚不便，想问能不能借一把轮椅。",
            "住{place}，家里老人想办老年证，需要什么材料？",
            "{place}一位老人想理发，下不了楼，有没有上门的？",
            "楼:{place}门口没有扶手，老人上台阶很吃力，能不能装一个？",
        ),
        0.05,
    ),
    Category(
        "education-jobs", "就学就业咨询", "School and work", "民生服务", 3, "work_day", False,
        (1, 2, 4, 5, 5, 5, 6, 5), "T-advice",
        (
            "住{place}，想问今年小学报名什么时候开始，要准备什么。",
            "住{place}，刚下岗，想报名技能培训，有哪些班？",
            "住{place}，想问附近有没有适合四五十岁人的工作。",
            "住{place}，孩子放学后没有人接，社区有没有托管？",
        ),
        0.05,
    ),
    Category(
        "dispute", "邻里纠纷调解", "Dispute between neighbours", "民生服务", 15, "calendar_day", False,
        (2, 2, 2, 3, 4, 4, 4, 4), "T-mediation",
        (
            "楼:{place}楼上漏水泡了天花板，两家谈不拢，请帮忙调解。",
            "村:{place}两家为院墙的位置争起来，请村里出面量一量。",
            "{place}邻居在公共过道养鸡，味道大，劝了几次不听。",
            "{place}两户因为停车吵了几次，希望有人说和。",
        ),
        0.12,
    ),
    Category(
        "other", "其他事项", "Other matters", "其他", 20, "work_day", False,
        (1, 1, 1, 2, 2, 2, 2, 2), "T-advice",
        (
            "住{place}，想报名当志愿者，周末有时间。",
            "{place}附近能不能加一个快递柜？取件要走很远。",
            "建议在{place}旁边加几个自行车停车位。",
            "住{place}，捡到一串钥匙，交到哪里？",
        ),
        0.03,
    ),
)  # fmt: skip

# What does not belong to a township: it is told where to go.
NOT_OURS = (
    "住{place}，想问外地的交通违章怎么申诉。",
    "住{place}，网上买的手机商家不给退货，请帮忙处理。",
    "住{place}，公司欠的加班费已经在打官司，想请镇里催一下法院。",
    "住{place}，想投诉外地旅行社多收钱。",
    "住{place}，半夜路上有人打架，请派人来看。",
)
OPENINGS = ("", "", "", "您好，", "今天发现，", "这两天，")
CLOSINGS = ("", "", "", "谢谢。", "请尽快处理。", "麻烦来人看一看。", "辛苦了。")
