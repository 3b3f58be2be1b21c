//! The feeds with a row about a person as the sample delivers them: canonical headers, kinds and code lists. Constants only.

use super::sheet::Feed;
use super::sheet::Kind::{Code, Day, Flag, Int, Text, Unique};

pub const SEXES: &[&str] = &["男", "女"];
pub const SKILLS: &[&str] = &["普通劳动力", "技能劳动力", "弱劳动力或半劳动力", "丧失劳动力", "无劳动力"];
pub const EDUCATIONS: &[&str] = &["文盲或半文盲", "小学", "初中", "高中", "大专", "本科及以上"];
pub const STATUSES: &[&str] = &["转移就业", "自主创业", "公益性岗位", "灵活就业", "农业就业", "未就业"];
pub const WORK_WISHES: &[&str] = &["有就业意愿", "有创业意愿", "无意愿"];
pub const TRAINING_NEEDS: &[&str] = &["就业技能培训", "劳务品牌培训", "创业培训", "实用技术培训", "无"];
pub const ETHNICITIES: &[&str] = &["汉族", "满族", "朝鲜族", "蒙古族", "回族"];
pub const JOB_WISHES: &[&str] = &[
    "家政服务",
    "保洁",
    "保安",
    "瓦工",
    "木工",
    "缝纫工",
    "装配工",
    "厨师",
    "种植",
    "养殖",
    "驾驶员",
    "护工",
    "服务员",
];
pub const GRADUATES: &[&str] = &["高校", "中职", "两后生"];
pub const EXITS: &[&str] = &["未脱贫", "已脱贫", "返贫"];
pub const SURVEYS: &[&str] = &["上门走访", "电话联系", "数据比对", "其他"];

pub static LEDGER: Feed = Feed {
    name: "ledger",
    columns: &[
        ("身份证号", Unique),
        ("姓名", Unique),
        ("性别", Code(SEXES)),
        ("年龄", Int),
        ("民族", Code(ETHNICITIES)),
        ("村代码", Text),
        ("乡镇", Text),
        ("行政村", Text),
        ("户编号", Text),
        ("联系电话", Unique),
        ("文化程度", Code(EDUCATIONS)),
        ("技能水平", Code(SKILLS)),
        ("是否在校生", Flag),
        ("就业失业状况", Code(STATUSES)),
        ("求职意向", Code(JOB_WISHES)),
        ("就业创业意愿", Code(WORK_WISHES)),
        ("培训需求", Code(TRAINING_NEEDS)),
        ("是否可外出务工", Flag),
        ("毕业生类别", Code(GRADUATES)),
        ("毕业(离校)时间", Day),
        ("脱贫状态", Code(EXITS)),
        ("调查方式", Code(SURVEYS)),
        ("核实日期", Day),
        ("更新日期", Day),
    ],
};

pub const PLACES: &[&str] = &["乡(镇)内", "乡外县内", "县外市内", "市外省内", "省外", "境外"];
pub const CHANNELS: &[&str] = &[
    "组织介绍",
    "驻外劳务机构",
    "人力资源机构",
    "劳务经纪人",
    "东西部协作",
    "省内协作",
    "亲友介绍",
    "自行就业",
    "其他",
];

pub static EMPLOYMENT: Feed = Feed {
    name: "employment",
    columns: &[
        ("身份证号", Unique),
        ("姓名", Unique),
        ("起始日期", Day),
        ("终止日期", Day),
        ("就业类型", Code(&["转移就业", "自主创业", "公益性岗位", "灵活就业", "农业就业"])),
        ("就业地域", Code(PLACES)),
        ("就业渠道", Code(CHANNELS)),
        ("就业单位", Text),
        ("统一社会信用代码", Text),
        ("月收入(元)", Int),
        ("是否签订劳动合同", Flag),
        ("是否参加社会保险", Flag),
        ("是否按时足额发放", Flag),
        ("就业地行政区划", Text),
    ],
};

