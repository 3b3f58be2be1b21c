//! Made-up names: people, villages, towns, firms. Constants and string building only.

use super::draw::Draw;
use super::ids::credit_code;
use super::regions::County;

const SURNAMES: [&str; 72] = [
    "王", "李", "张", "刘", "陈", "杨", "赵", "孙", "周", "于", "徐", "高", "马", "朱", "胡", "郭", "何", "林", "宋",
    "韩", "姜", "崔", "谭", "范", "冯", "曹", "彭", "曾", "萧", "田", "董", "潘", "袁", "蔡", "蒋", "余", "杜", "叶",
    "程", "魏", "苏", "吕", "丁", "任", "卢", "姚", "沈", "钟", "石", "廖", "贾", "夏", "付", "方", "白", "邹", "孟",
    "熊", "秦", "邱", "侯", "江", "尹", "薛", "闫", "段", "雷", "史", "龙", "陶", "贺", "顾",
];
const SURNAMES_KOREAN: [&str; 10] = ["金", "朴", "李", "崔", "郑", "姜", "尹", "安", "许", "全"];
const GIVEN_MALE: [&str; 48] = [
    "伟", "强", "军", "磊", "洋", "勇", "杰", "涛", "明", "超", "刚", "平", "辉", "鹏", "华", "飞", "鑫", "波", "斌",
    "宇", "浩", "凯", "健", "俊", "帆", "旭", "宁", "龙", "林", "阳", "建", "国", "庆", "海", "山", "东", "福", "贵",
    "成", "学", "文", "武", "忠", "义", "德", "春", "生", "财",
];
const GIVEN_FEMALE: [&str; 48] = [
    "芳", "娜", "敏", "静", "丽", "艳", "娟", "霞", "秀", "兰", "英", "华", "玉", "萍", "红", "玲", "芬", "燕", "彩",
    "春", "菊", "凤", "洁", "梅", "琳", "素", "云", "莲", "真", "环", "雪", "荣", "爱", "妹", "香", "月", "莺", "媛",
    "瑞", "凡", "佳", "桂", "淑", "珍", "琴", "杰", "波", "晶",
];

/// Writes a name: the family's character from `family`, one or two given ones from `own`.
pub fn write_person(out: &mut String, family: Draw, own: Draw, is_male: bool, is_korean: bool) {
    out.clear();
    out.push_str(if is_korean { family.pick(&SURNAMES_KOREAN) } else { family.pick(&SURNAMES) });
    let pool = if is_male { &GIVEN_MALE } else { &GIVEN_FEMALE };
    out.push_str(own.of("first").pick(pool));
    if own.of("two").chance(7_800) {
        out.push_str(own.of("second").pick(pool));
    }
}

const PLACE_FIRST: [&str; 26] = [
    "永", "太", "长", "福", "兴", "新", "东", "西", "南", "北", "大", "小", "双", "三", "四", "五", "红", "青", "龙",
    "凤", "金", "玉", "向", "团", "胜", "和",
];
const PLACE_SECOND: [&str; 24] = [
    "安", "平", "丰", "发", "岗", "河", "泉", "山", "林", "岭", "屯", "沟", "泡", "阳", "胜", "利", "源", "盛", "旺",
    "家", "台", "顺", "民", "合",
];

/// Two characters for a place; places from 0 to 623 have a name of their own.
pub fn place(at: u64) -> String {
    let (round, turn) = ((at % 624) / 26, at % 26);
    // 5 shares no divisor with 26: each first character comes once a round, and then with another second one.
    format!("{}{}", PLACE_FIRST[((turn * 5) % 26) as usize], PLACE_SECOND[((round + turn) % 24) as usize])
}

/// A made-up firm.
pub struct Firm {
    pub name: String,
    pub code: String,
}

const FIRM_WORDS: [&str; 24] = [
    "松禾", "吉泰", "长禾", "永沃", "鑫源", "宏野", "穗丰", "北禾", "瑞丰", "天禾", "金谷", "绿野", "泰荣", "吉沃",
    "盛禾", "远山", "兴野", "青禾", "广禾", "恒谷", "嘉禾", "润野", "春谷", "百穗",
];
const FIRM_TRADES: [&str; 14] = [
    "农业发展",
    "食品",
    "服饰加工",
    "人参制品",
    "食用菌",
    "米业",
    "牧业",
    "建筑工程",
    "家政服务",
    "草编工艺",
    "电子商务",
    "物流",
    "木业",
    "菌业",
];

/// The firm with a number in a county; the same number is the same firm in every feed.
pub fn firm(world: Draw, county: &County, number: u64) -> Firm {
    let draw = world.of("firm").of(county.code).with(number);
    let name = format!(
        "{}{}{}{}",
        county.short,
        draw.of("word").pick(&FIRM_WORDS),
        draw.of("trade").pick(&FIRM_TRADES),
        if draw.of("form").chance(2_500) { "专业合作社" } else { "有限公司" },
    );
    Firm { name, code: credit_code(county.prefix(), draw) }
}
