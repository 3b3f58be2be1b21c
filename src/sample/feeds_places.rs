//! The feeds about places, events, brokers and offices as the sample delivers them: canonical headers, kinds and code lists. Constants only.

use super::sheet::Feed;
use super::sheet::Kind::{Code, Day, Flag, Int, Number, Text, Unique};

pub const EVENT_KINDS: &[&str] = &[
    "专场招聘会",
    "送岗下乡",
    "就业援助月",
    "春风行动",
    "民营企业招聘周",
    "高校毕业生就业服务月",
    "岗位采集",
    "紧缺工种目录发布",
    "劳务协作对接",
    "政策宣传",
    "典型推广",
];

pub static EVENTS: Feed = Feed {
    name: "events",
    columns: &[
        ("县(市、区)", Text),
        ("活动编号", Text),
        ("活动类型", Code(EVENT_KINDS)),
        ("活动名称", Text),
        ("举办日期", Day),
        ("举办地点", Text),
        ("主办单位", Text),
        ("宣传媒体", Code(&["报刊", "电视", "电台", "互联网", "政府网站", "人社网", "人社微信"])),
        ("协作方", Text),
        ("参会企业数", Int),
        ("提供岗位数", Int),
        ("参会人数", Int),
        ("贫困劳动力参会人数", Int),
        ("达成意向人数", Int),
        ("贫困劳动力达成意向人数", Int),
        ("贫困劳动力就业人数", Int),
    ],
};

pub static SITES: Feed = Feed {
    name: "sites",
    columns: &[
        ("编号", Text),
        ("载体类型", Code(&["就业扶贫车间", "返乡创业基地", "就业帮扶基地", "人力资源市场"])),
        ("级别", Code(&["国家级", "省级", "市级", "县级"])),
        ("名称", Text),
        ("统一社会信用代码", Text),
        ("所在村(街道)代码", Text),
        ("所在地类型", Code(&["乡镇", "行政村", "工业集中区", "用工集散地", "城区"])),
        ("认定时间", Day),
        ("注销时间", Day),
        ("从业人数", Int),
        ("吸纳就业贫困劳动力", Int),
    ],
};

pub static BROKERS: Feed = Feed {
    name: "brokers",
    columns: &[
        ("身份证号", Unique),
        ("姓名", Unique),
        ("服务村代码", Text),
        ("是否贫困劳动力", Flag),
        ("是否参加培训", Flag),
        ("认定时间", Day),
        ("撤销时间", Day),
        ("带动就业人数", Int),
        ("带动贫困劳动力人数", Int),
    ],
};

pub static BRANDS: Feed = Feed {
    name: "brands",
    columns: &[
        ("县(市、区)", Text),
        ("品牌名称", Text),
        ("打造时间", Day),
        ("主要工种", Text),
        ("是否具有本地特色", Flag),
        ("年输出人数", Int),
    ],
};

pub static INSPECTIONS: Feed = Feed {
    name: "inspections",
    columns: &[
        ("检查编号", Text),
        ("检查类型", Code(&["日常巡视", "专项检查", "自查", "省级督查"])),
        ("被检单位", Text),
        ("统一社会信用代码", Text),
        ("检查日期", Day),
        ("发现问题", Text),
        ("严重程度", Code(&["无", "一般", "严重"])),
        ("通报日期", Day),
        ("整改期限", Day),
        ("销号日期", Day),
        ("拖欠工资(元)", Int),
        ("追回工资(元)", Int),
        ("涉及贫困劳动力人数", Int),
        ("列入黑名单日期", Day),
        ("移出日期", Day),
    ],
};

pub const SUBMISSION_KINDS: &[&str] = &[
    "工作方案",
    "工作情况",
    "统计报表附件3",
    "统计报表附件4",
    "统计报表附件5",
    "任务细化分解",
    "领导小组",
    "考评制度",
    "部门分工",
    "督查自查",
];

pub static SUBMISSIONS: Feed = Feed {
    name: "submissions",
    columns: &[
        ("报送单位", Text),
        ("材料类型", Code(SUBMISSION_KINDS)),
        ("报告期", Text),
        ("收到日期", Day),
        ("含目标任务", Flag),
        ("含政策支持", Flag),
        ("含保障措施", Flag),
        ("文号", Text),
    ],
};

pub const INDICATORS: &[&str] = &[
    "专场招聘会",
    "就业扶贫车间",
    "返乡创业基地",
    "技能培训人数",
    "劳务经纪人",
    "贫困劳动力总数",
    "就业贫困劳动力",
    "就业比例",
];

pub static STAT_REPORTS: Feed = Feed {
    name: "stat_reports",
    columns: &[
        ("填报单位", Text),
        ("报告期", Text),
        ("指标", Code(INDICATORS)),
        ("计划数", Number),
        ("完成数", Number),
        ("表号", Text),
        ("填表人", Text),
        ("单位负责人", Text),
        ("报出日期", Day),
    ],
};

/// The same, one row a unit and period, an indicator a column.
pub static STAT_REPORTS_WIDE: Feed = Feed {
    name: "stat_reports",
    columns: &[
        ("填报单位", Text),
        ("报告期", Text),
        ("专场招聘会", Number),
        ("就业扶贫车间", Number),
        ("返乡创业基地", Number),
        ("技能培训人数", Number),
        ("劳务经纪人", Number),
        ("贫困劳动力总数", Number),
        ("就业贫困劳动力", Number),
        ("就业比例", Number),
        ("填表人", Text),
        ("单位负责人", Text),
        ("报出日期", Day),
    ],
};

pub static VILLAGES: Feed = Feed {
    name: "villages",
    columns: &[("村代码", Text), ("村名", Text), ("乡镇", Text), ("县(市、区)", Text), ("是否贫困村", Flag)],
};