pub const SERVICES_KINDS: &[&str] =
    &["岗位推荐", "职业指导", "政策咨询", "创业指导", "项目推介", "跟踪回访", "摸底核实"];
pub const CONTACTS: &[&str] = &["上门走访", "电话回访", "短信联系", "微信", "现场"];

pub static SERVICES: Feed = Feed {
    name: "services",
    columns: &[
        ("身份证号", Unique),
        ("服务日期", Day),
        ("服务类型", Code(SERVICES_KINDS)),
        ("方式", Code(CONTACTS)),
        ("收费金额(元)", Int),
        ("导师姓名", Text),
        ("结果", Text),
    ],
};

pub const TRAINING_TYPES: &[&str] = &["就业技能培训", "劳务品牌培训", "创业培训", "实用技术培训", "技工教育"];

pub static TRAINING: Feed = Feed {
    name: "training",
    columns: &[
        ("身份证号", Unique),
        ("姓名", Unique),
        ("班次编号", Text),
        ("培训类型", Code(TRAINING_TYPES)),
        ("培训工种", Text),
        ("培训方式", Code(&["订单", "定向", "定岗", "项目制", "普通"])),
        ("培训机构", Text),
        ("是否认定机构", Flag),
        ("开班日期", Day),
        ("结业日期", Day),
        ("是否结业", Flag),
        ("个人缴费(元)", Int),
        ("补贴金额(元)", Int),
        ("培训后回访日期", Day),
    ],
};

pub static SITE_ROSTER: Feed = Feed {
    name: "site_roster",
    columns: &[
        ("身份证号", Unique),
        ("载体编号", Text),
        ("上岗时间", Day),
        ("离职时间", Day),
        ("合同月数", Int),
        ("月工资(元)", Int),
    ],
};

pub const PAYMENT_KINDS: &[&str] = &[
    "职业培训补贴",
    "职业技能鉴定补贴",
    "雨露计划补助",
    "项目制培训补贴",
    "车间奖补",
    "基地补助",
    "初创企业补贴",
    "社会保险补贴",
    "求职创业补贴",
    "就业见习补贴",
    "岗位补贴",
    "就业创业服务补贴",
    "创业担保贷款贴息",
];

pub static PAYMENTS: Feed = Feed {
    name: "payments",
    columns: &[
        ("流水号", Text),
        ("补贴类型", Code(PAYMENT_KINDS)),
        ("领取人身份证号", Unique),
        ("领取单位", Text),
        ("统一社会信用代码", Text),
        ("关联编号", Text),
        ("涉及人数", Int),
        ("金额(元)", Int),
        ("发放日期", Day),
        ("是否有组织输出", Flag),
        ("是否县域外", Flag),
    ],
};

pub static LOANS: Feed = Feed {
    name: "loans",
    columns: &[
        ("合同编号", Text),
        ("借款人身份证号", Unique),
        ("借款人", Text),
        ("借款主体", Code(&["个人", "合伙", "企业", "网店"])),
        ("贷款金额(元)", Int),
        ("放款日期", Day),
        ("贴息金额(元)", Int),
    ],
};

pub static POSTS: Feed = Feed {
    name: "posts",
    columns: &[
        ("岗位编号", Text),
        (
            "岗位类型",
            Code(&["孤寡老人和留守儿童看护", "乡村治安协管", "乡村道路维护", "乡村保洁保绿", "山林防护", "其他"]),
        ),
        ("用人单位", Text),
        ("在岗人员身份证号", Unique),
        ("是否非全日制", Flag),
        ("上岗日期", Day),
        ("离岗日期", Day),
    ],
};

pub static PERSON_LISTS: Feed = Feed {
    name: "person_lists",
    columns: &[
        ("名单", Code(&["全国平台", "扶贫办名单", "社保比对"])),
        ("身份证号", Unique),
        ("姓名", Unique),
        ("县(市、区)", Text),
        ("状态", Text),
    ],
};
