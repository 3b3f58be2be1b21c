//! The counties and reporting units of the sample, with what decides how much each one delivers.
//! Constants only. The table was made from the reference data of the project (codes and names: GB/T 2260 as of 2018;
//! villages: statistics bureau codes of 2016; tasks: the *synthetic* split of the province's targets).

/// One of the 60 counties, or 长白山 (pseudo-code `X22CBS`).
pub struct County {
    pub code: &'static str,
    pub name: &'static str,
    /// The name without 县, 市, 区, as firms and events use it.
    pub short: &'static str,
    /// The reporting unit, 1 to 12.
    pub unit: usize,
    /// One of the 15 poor counties of annex 2.
    pub is_poor: bool,
    pub towns: usize,
    pub villages: usize,
    pub poor_villages: usize,
    /// Share of the province's poor, in proportion (白城 together 28 %: DOMAIN §3).
    pub people_weight: u64,
    /// The year's synthetic task: fairs, workshops, bases, people trained, brokers.
    pub task: [u64; 5],
    /// A code of this county before 2018 that older ID numbers begin with; empty where there is none.
    pub former_code: &'static str,
    /// A county of another province that some of its people come from; used by no other county.
    pub elsewhere_code: &'static str,
}

/// Positions in [`County::task`].
pub const FAIRS: usize = 0;
pub const WORKSHOPS: usize = 1;
pub const BASES: usize = 2;
pub const TRAINED: usize = 3;
pub const BROKERS: usize = 4;

impl County {
    /// The six digits that ID numbers and villages of the county begin with.
    pub fn prefix(&self) -> &'static str {
        if self.code == CHANGBAISHAN { "220621" } else { self.code }
    }

    /// One of the three invented laggards: slower in every task.
    pub fn lags(&self) -> bool {
        LAGGARDS.contains(&self.code)
    }
}

pub const CHANGBAISHAN: &str = "X22CBS";

/// Three counties that are far behind, so that a ranking has an end. Invented: no statement about the real places.
pub const LAGGARDS: [&str; 3] = ["220422", "220722", "222424"];

/// The county that has delivered no training register: "not reported" for T4. Invented as well.
pub const WITHOUT_TRAINING: &str = "220605";

/// Code, name and short name of the 12 reporting units, in order.
pub const UNITS: [(&str, &str, &str); 12] = [
    ("U01", "长春市", "长春"),
    ("U02", "吉林市", "吉林"),
    ("U03", "四平市", "四平"),
    ("U04", "辽源市", "辽源"),
    ("U05", "通化市", "通化"),
    ("U06", "白山市", "白山"),
    ("U07", "松原市", "松原"),
    ("U08", "白城市", "白城"),
    ("U09", "延边朝鲜族自治州", "延边"),
    ("U10", "长白山管委会", "长白山"),
    ("U11", "梅河口市", "梅河口"),
    ("U12", "公主岭市", "公主岭"),
];

