"""The load of the ledgers' CSV files in DuckDB's SQL, as an expert writes it: text in, cleaned, typed, ID check digit,
code lists through a mapping table, duplicates by window, zstd Parquet by region out, rejects with reasons out.

Usage: duckdb_load.py INBOX OUT named|pinned THREADS [MEMORY]       prints loaded, dropped and rejected as JSON
"""

import json
import pathlib
import sys

import duckdb

CODES = {
    "sex": {"男": ["1"], "女": ["2"]},
    "education": {
        "文盲或半文盲": [], "小学": ["81"], "初中": ["71"], "高中": ["61", "中专", "41", "职高", "44", "技校", "47"],
        "大专": ["31"], "本科及以上": ["21", "研究生", "10", "14", "11"],
    },
    "skill": {
        "普通劳动力": [], "技能劳动力": [], "弱劳动力或半劳动力": ["弱劳动力"], "丧失劳动力": [], "无劳动力": [],
    },
    "status": {
        "转移就业": ["01", "外出务工", "务工", "打工"], "自主创业": ["02"], "公益性岗位": ["公岗"],
        "灵活就业": ["居家就业"], "农业就业": ["务农"], "未就业": ["03", "失业", "待业", "无业"],
    },
    "work_wish": {"有就业意愿": ["有转移就业意愿"], "有创业意愿": [], "无意愿": ["无就业创业意愿"]},
    "training_need": {
        "就业技能培训": [], "劳务品牌培训": [], "创业培训": [], "实用技术培训": [], "无": ["无需求", "无意向"],
    },
    "graduate_kind": {"高校": [], "中职": [], "两后生": []},
    "poverty_exit": {"未脱贫": [], "已脱贫": [], "返贫": []},
    "survey_method": {"上门走访": [], "电话联系": [], "数据比对": [], "其他": []},
    "in_school": {"true": ["是", "1", "√", "Y", "YES", "有", "对"], "false": ["否", "0", "N", "NO", "无", "×"]},
    "can_go_out": {"true": ["是", "1", "√", "Y", "YES", "有", "对"], "false": ["否", "0", "N", "NO", "无", "×"]},
}
COLUMNS = {
    "身份证号": "person_id", "姓名": "name", "性别": "sex", "年龄": "age", "民族": "ethnicity", "村代码": "village_code",
    "乡镇": "township", "行政村": "village", "户编号": "household_id", "联系电话": "phone", "文化程度": "education",
    "技能水平": "skill", "是否在校生": "in_school", "就业失业状况": "status", "求职意向": "job_wish",
    "就业创业意愿": "work_wish", "培训需求": "training_need", "是否可外出务工": "can_go_out",
    "毕业生类别": "graduate_kind", "毕业(离校)时间": "left_school", "脱贫状态": "poverty_exit",
    "调查方式": "survey_method", "核实日期": "verified_on", "更新日期": "updated_on",
}
DATES = ["left_school", "verified_on", "updated_on"]
WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]


def source(inbox: pathlib.Path, how: str) -> str:
    files = f"'{inbox}/ledger/*.csv'"
    if how == "named":
        names = ", ".join(f'"{header}" as {name}' for header, name in COLUMNS.items())
        return f"select {names}, filename from read_csv({files}, all_varchar = true, header = true, union_by_name = true, filename = true)"
    pinned = ", ".join(f"'{name}': 'varchar'" for name in COLUMNS.values())
    return (
        f"select * from read_csv({files}, auto_detect = false, header = true, delim = ',', quote = '\"', escape = '\"', "
        f"new_line = '\\r\\n', columns = {{{pinned}}}, filename = true)"
    )


