"""The project's models in DuckDB: every file of sql/ as it stands, in the order in which each reads the others, with the few
replacements below where the two dialects differ. A table is copied to one zstd Parquet file and read back as a view.

Usage: duckdb_models.py PLAN OUT [sorted]       prints the seconds of each model as JSON

PLAN is the JSON that bench/models writes: the as-of date, the folder of the policy CSVs, the Parquet files of what was
loaded, and the models in their order. Memory and threads are DuckDB's defaults.
"""

import json
import pathlib
import re
import sys
import time

import duckdb

SETTINGS = [
    # A blank is the largest value, as in PostgreSQL: last upwards, first downwards.
    "set default_null_order = 'postgres'",
]
MACROS = [
    # Days since 1970, which DataFusion gets from a cast, and back.
    "create macro day_number(day) as cast(day - date '1970-01-01' as integer)",
    "create macro day_at(number) as date '1970-01-01' + cast(number as integer)",
    # What src/ranking offers to SQL, in whole numbers: terms to 18 decimals, the mean rounded half up to 12.
    """create macro weighted_completion(n, d, w) as cast(
        (
            sum(w * ((least(greatest(n, 0), d)::hugeint * 1000000000000000000 + d // 2) // d)) filter (where d > 0 and w > 0)
            + sum(w * 500000) filter (where d > 0 and w > 0)
        ) // (sum(w) filter (where d > 0 and w > 0) * 1000000)
        as decimal(32, 0)
    ) * 0.000000000001""",
    # Places of intervals: those surely before, and those perhaps before.
    "create macro count_above(scores, score) as cast(len(list_filter(scores, lambda s: s > score)) as bigint)",
]
# Pattern, replacement, why.
REPLACEMENTS = [
    (r"\bleft (anti|semi) join\b", r"\1 join", "the same join under its shorter name"),
    (r"\bfirst_value\(", "first(", "first_value is a window function only; the aggregate is first"),
    (
        r"\bcast\(((?:\w+\.)?(?:\w+_on|as_of|on_date|date_before)) as integer\)",
        r"day_number(\1)",
        "a date is not cast to a number",
    ),
    (r"\bcast\((day_number\([\w.]+\) \+ [\w.]+) as date\)", r"day_at(\1)", "nor a number to a date"),
    (r" / (gcd\(|10000\b)", r" // \1", "one slash makes a fraction of two whole numbers, two make a whole number"),
    (
        r"\b100\.0 \* (\([^)]*\)) / (nullif\([^)]*\))",
        r"(10000000 * \1) // \2 / 100000",
        "the quotient of decimals is a double; in DataFusion it has four decimals more, five here, the rest cut off",
    ),
    (r"(like '[^']*\\_[^']*')", r"\1 escape '\\'", "like has no escape unless it is named"),
    (r"'\[\\s", r"'[\\s\\p{Z}\\x{85}", "\\s is ASCII only, in Rust it is all white space"),
    (r"'\\s'", r"'[\\s\\p{Z}\\x{85}]'", "the same outside a class"),
    (r"\bboth(?= as \(|\.)|(?<=from )both\b", '"both"', "a reserved word there"),
    (
        r"\brank_lower\((\w+), (\w+)\) (over \([^)]*\))",
        r"1 + count_above(list(\1) \3, \2)",
        "a macro is no window function: one more than the others that are surely better",
    ),
    (
        r"\brank_upper\((\w+), (\w+)\) (over \([^)]*\))",
        r"1 + count_above(list(\2) \3, \1) - case when \2 > \1 then 1 else 0 end",
        "one more than the others that may be better, oneself left out",
    ),
]


def translated(sql: str) -> str:
    for pattern, replacement, _ in REPLACEMENTS:
        sql = re.sub(pattern, replacement, sql)
    return sql


def register(connection: duckdb.DuckDBPyConnection, plan: dict) -> None:
    """What the models read and no model makes."""
    layers = {name.split(".")[0] for name in plan["loaded"]} | {model["name"].split(".")[0] for model in plan["models"]}
    for layer in sorted(layers | {"csv", "run"}):
        connection.execute(f"create schema {layer}")
    connection.execute(f"create view run.context as select date '{plan['as_of']}' as as_of")
    for path in sorted(pathlib.Path(plan["policy"]).glob("*.csv")):
        connection.execute(f"create view csv.{path.stem} as select * from read_csv('{path}', header = true, all_varchar = true)")
    for name, table in plan["loaded"].items():
        partition = table["partition"]
        hive = f", hive_partitioning = true, hive_types = {{{partition}: varchar}}" if partition else ""
        connection.execute(f"create view {name} as select * from read_parquet({table['files']}{hive})")


def build(connection: duckdb.DuckDBPyConnection, model: dict, out: pathlib.Path, is_sorted: bool) -> float:
    """Makes a model; its seconds."""
    sql = translated(pathlib.Path(model["path"]).read_text())
    name = model["name"]
    if model["kept_as"] == "view":
        start = time.perf_counter()
        connection.execute(f"create view {name} as {sql}")
        return time.perf_counter() - start
    # A sum of whole numbers is a hugeint, which Parquet has not: kept as jindu keeps it.
    described = connection.execute(f"describe {sql}").fetchall()
    columns = ", ".join(f'cast("{c}" as bigint) as "{c}"' if t == "HUGEINT" else f'"{c}"' for c, t, *_ in described)
    order = f"order by {', '.join(model['grain'])}" if is_sorted else ""
    path = out / f"{name}.parquet"
    start = time.perf_counter()
    connection.execute(f"copy (select {columns} from ({sql}) {order}) to '{path}' (format parquet, compression zstd)")
    connection.execute(f"create view {name} as select * from read_parquet('{path}')")
    return time.perf_counter() - start


def main() -> None:
    plan = json.loads(pathlib.Path(sys.argv[1]).read_text())
    out = pathlib.Path(sys.argv[2])
    connection = duckdb.connect()
    for statement in SETTINGS + MACROS:
        connection.execute(statement)
    register(connection, plan)
    seconds = {}
    for model in plan["models"]:
        try:
            seconds[model["name"]] = build(connection, model, out, "sorted" in sys.argv[3:])
        except duckdb.Error as error:
            sys.exit(f"{model['name']}: {error}")
    print(json.dumps(seconds))


if __name__ == "__main__":
    main()