#[allow(clippy::too_many_arguments)]
const fn c(
    code: &'static str,
    name: &'static str,
    short: &'static str,
    unit: usize,
    is_poor: bool,
    places: [usize; 3],
    people_weight: u64,
    task: [u64; 5],
    codes: [&'static str; 2],
) -> County {
    let [towns, villages, poor_villages] = places;
    let [former_code, elsewhere_code] = codes;
    County {
        code,
        name,
        short,
        unit,
        is_poor,
        towns,
        villages,
        poor_villages,
        people_weight,
        task,
        former_code,
        elsewhere_code,
    }
}

/// By code, 长白山 last: code, name, short name, unit, poor county, \[towns, villages, poor villages\], people,
/// \[fairs, workshops, bases, trained, brokers\], \[former code, code elsewhere\].
#[rustfmt::skip]
pub const COUNTIES: [County; 61] = [
    c("220102", "南关区", "南关", 1, false, [1, 7, 0], 3, [4, 0, 0, 3, 4], ["", "150402"]),
    c("220103", "宽城区", "宽城", 1, false, [6, 64, 4], 25, [5, 0, 0, 25, 33], ["", "150421"]),
    c("220104", "朝阳区", "朝阳", 1, false, [2, 23, 2], 9, [4, 0, 0, 9, 12], ["", "150422"]),
    c("220105", "二道区", "二道", 1, false, [3, 34, 2], 14, [4, 0, 0, 14, 18], ["", "150423"]),
    c("220106", "绿园区", "绿园", 1, false, [2, 22, 1], 9, [4, 0, 0, 9, 11], ["", "150424"]),
    c("220112", "双阳区", "双阳", 1, false, [8, 134, 9], 53, [6, 0, 0, 53, 69], ["220125", "150425"]),
    c("220113", "九台区", "九台", 1, false, [18, 307, 20], 122, [8, 1, 1, 122, 159], ["220181", "150426"]),
    c("220122", "农安县", "农安", 1, false, [20, 357, 23], 142, [8, 1, 1, 142, 184], ["222522", "150428"]),
    c("220182", "榆树市", "榆树", 1, false, [20, 383, 25], 152, [9, 1, 1, 152, 198], ["222521", "150429"]),
    c("220183", "德惠市", "德惠", 1, false, [18, 255, 17], 101, [7, 1, 1, 101, 132], ["220124", "150430"]),
    c("220202", "昌邑区", "昌邑", 2, false, [8, 84, 5], 33, [5, 0, 0, 33, 43], ["", "150521"]),
    c("220203", "龙潭区", "龙潭", 2, false, [12, 122, 8], 49, [6, 0, 0, 49, 63], ["", "150522"]),
    c("220204", "船营区", "船营", 2, false, [5, 59, 4], 23, [5, 0, 0, 23, 30], ["", "150523"]),
    c("220211", "丰满区", "丰满", 2, false, [5, 52, 3], 21, [5, 0, 0, 21, 27], ["", "150524"]),
    c("220221", "永吉县", "永吉", 2, false, [9, 118, 8], 47, [5, 0, 0, 47, 61], ["222621", "150525"]),
    c("220281", "蛟河市", "蛟河", 2, false, [17, 251, 16], 100, [7, 1, 1, 100, 130], ["229006", "150526"]),
    c("220282", "桦甸市", "桦甸", 2, false, [14, 156, 10], 62, [6, 0, 0, 62, 81], ["229004", "152201"]),
    c("220283", "舒兰市", "舒兰", 2, false, [20, 210, 14], 83, [7, 0, 1, 83, 108], ["220222", "152221"]),
    c("220284", "磐石市", "磐石", 2, false, [18, 268, 17], 107, [7, 1, 1, 107, 138], ["220223", "152222"]),
    c("220302", "铁西区", "铁西", 3, false, [2, 20, 1], 8, [4, 0, 0, 8, 10], ["", "152223"]),
    c("220303", "铁东区", "铁东", 3, false, [5, 54, 4], 21, [5, 0, 0, 21, 28], ["", "152224"]),
    c("220322", "梨树县", "梨树", 3, false, [20, 304, 20], 121, [8, 1, 1, 121, 157], ["222122", "210421"]),
    c("220323", "伊通满族自治县", "伊通", 3, false, [15, 187, 12], 74, [6, 0, 1, 74, 97], ["222123", "210422"]),
    c("220381", "公主岭市", "公主岭", 12, false, [20, 404, 26], 161, [9, 1, 1, 161, 209], ["220321", "210423"]),
    c("220382", "双辽市", "双辽", 3, true, [19, 190, 87], 151, [9, 2, 1, 151, 196], ["220324", "210521"]),
    c("220402", "龙山区", "龙山", 4, false, [3, 33, 2], 13, [4, 0, 0, 13, 17], ["", "210522"]),
    c("220403", "西安区", "西安", 4, false, [2, 23, 1], 9, [4, 0, 0, 9, 12], ["", "210921"]),
    c("220421", "东丰县", "东丰", 4, false, [14, 229, 15], 91, [7, 0, 1, 91, 118], ["222124", "210922"]),
    c("220422", "东辽县", "东辽", 4, false, [13, 233, 15], 93, [7, 0, 1, 93, 120], ["", "211221"]),
    c("220502", "东昌区", "东昌", 5, false, [1, 17, 1], 7, [4, 0, 0, 7, 9], ["", "211223"]),
    c("220503", "二道江区", "二道江", 5, false, [1, 19, 1], 8, [4, 0, 0, 8, 10], ["", "211224"]),
    c("220521", "通化县", "通化", 5, false, [15, 153, 10], 61, [6, 0, 0, 61, 79], ["222222", "211281"]),
    c("220523", "辉南县", "辉南", 5, false, [12, 143, 9], 57, [6, 0, 0, 57, 74], ["222224", "211282"]),
    c("220524", "柳河县", "柳河", 5, true, [15, 219, 100], 174, [9, 2, 1, 174, 226], ["222223", "211321"]),
    c("220581", "梅河口市", "梅河口", 11, false, [20, 303, 20], 120, [8, 1, 1, 120, 156], ["222221", "211322"]),
    c("220582", "集安市", "集安", 5, false, [12, 126, 8], 50, [6, 0, 0, 50, 65], ["222225", "211324"]),
    c("220602", "浑江区", "浑江", 6, false, [5, 55, 4], 22, [5, 0, 0, 22, 28], ["", "230123"]),
    c("220605", "江源区", "江源", 6, false, [6, 60, 4], 24, [5, 0, 0, 24, 31], ["220625", "230124"]),
    c("220621", "抚松县", "抚松", 6, false, [12, 129, 8], 51, [6, 0, 0, 51, 67], ["222226", "230125"]),
    c("220622", "靖宇县", "靖宇", 6, true, [8, 111, 51], 132, [8, 2, 1, 132, 172], ["222227", "230126"]),
    c("220623", "长白朝鲜族自治县", "长白", 6, true, [7, 77, 35], 61, [6, 1, 0, 61, 80], ["222228", "230127"]),
    c("220681", "临江市", "临江", 6, false, [7, 70, 5], 28, [5, 0, 0, 28, 36], ["220624", "230128"]),
    c("220702", "宁江区", "宁江", 7, false, [9, 99, 6], 39, [5, 0, 0, 39, 51], ["222303", "230129"]),
    c("220721", "前郭尔罗斯蒙古族自治县", "前郭", 7, false, [20, 235, 15], 93, [7, 1, 1, 93, 121], ["", "230183"]),
    c("220722", "长岭县", "长岭", 7, true, [20, 232, 106], 184, [10, 2, 1, 184, 240], ["222323", "230184"]),
    c("220723", "乾安县", "乾安", 7, false, [16, 164, 11], 65, [6, 0, 0, 65, 85], ["222328", "230221"]),
    c("220781", "扶余市", "扶余", 7, false, [20, 375, 24], 149, [9, 1, 1, 149, 194], ["220724", "230223"]),
    c("220802", "洮北区", "洮北", 8, true, [14, 148, 67], 202, [8, 2, 1, 118, 153], ["222301", "230224"]),
    c("220821", "镇赉县", "镇赉", 8, true, [14, 141, 64], 287, [9, 2, 1, 168, 218], ["222326", "230225"]),
    c("220822", "通榆县", "通榆", 8, true, [17, 172, 78], 351, [10, 2, 1, 205, 267], ["222327", "230227"]),
    c("220881", "洮南市", "洮南", 8, true, [20, 212, 97], 289, [9, 2, 1, 169, 219], ["", "230229"]),
    c("220882", "大安市", "大安", 8, true, [20, 223, 102], 455, [12, 2, 2, 266, 346], ["222325", "230230"]),
    c("222401", "延吉市", "延吉", 9, false, [5, 54, 4], 21, [5, 0, 0, 21, 28], ["", "230231"]),
    c("222402", "图们市", "图们", 9, true, [5, 50, 23], 40, [5, 1, 0, 40, 52], ["", "231025"]),
    c("222403", "敦化市", "敦化", 9, false, [20, 303, 20], 120, [8, 1, 1, 120, 156], ["222422", "231081"]),
    c("222404", "珲春市", "珲春", 9, false, [12, 121, 8], 48, [5, 0, 0, 48, 62], ["222425", "231083"]),
    c("222405", "龙井市", "龙井", 9, true, [6, 65, 30], 78, [6, 1, 1, 78, 101], ["", "231084"]),
    c("222406", "和龙市", "和龙", 9, true, [7, 76, 35], 91, [7, 1, 1, 91, 118], ["222423", "231085"]),
    c("222424", "汪清县", "汪清", 9, true, [20, 200, 91], 238, [11, 2, 1, 238, 310], ["", "371321"]),
    c("222426", "安图县", "安图", 9, true, [15, 180, 82], 215, [11, 2, 1, 215, 279], ["", "371323"]),
    c("X22CBS", "长白山保护开发区管委会", "长白山", 10, false, [3, 3, 0], 3, [4, 0, 0, 1, 2], ["", "371722"]),
];
