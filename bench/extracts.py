"""Ledgers as counties deliver them: the synthetic sample's, with dirt, in four formats. Same seed, same bytes.

The dirt of FEEDS.md that occurs in bulk: damaged ID numbers, aliases of code lists, full-width digits, blanks around
and inside names, every form of a date, rows that stand twice, equal and not.
"""

import csv
import datetime
import io
import pathlib
import random
import zipfile
from xml.sax.saxutils import escape

import pyarrow
import pyarrow.parquet as parquet

FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
ALIASES = {
    "性别": {"男": ["1"], "女": ["2"]},
    "文化程度": {"小学": ["81"], "初中": ["71"], "高中": ["61", "中专", "技校"], "大专": ["31"], "本科及以上": ["21", "研究生"]},
    "技能水平": {"弱劳动力或半劳动力": ["弱劳动力"]},
    "就业失业状况": {
        "转移就业": ["01", "外出务工", "务工"], "自主创业": ["02"], "公益性岗位": ["公岗"], "灵活就业": ["居家就业"],
        "农业就业": ["务农"], "未就业": ["03", "失业", "待业"],
    },
    "就业创业意愿": {"有就业意愿": ["有转移就业意愿"], "无意愿": ["无就业创业意愿"]},
    "培训需求": {"无": ["无需求", "无意向"]},
    "是否在校生": {"是": ["1", "√"], "否": ["0"]},
    "是否可外出务工": {"是": ["1", "Y"], "否": ["0", "N"]},
}
DATES = ["毕业(离校)时间", "核实日期", "更新日期"]
DATE_FORMS = [
    lambda d: f"{d.year}年{d.month}月{d.day}日",
    lambda d: f"{d.year}.{d.month}.{d.day}",
    lambda d: f"{d.year}/{d.month:02}/{d.day:02}",
    lambda d: f"{d.year}-{d.month}-{d.day}",
    lambda d: f"{d:%Y%m%d}",
    lambda d: str((d - datetime.date(1899, 12, 30)).days),
]
# Shares of rows; together about 3 % are rejected and a fifth have something to repair.
ID_DAMAGED, ID_CHECK, ID_SHORT, NAME_BLANK = 0.012, 0.006, 0.003, 0.002
ID_WIDE, ID_LOWER, NAME_SPACED, PHONE_WIDE = 0.02, 0.5, 0.02, 0.01
ALIAS, UNMAPPED, DATE_FORM, DATE_BAD, BLANK_WORD = 0.03, 0.002, 0.05, 0.002, 0.01
TWICE_EQUAL, TWICE_DIFFERS = 0.004, 0.003


def dirty_rows(path: pathlib.Path, seed: int) -> tuple[list[str], list[list[str]]]:
    """A clean ledger's header, and its rows as text with dirt."""
    draw = random.Random(f"{seed} {path.name}")
    table = parquet.read_table(path)
    header = table.column_names
    columns = [column.to_pylist() for column in table.columns]
    dates = [header.index(name) for name in DATES]
    for at, column in enumerate(columns):
        if at in dates:
            columns[at] = [dirty_date(draw, value) for value in column]
        else:
            columns[at] = ["" if value is None else str(value) for value in column]
    aliases = [(header.index(name), words) for name, words in ALIASES.items()]
    at_id, at_name, at_phone, at_status = map(header.index, ["身份证号", "姓名", "联系电话", "就业失业状况"])
    rows = []
    for cells in zip(*columns):
        row = list(cells)
        for at, words in aliases:
            if draw.random() < ALIAS and row[at] in words:
                row[at] = draw.choice(words[row[at]])
        row[at_id] = dirty_id(draw, row[at_id])
        if draw.random() < NAME_BLANK:
            row[at_name] = ""
        elif draw.random() < NAME_SPACED:
            row[at_name] = draw.choice([" {0}", "{0} ", "{0}\u3000", "\t{0}"]).format(row[at_name])
        if draw.random() < PHONE_WIDE:
            row[at_phone] = row[at_phone].translate(FULL_WIDTH)
        if draw.random() < UNMAPPED:
            row[at_status] = "不详"
        if draw.random() < BLANK_WORD:
            row[at_phone] = draw.choice(["无", "-", "/", "N/A"])
        rows.append(row)
        if draw.random() < TWICE_EQUAL:
            rows.append(list(row))
        if draw.random() < TWICE_DIFFERS:
            rows.append(row[:at_status] + ["灵活就业" if row[at_status] != "灵活就业" else "未就业"] + row[at_status + 1 :])
    return header, rows