def load(inbox: pathlib.Path, out: pathlib.Path, how: str, threads: int, memory: str | None) -> dict[str, int]:
    db = duckdb.connect()
    db.execute(f"set threads = {threads}; set preserve_insertion_order = true")
    if memory:
        db.execute(f"set memory_limit = '{memory}'; set temp_directory = '{out}/spill'")
    db.execute("create table codes (field varchar, cell varchar, value varchar)")
    rows = [(f, cell, value) for f, values in CODES.items() for value, also in values.items() for cell in [value, *also]]
    db.executemany("insert into codes values (?, ?, ?)", rows)
    wide, half = "０１２３４５６７８９ＸＡＢＣＤＥＦＹＮ", "0123456789XABCDEFYN"
    blanks = "' \t\u00a0\u3000\u200b\ufeff'"
    # Cells are cleaned only in the columns where these files have such dirt, which an expert finds out beforehand: `trim`
    # with a list and `translate` are slow. Empty cells are null as they are read.
    db.execute(
        f"""create macro name_of(cell) as nullif(trim(cell, {blanks}), '');
        create macro bare(cell) as case
            when cell in ('-', '--', '—', '——', '/', '无', '空', 'NULL', 'null', 'N/A', '#N/A', 'n/a') then null else cell end;
        create macro number(cell) as case
            when strlen(cell) = length(cell) then bare(cell) else bare(translate(cell, '{wide}', '{half}')) end;
        create macro day(cell) as case when cell is null then null else coalesce(
            try_cast(case when length(cell) > 7 then cell end as date), try_strptime(cell, '%Y年%m月%d日')::date,
            try_strptime(cell, '%Y.%m.%d')::date,
            case when length(cell) = 8 then try_strptime(cell, '%Y%m%d')::date end,
            case when length(cell) = 5 then date '1899-12-30' + try_cast(cell as integer) end) end"""
    )
    coded = list(CODES)
    cleaning = {"name": "name_of(name)", "phone": "number(phone)", "job_wish": "bare(job_wish)"}
    cleaned = ", ".join(
        f"{cleaning.get(name, name)} as {name}" for name in COLUMNS.values() if name != "person_id"
    )
    digits = " + ".join(f"(first_17 // {10 ** (16 - i)} % 10) * {w}" for i, w in enumerate(WEIGHTS))
    typed = ", ".join(
        f"c_{n}.value as {n}" if n in coded else f"day(r.{n}) as {n}" if n in DATES
        else "try_cast(r.age as bigint) as age" if n == "age" else f"r.{n}"
        for n in COLUMNS.values()
    )
    joins = " ".join(f"left join codes c_{n} on c_{n}.field = '{n}' and c_{n}.cell = r.{n}" for n in coded)
    content = ", ".join(COLUMNS.values())
    raw = ", ".join(f"{name} := {name}" for name in COLUMNS.values())
    # The order of rows is the table's own: a number for each row while reading would leave one thread to do all.
    db.execute(
        f"""create temp table typed as
        with cells as (
            select filename, struct_pack({raw}) as raw,
                case when strlen(person_id) = 18 and length(person_id) = 18 then upper(person_id)
                    else upper(replace(number(person_id), ' ', '')) end as person_id, {cleaned}
            from ({source(inbox, how)})),
        numbers as (
            select *, case when length(person_id) = 18 then try_cast(left(person_id, 17) as bigint) end as first_17,
                case when length(person_id) = 18 then try_strptime(substr(person_id, 7, 8), '%Y%m%d')::date end as born_on
            from cells),
        judged as (
            select *, case
                when person_id is null then 'id_missing'
                when first_17 is null then
                    case when regexp_full_match(person_id, '[0-9.+-]*[E.][0-9.+E-]*') then 'id_excel_damaged' else 'id_length' end
                when born_on is null or born_on < date '1900-01-01' or born_on > date '2018-12-31' then 'id_birth_date'
                when substr('10X98765432', (({digits}) % 11)::integer + 1, 1) <> right(person_id, 1) then 'id_check_digit'
                when name is null then 'required_blank'
                when left(village_code, 9) in ('220621120', '220621121', '222426120')
                    and parse_filename(filename)[1:6] in ('220621', '222426') then 'region_outside_slice'
                end as reason
            from numbers)
        select parse_filename(r.filename)[1:6] as slice_region, parse_filename(r.filename)[8:14] as slice_period, r.filename,
            r.reason, r.born_on, {typed}, r.status is not null and c_status.value is null as status_unmapped,
            case when r.reason is not null then to_json(r.raw) end as raw_cells
        from judged r {joins}"""
    )
    db.execute(
        f"""create temp table twice as
        with keyed as (
            select rowid as rid, slice_region, slice_period, person_id, hash({content}) as content from typed where reason is null),
        ordered as (
            select rid, row_number() over same as nth, first_value(content) over same = content as is_equal from keyed
            window same as (partition by slice_region, slice_period, person_id order by rid))
        select rid, is_equal from ordered where nth > 1"""
    )
    db.execute(
        f"copy (select * exclude (reason, raw_cells) from typed where reason is null "
        f"and rowid not in (select rid from twice)) to '{out}/kept' (format parquet, compression zstd, partition_by (slice_region))"
    )
    db.execute(
        "copy (select filename, reason, person_id, name, status, raw_cells from typed where reason is not null union all "
        "select filename, 'duplicate_in_file', person_id, name, status, to_json(typed) from typed join twice on typed.rowid = rid "
        f"where not is_equal) to '{out}/rejects.parquet' (format parquet, compression zstd)"
    )
    counts = db.execute(
        "select (select count(*) from typed where reason is null) - (select count(*) from twice), "
        "(select count(*) from twice where is_equal), "
        "(select count(*) from typed where reason is not null) + (select count(*) from twice where not is_equal)"
    ).fetchone()
    return dict(zip(["loaded", "dropped", "rejected"], counts))


if __name__ == "__main__":
    inbox, out, how, threads, *memory = sys.argv[1:]
    print(json.dumps(load(pathlib.Path(inbox), pathlib.Path(out), how, int(threads), memory[0] if memory else None)))
