"""The meetings of the sample: what was on the agenda, what was decided, and who was to do it by when.

Titles are the names that the account itself uses; what is dealt with is everyday work. Evidence names the
kind of record and its code; for a request, the category of one that was closed while the task ran.
"""

from dataclasses import dataclass

WORKS, VENUE, TALK, ARTICLE = "works.project", "venues.venue", "venues.talk", "channel.articlepage"
TEAM, REQUEST = "volunteers.team", "requests.request"


@dataclass(frozen=True)
class Task:
    """`done`: a day, or “open” or “dropped”."""

    title: str
    owner: str
    due: str
    done: str
    evidence: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Decision:
    text: str
    tasks: tuple[Task, ...] = ()


@dataclass(frozen=True)
class Meeting:
    kind: str
    day: str
    title: str
    agenda: str
    decisions: tuple[Decision, ...] = ()


MEETINGS = (
    Meeting(
        "coordination", "2022-12-14", "冬季供暖协调会", "供暖报修多的楼栋；抢修力量和值班",
        (
            Decision(
                "供暖报修每天汇总一次，供热单位当天回话。",
                (Task("建立供暖报修日汇总", "P-coord-town", "2022-12-20", "2022-12-19", ((REQUEST, "heating"),)),),
            ),
        ),
    ),
    Meeting(
        "committee", "2023-01-06", "镇党委例会（1月）", "全年工作计划与分工；春节前走访和值班",
        (
            Decision(
                "全年工作分解到岗位，每季度对照检查一次。",
                (Task("印发全年工作分解表", "P-deputy", "2023-01-20", "2023-01-18"),),
            ),
            Decision(
                "春节前走访独居老人和困难家庭，需要帮助的当场登记。",
                (
                    Task("完成节前走访", "P-aid-officer", "2023-01-19", "2023-01-18", ((TEAM, "T-elderly"),)),
                    Task("公布春节值班电话", "P-coord-town", "2023-01-18", "2023-01-17"),
                ),
            ),
        ),
    ),
    Meeting("study", "2023-01-12", "理论学习中心组学习会（第一次）", "讨论全年学习计划；学习冬季安全常识"),
    Meeting(
        "coordination", "2023-01-17", "春节期间应急协调会", "供水供电供热保障；烟花爆竹安全；清雪除冰",
        (
            Decision(
                "水电热单位各留一组人值班，接报后两小时内到场。",
                (
                    Task(
                        "落实节日抢修值班表", "P-coord-town", "2023-01-20", "2023-01-19",
                        ((REQUEST, "water-power-gas"), (TEAM, "T-repair")),
                    ),
                ),
            ),
        ),
    ),
    Meeting(
        "committee", "2023-02-07", "镇党委例会（2月）", "供暖期居民诉求情况；管网改造开工准备；宣讲安排",
        (
            Decision(
                "供暖诉求集中的楼栋列入改造清单，开春先做。",
                (Task("提出管网改造楼栋清单", "P-works", "2023-02-28", "2023-02-27", ((WORKS, "G01"),)),),
            ),
            Decision(
                "上半年每周至少一场入户入院宣讲，题目由居民点。",
                (Task("排出上半年宣讲安排", "P-editor", "2023-02-24", "2023-03-02", ((TALK, "X12"),)),),
            ),
        ),
    ),
    Meeting(
        "coordination", "2023-02-15", "管网与道路施工协调会", "施工顺序；停水通知；出行保障",
        (
            Decision(
                "停水停路提前三天贴通知并发到网格群。",
                (Task("统一停水停路通知的格式", "P-works", "2023-03-01", "2023-02-24"),),
            ),
            Decision(
                "先排水、后路面，同一段路不挖第二次。",
                (Task("编排各社区施工顺序", "P-works", "2023-03-10", "2023-03-08", ((WORKS, "G03"), (WORKS, "G04"))),),
            ),
        ),
    ),
    Meeting("study", "2023-02-21", "理论学习中心组学习会（第二次）", "学习社会救助的办理程序；交流走访中遇到的问题"),
    Meeting(
        "committee", "2023-03-07", "镇党委例会（3月）", "阵地开放时间；春耕服务；志愿队伍登记",
        (
            Decision(
                "各统战之家、红石榴家园的开放时间贴在门口，周末也要开。",
                (
                    Task(
                        "公布各阵地开放时间", "P-deputy", "2023-03-24", "2023-03-22",
                        ((VENUE, "H01"), (VENUE, "H02"), (VENUE, "H15")),
                    ),
                    Task("南排村老校舍阵地腾退并另选地点", "P-coord-nanpai", "2023-03-31", "2023-03-31", ((VENUE, "H19"),)),
                ),
            ),
            Decision(
                "村里组织一次农机检查，配一篇说明发到网格群。",
                (
                    Task(
                        "农机检查与说明", "P-coord-shengli", "2023-03-28", "2023-03-24",
                        ((ARTICLE, "spring-ploughing"),),
                    ),
                ),
            ),
        ),
    ),
    Meeting(
        "coordination", "2023-03-15", "医保社保集中办理协调会", "手机不会用的居民怎么办；上门代办",
        (
            Decision(
                "每个社区固定半天有人陪着办，行动不便的上门办。",
                (
                    Task(
                        "排出陪办时间并通知", "P-coord-town", "2023-03-31", "2023-03-30",
                        ((REQUEST, "insurance"), (TEAM, "T-advice")),
                    ),
                ),
            ),
        ),
    ),
    Meeting("study", "2023-03-23", "理论学习中心组学习会（第三次）", "学习农村污水与道路工程的验收常识"),
    Meeting(
        "committee", "2023-04-06", "镇党委例会（4月）", "一季度工作对照；工程进度；救助资金发放复核",
        (
            Decision(
                "一季度没有完成的事项逐项说明，重新定期限。",
                (Task("一季度工作对照表", "P-deputy", "2023-04-14", "2023-04-14"),),
            ),
            Decision(
                "救助发放一律先核对审批数，再付款；错了按冲销办。",
                (Task("复核一季度救助发放", "P-aid-approver", "2023-04-21", "2023-04-18"),),
            ),
        ),
    ),
    Meeting(
        "coordination", "2023-04-19", "电动自行车充电协调会", "楼道充电；充电点选址；电价公示",
        (
            Decision(
                "先在三个小区选充电点，地点由居民商量。",
                (
                    Task(
                        "三个小区的充电点选址", "P-coord-fengying", "2023-05-31", "2023-06-09",
                        ((ARTICLE, "e-bike-charging"),),
                    ),
                    Task("其余小区的充电点选址", "P-coord-town", "2023-07-14", "open"),
                ),
            ),
        ),
    ),
    Meeting("study", "2023-04-25", "理论学习中心组学习会（第四次）", "讨论居民议事怎样开得起来；学习消防常识"),
    Meeting(
        "committee", "2023-05-09", "镇党委例会（5月）", "工程验收安排；志愿队伍培训；噪声与占道",
        (
            Decision(
                "工程验收请居民代表到场，数量当场签字。",
                (
                    Task(
                        "五月验收安排", "P-works", "2023-05-31", "2023-05-30",
                        ((WORKS, "G01"), (WORKS, "G02"), (WORKS, "G05")),
                    ),
                ),
            ),
            Decision(
                "夜间噪声由社区先上门商量，商量不成再请执法队。",
                (Task("夜间噪声上门商量", "P-coord-beishaliang", "2023-06-09", "2023-06-08", ((REQUEST, "noise"),)),),
            ),
        ),
    ),
    Meeting(
        "coordination", "2023-05-18", "井盖与路面安全协调会", "井盖权属；夜间警示；两小时到场",
        (
            Decision(
                "井盖逐个登记权属，查不清的由镇里先修。",
                (
                    Task("井盖权属登记", "P-works", "2023-06-15", "2023-06-14", ((REQUEST, "danger"),)),
                    Task("给高风险井盖加装防坠网", "P-works", "2023-06-30", "open"),
                ),
            ),
        ),
    ),
    Meeting("study", "2023-05-25", "理论学习中心组学习会（第五次）", "学习防汛预案；推演一次夜间转移"),
    Meeting(
        "committee", "2023-06-06", "镇党委例会（6月）", "防汛准备；上半年总结的材料从记录中取",
        (
            Decision(
                "汛前把下水口、窗井、低洼处查一遍，查到的当周清。",
                (
                    Task(
                        "汛前检查", "P-coord-town", "2023-06-16", "2023-06-15",
                        ((ARTICLE, "before-the-rain"), (REQUEST, "standing-water"), (TEAM, "T-emergency")),
                    ),
                    Task("备足沙袋和水泵", "P-deputy", "2023-06-20", "2023-06-19"),
                ),
            ),
            Decision(
                "上半年总结不再向社区要报表，数字从记录中取。",
                (
                    Task("核对上半年记录", "P-coord-town", "2023-06-30", "2023-06-29"),
                    Task("向各社区下发总结表格", "P-deputy", "2023-06-20", "dropped"),
                ),
            ),
        ),
    ),
    Meeting(
        "coordination", "2023-06-14", "雨污分流收尾协调会", "剩余管段；路面恢复；居民出行",
        (
            Decision(
                "雨季前恢复所有开挖路面，暂时恢复不了的设围挡和灯。",
                (Task("开挖路面恢复", "P-works", "2023-06-25", "2023-06-21", ((WORKS, "G03"), (WORKS, "G06"))),),
            ),
        ),
    ),
    Meeting("study", "2023-06-20", "理论学习中心组学习会（第六次）", "交流上半年服务中的做法和不足"),
    Meeting(
        "other", "2023-06-27", "居民代表座谈会", "下半年想办的事；停车、充电、活动室",
        (
            Decision(
                "居民提出的事项逐条答复，办不了的说明原因。",
                (Task("逐条答复居民代表", "P-coord-town", "2023-07-20", "2023-07-19", ((VENUE, "H17"),)),),
            ),
        ),
    ),
    Meeting(
        "committee", "2023-07-05", "镇党委例会（7月）", "上半年情况；下半年计划",
        (
            Decision(
                "下半年先办停车、充电和活动室三件事。",
                (Task("三件事的分步计划", "P-deputy", "2023-08-15", "open"),),
            ),
        ),
    ),
    Meeting(
        "coordination", "2023-07-19", "强降雨应对会商", "低洼处值守；积水点抽排；暑期安全提醒",
        (
            Decision(
                "积水点有人有泵，处理完在网格群里说一声。",
                (
                    Task(
                        "积水点逐点销号", "P-coord-town", "2023-07-28", "2023-07-27",
                        ((REQUEST, "standing-water"), (ARTICLE, "summer-water-safety")),
                    ),
                ),
            ),
        ),
    ),
)  # fmt: skip