def dirty_id(draw: random.Random, number: str) -> str:
    chance = draw.random()
    if chance < ID_DAMAGED:
        return f"{number[0]}.{number[1:6]}E+17"
    if chance < ID_DAMAGED + ID_CHECK:
        last = number[17]
        return number[:17] + ("1" if last in "X0" else str(int(last) - 1))
    if chance < ID_DAMAGED + ID_CHECK + ID_SHORT:
        return number[:17]
    if number[17] == "X" and draw.random() < ID_LOWER:
        return number[:17] + "x"
    return number.translate(FULL_WIDTH) if draw.random() < ID_WIDE else number


def dirty_date(draw: random.Random, day: datetime.date | None) -> str:
    if day is None:
        return ""
    if draw.random() < DATE_BAD:
        return "2018-02-30"
    return draw.choice(DATE_FORMS)(day) if draw.random() < DATE_FORM else day.isoformat()


def write_csv(path: pathlib.Path, header: list[str], rows: list[list[str]], encoding: str) -> None:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows(rows)
    path.write_bytes(text.getvalue().encode(encoding))


def write_parquet(path: pathlib.Path, header: list[str], rows: list[list[str]]) -> None:
    arrays = [pyarrow.array([cell or None for cell in column], pyarrow.string()) for column in zip(*rows)]
    parquet.write_table(pyarrow.table(arrays, names=header), path, compression="zstd")


def write_xlsx(path: pathlib.Path, header: list[str], rows: list[list[str]]) -> None:
    """A workbook as spreadsheet programs write it: texts shared, ages as numbers."""
    at_age = header.index("年龄")
    letters = [chr(ord("A") + at) for at in range(len(header))]
    shared: dict[str, int] = {}
    uses = 0
    lines = []
    for number, row in enumerate([header, *rows], start=1):
        cells = []
        for at, cell in enumerate(row):
            if cell == "":
                continue
            if at == at_age and number > 1:
                cells.append(f'<c r="{letters[at]}{number}"><v>{cell}</v></c>')
            else:
                uses += 1
                cells.append(f'<c r="{letters[at]}{number}" t="s"><v>{shared.setdefault(cell, len(shared))}</v></c>')
        lines.append(f'<row r="{number}">{"".join(cells)}</row>')
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    texts = "".join(f'<si><t xml:space="preserve">{escape(text)}</t></si>' for text in shared)
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"><Default Extension="rels" ContentType='
        '"application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" '
        f'ContentType="{kind}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType='
        f'"{kind}.worksheet+xml"/><Override PartName="/xl/sharedStrings.xml" ContentType="{kind}.sharedStrings+xml"/>'
        "</Types>",
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" '
        f'Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets><sheet name="台账" sheetId="1" '
        'r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" '
        f'Type="{office}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" '
        f'Type="{office}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><dimension ref="A1:{letters[-1]}{len(rows) + 1}"/>'
        f'<sheetData>{"".join(lines)}</sheetData></worksheet>',
        "xl/sharedStrings.xml": f'<sst xmlns="{main}" count="{uses}" uniqueCount="{len(shared)}">{texts}</sst>',
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as book:
        for name, text in parts.items():
            entry = zipfile.ZipInfo(name, (2018, 10, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            book.writestr(entry, '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n' + text)


FORMATS = {
    "csv": ("csv", lambda path, header, rows: write_csv(path, header, rows, "utf-8")),
    "gbk": ("csv", lambda path, header, rows: write_csv(path, header, rows, "gb18030")),
    "xlsx": ("xlsx", write_xlsx),
    "parquet": ("parquet", write_parquet),
}


def write_ledger(job: tuple[pathlib.Path, pathlib.Path, int, list[str]]) -> int:
    """Writes one clean ledger with its dirt below `out/FORMAT/ledger/`; the rows it has."""
    clean, out, seed, formats = job
    header, rows = dirty_rows(clean, seed)
    for name in formats:
        ending, write = FORMATS[name]
        write(out / name / "ledger" / f"{clean.stem}.{ending}", header, rows)
    return len(rows)
