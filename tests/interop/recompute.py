"""Recomputes targets and rules of an edition a second time, from the words of the plan's decisions, and compares.

Usage: recompute.py DATA_DIR EDITION PROJECT_DIR COUNTY...

Rows come from the edition's raw Delta tables at the edition's versions, parameters from the project's policy files;
nothing is read from the project's SQL. Recomputed are T1 to T6, B6, E6, H5, J12 and T9. The records behind them
(fairs, sites, persons, villages, loans, papers) must be those that the edition shows, place by place; the figures,
lights and states must be those of measures.progress and measures.rule_results, at every region. The counties named
are told one by one with their unit, so that a reader sees what was compared; none of them may be without records.
Every difference is printed; the exit code says whether there was one.
"""

import csv
import json
import os
import pathlib
import sys
import unicodedata
from collections import defaultdict
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from deltalake import DeltaTable

TARGETS = ["T1", "T2", "T3", "T4", "T5", "T6"]
PAPERS = ["工作情况", "统计报表附件3", "统计报表附件4", "统计报表附件5"]
# Whose own slice says whether a place has reported (decision 17).
FEED = {
    "T1": "events", "T2": "sites", "T3": "sites", "T4": "training", "T5": "brokers", "T6": "ledger",
    "B6": "events", "E6": "loans", "H5": "brokers", "J12": "submissions",
}
# T9 asks two registers: who wished, and who was served.
FEEDS = {rule: [feed] for rule, feed in FEED.items()} | {"T9": ["ledger", "training"]}


class Edition:
    """Tables at the versions of one edition, and the policy rows in force on its day."""

    def __init__(self, data: pathlib.Path, number: int, project: pathlib.Path):
        record = json.loads((data / "editions" / f"{number:06}.json").read_text())
        self.data, self.tables = data, record["tables"]
        self.as_of = date.fromisoformat(record["as_of"])
        self.project = project

    def rows(self, name: str, columns: list[str]) -> list[dict]:
        place = self.data / "tables" / name.replace(".", "/")
        table = DeltaTable(str(place), version=self.tables[name]["version"])
        return table.to_pyarrow_dataset().to_table(columns=columns).to_pylist()

    def policy(self, name: str) -> list[dict]:
        with open(self.project / "sql" / "policy" / f"{name}.csv", encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        day = self.as_of.isoformat()
        return [r for r in rows if r["valid_from"] <= day and (not r["valid_to"] or r["valid_to"] > day)]


def cleaned(name: str) -> str:
    """A name without what clerks type differently: width, white space, the many dots."""
    text = unicodedata.normalize("NFKC", name)
    text = "".join(c for c in text if not c.isspace() and unicodedata.category(c) != "Cf")
    return text.replace("•", "·").replace("．", "·").replace(".", "·")


def is_open(start: date, end: date | None, day: date) -> bool:
    """Decision 15: on the end date the thing is over."""
    return start <= day and (end is None or end > day)


def age(born: date, day: date) -> int:
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def month_end(period: str) -> date:
    year, month = int(period[:4]), int(period[5:7])
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


def quarters(year: int) -> list[tuple[str, date, date]]:
    return [(f"{year}Q{q}", date(year, 3 * q - 2, 1), month_end(f"{year}-{3 * q:02}")) for q in (1, 2, 3, 4)]


def quarters_begun(year: int, as_of: date) -> list[tuple[str, date, date]]:
    return [q for q in quarters(year) if q[1] <= as_of]


class Regions:
    """Counties and units; a part is what adds up: a county, or a unit for rows that name no county."""

    def __init__(self, edition: Edition):
        self.rows = {r["region_code"]: r for r in edition.policy("regions")}
        self.counties = sorted(c for c, r in self.rows.items() if r["level"] == "county")
        self.units = sorted(c for c, r in self.rows.items() if r["level"] == "unit")
        # Prefectures are a second tree beside the units: no figure is shown for them.
        self.codes = [c for c, r in self.rows.items() if r["level"] in ("province", "unit", "county", "group")]

    def unit_of(self, part: str) -> str:
        return self.rows[part]["unit_code"]

    def parts(self, region: str) -> list[str]:
        level = self.rows[region]["level"]
        if level == "province":
            return self.counties + self.units + [region]
        if level == "unit":
            return [region] + [c for c in self.counties if self.unit_of(c) == region]
        if level == "group":
            return [c for c in self.counties if self.rows[c]["is_poor_county"] == "true"]
        return [region]


class Recomputed:
    """The records behind each figure. `counted[rule][period][part]` is a set of records that count, `missed` the rest of
    a denominator."""

    def __init__(self, edition: Edition, regions: Regions):
        self.edition, self.regions = edition, regions
        self.as_of = edition.as_of
        self.year = self.as_of.year
        self.first = date(self.year, 1, 1)
        self.sets = defaultdict(dict)
        for row in edition.policy("code_sets"):
            self.sets[row["set_name"]][row["code"]] = row["in_set"] == "true"
        self.limits = {r["name"]: Fraction(r["value"]) for r in edition.policy("thresholds")}
        self.counted = defaultdict(lambda: defaultdict(lambda: defaultdict(set)))
        self.missed = defaultdict(lambda: defaultdict(lambda: defaultdict(set)))
        self.shown = defaultdict(lambda: defaultdict(set))
        self.load_slices()
        self.load_people()
        self.fairs_and_quarters()
        self.sites()
        self.courses()
        self.brokers_and_villages()
        self.employment_share()
        self.loans()
        self.papers()

    def in_set(self, name: str, code: str | None) -> bool:
        return self.sets[name].get("blank" if code is None else code, False)

    def load_slices(self):
        """Who delivered which feed, and up to which day. A ledger month after the day says nothing of the day."""
        self.covers = defaultdict(dict)
        for row in self.edition.rows("meta.slices", ["feed", "slice_region", "slice_period"]):
            until = month_end(row["slice_period"])
            if row["feed"] == "ledger" and until > self.as_of:
                continue
            known = self.covers[row["feed"]].get(row["slice_region"])
            if known is None or until > known:
                self.covers[row["feed"]][row["slice_region"]] = until
        # A row for a place in somebody else's file is a report about it as well.
        self.named_by_others = defaultdict(lambda: defaultdict(lambda: date.min))
        for feed in {f for feeds in FEEDS.values() for f in feeds}:
            for row in self.edition.rows(f"raw.{feed}", ["region_code", "slice_region", "slice_period"]):
                until = month_end(row["slice_period"])
                if row["region_code"] != row["slice_region"] and not (feed == "ledger" and until > self.as_of):
                    at = self.named_by_others[feed]
                    at[row["region_code"]] = max(at[row["region_code"]], until)

    def has_reported(self, feed: str, part: str, since: date | None = None) -> bool:
        own = self.covers[feed].get(part, date.min)
        until = max(own, self.named_by_others[feed][part])
        return until >= (since or date.min + timedelta(days=1))

    def load_people(self):
        """Decisions 3 and 14: the newest month of each slice, and each person once."""
        columns = ["person_key", "person_born_on", "region_code", "skill", "in_school", "status", "training_need",
                   "updated_on", "slice_region", "slice_period"]
        newest = defaultdict(str)
        # From the slices, not from the rows: a header without rows is a delivery of none, and the newest month all the same.
        # A month is after the day if its last day is (periods compare by the last day that they cover).
        for row in self.edition.rows("meta.slices", ["feed", "slice_region", "slice_period"]):
            if row["feed"] == "ledger" and month_end(row["slice_period"]) <= self.as_of:
                newest[row["slice_region"]] = max(newest[row["slice_region"]], row["slice_period"])
        self.people = {}
        for row in self.edition.rows("raw.ledger", columns):
            if row["slice_period"] != newest[row["slice_region"]]:
                continue
            known = self.people.get(row["person_key"])
            if known is None or self.is_newer(row, known):
                self.people[row["person_key"]] = row

    @staticmethod
    def is_newer(row: dict, known: dict) -> bool:
        """A blank date is older than any; of equal ones the lower code holds."""
        mine, other = row["updated_on"] or date.min, known["updated_on"] or date.min
        return mine > other or (mine == other and row["region_code"] < known["region_code"])

    def count(self, rule: str, period: str, part: str, record, counts: bool = True):
        (self.counted if counts else self.missed)[rule][period][part].add(record)

    def fairs_and_quarters(self):
        """T1, B6. Decisions 6 and 7."""
        year = str(self.year)
        held = set()
        for row in self.edition.rows("raw.events", ["kind", "name", "held_on", "region_code"]):
            if self.first <= row["held_on"] <= self.as_of and row["kind"] in ("专场招聘会", "送岗下乡"):
                held.add((row["region_code"], row["held_on"], row["kind"], cleaned(row["name"])))
        for part, day, kind, name in held:
            if kind == "专场招聘会":
                self.count("T1", year, part, (day, name))
        self.unit_held = defaultdict(set)
        for quarter, starts, ends in quarters_begun(self.year, self.as_of):
            done = defaultdict(set)
            for part, day, kind, name in held:
                if starts <= day <= ends:
                    done[part].add((day, kind, name))
                    self.unit_held[quarter].add(self.regions.unit_of(part))
            for part in self.regions.counties:
                self.count("B6", quarter, part, part, bool(done[part]))
            for part, records in done.items():
                self.shown["B6", quarter][part] |= records

    def sites(self):
        """T2, T3. Decision 5. A number is one site of one place, also where the unit reports it beside the county."""
        year = str(self.year)
        on_roster = defaultdict(set)
        for row in self.edition.rows("raw.site_roster", ["person_key", "site_id", "started_on", "ended_on"]):
            if is_open(row["started_on"], row["ended_on"], self.as_of) and row["person_key"] in self.people:
                on_roster[row["site_id"]].add(row["person_key"])
        columns = ["site_id", "kind", "level", "recognised_on", "cancelled_on", "region_code", "slice_region", "slice_period"]
        for row in self.once("raw.sites", "site_id", columns):
            is_new = self.first <= row["recognised_on"] <= self.as_of
            if not is_new or not is_open(row["recognised_on"], row["cancelled_on"], self.as_of):
                continue
            if row["kind"] == "就业扶贫车间" and len(on_roster[row["site_id"]]) >= self.limits["workshop_min_roster"]:
                self.count("T2", year, row["region_code"], row["site_id"])
            if row["kind"] == "返乡创业基地" and row["level"] == "省级":
                self.count("T3", year, row["region_code"], row["site_id"])

    def once(self, table: str, number: str, columns: list[str]) -> list[dict]:
        """A thing of one number and place once: as the place's own file has it, else as its unit's file has it."""
        chosen = {}
        for row in self.edition.rows(table, columns):
            key = (row["region_code"], row[number])
            if key not in chosen or row["slice_region"] == row["region_code"]:
                chosen[key] = row
        return list(chosen.values())

    def courses(self):
        """T4, T9. Decisions 4 and 19: persons, at the county of their household."""
        year = str(self.year)
        served, trained = set(), set()
        columns = ["person_key", "type", "started_on", "ended_on", "completed", "fee"]
        for row in self.edition.rows("raw.training", columns):
            if not (self.in_set("training_counted", row["type"]) and row["completed"] is True):
                continue
            ended = row["ended_on"]
            if row["started_on"].year == self.year and ended is not None and ended <= self.as_of:
                trained.add(row["person_key"])
                if row["fee"] == 0:
                    served.add(row["person_key"])
        for key, person in self.people.items():
            if key in trained:
                self.count("T4", year, person["region_code"], key)
            if person["training_need"] not in (None, "无"):
                self.count("T9", year, person["region_code"], key, key in served)

    def brokers_and_villages(self):
        """T5, H5. Decisions 5, 19 and 20."""
        year = str(self.year)
        columns = ["person_key", "region_code", "village_code", "recognised_on", "withdrawn_on"]
        active = defaultdict(list)
        for row in self.edition.rows("raw.brokers", columns):
            if is_open(row["recognised_on"], row["withdrawn_on"], self.as_of):
                active[row["person_key"]].append(row)
        served = set()
        for key, rows in active.items():
            # One broker is one place and one village, also where two counties register the same person.
            row = min(rows, key=lambda r: (self.as_of - r["recognised_on"], r["region_code"]))
            self.count("T5", year, row["region_code"], key)
            served.add(row["village_code"])
        for row in self.edition.rows("raw.villages", ["village_code", "region_code", "is_poor_village"]):
            if row["is_poor_village"] is True:
                village = row["village_code"]
                self.count("H5", year, row["region_code"], village, village in served)

    def employment_share(self):
        """T6. Decisions 1 and 2."""
        year = str(self.year)
        for key, person in self.people.items():
            years = age(person["person_born_on"], self.as_of)
            of_age = self.limits["age_min"] <= years < self.limits["age_max"]
            if of_age and self.in_set("able", person["skill"]) and person["in_school"] is not True:
                self.count("T6", year, person["region_code"], key, self.in_set("employed", person["status"]))

    def loans(self):
        """E6: personal loans of the year up to the day; equal to the cap is allowed (decision 19)."""
        columns = ["loan_id", "kind", "amount", "lent_on", "region_code", "slice_region"]
        for row in self.once("raw.loans", "loan_id", columns):
            if row["kind"] == "个人" and self.first <= row["lent_on"] <= self.as_of:
                held = row["amount"] <= self.limits["loan_cap_person"].numerator
                self.count("E6", str(self.year), row["region_code"], row["loan_id"], held)

    def papers(self):
        """J12: four papers a unit and quarter, in time on the quarter's last day, which is included (decisions 8 and 18)."""
        received = {}
        for row in self.edition.rows("raw.submissions", ["unit", "kind", "period", "received_on"]):
            key = (row["unit"], row["period"], row["kind"])
            if row["received_on"] <= self.as_of and (key not in received or row["received_on"] < received[key]):
                received[key] = row["received_on"]
        for quarter, _, ends in quarters_begun(self.year, self.as_of):
            for unit in self.regions.units:
                for kind in PAPERS:
                    came = received.get((unit, quarter, kind))
                    self.count("J12", quarter, unit, (unit, kind), came is not None and came <= ends)


class Comparison:
    def __init__(self, edition: Edition, told: list[str]):
        self.edition = edition
        self.regions = Regions(edition)
        self.mine = Recomputed(edition, self.regions)
        self.told = told
        self.differences = []
        self.compared = defaultdict(int)

    def same(self, what: str, mine, theirs):
        self.compared[what.split()[0]] += 1
        if mine != theirs:
            if isinstance(mine, set) and isinstance(theirs, set):
                only = lambda a, b: sorted(map(str, a - b))[:5]
                mine, theirs = f"{len(mine)}, only here {only(mine, theirs)}", f"{len(theirs)}, only there {only(theirs, mine)}"
            self.differences.append(f"{what}: recomputed {mine}; the edition has {theirs}")

    def evidence(self, table: str, rule: str) -> list[dict]:
        columns = ["rule_id", "period", "region_code", "source", "record_key", "item", "numerator", "denominator", "on_date"]
        return [r for r in self.edition.rows(f"evidence.{table}", columns) if r["rule_id"] == rule]

    def records(self):
        """The sets of records, place by place."""
        mine, year = self.mine, str(self.mine.year)
        by_day = lambda r: (r["on_date"], cleaned(r["record_key"][11:]))
        person = lambda r: r["record_key"]
        for rule, key in [("T1", by_day), ("T2", person), ("T3", person), ("T4", person), ("T5", person)]:
            theirs = defaultdict(set)
            for row in self.evidence("targets", rule):
                if row["numerator"] == 1:
                    theirs[row["region_code"]].add(key(row))
            self.sets(rule, "counted", mine.counted[rule][year], theirs)
        paper = lambda r: (r["region_code"], r["item"])
        asked = [("targets", "T6", person), ("targets", "T9", person), ("labour_export", "H5", person),
                 ("entrepreneurship", "E6", person), ("work_requirements", "J12", paper), ("job_matching", "B6", person)]
        for table, rule, key in asked:
            theirs = defaultdict(lambda: (defaultdict(set), defaultdict(set)))
            for row in self.evidence(table, rule):
                if row["denominator"] == 1:
                    theirs[row["period"]][row["numerator"] != 1][row["region_code"]].add(key(row))
            for period in sorted(set(theirs) | set(mine.counted[rule]) | set(mine.missed[rule])):
                self.sets(f"{rule} {period}", "counted", mine.counted[rule][period], theirs[period][0])
                self.sets(f"{rule} {period}", "missed", mine.missed[rule][period], theirs[period][1])
        theirs, held = defaultdict(lambda: defaultdict(set)), defaultdict(set)
        for row in self.evidence("job_matching", "B6"):
            if row["source"] == "events":
                theirs[row["period"]][row["region_code"]].add((row["on_date"], row["item"], cleaned(row["record_key"][11:])))
        for period, _, _ in quarters_begun(mine.year, mine.as_of):
            self.sets(f"B6 {period}", "records", mine.shown["B6", period], theirs[period])
        self.kept_tables()

    def kept_tables(self):
        """The same records as the measures keep them by month: those of the as-of month."""
        mine, year, month = self.mine, str(self.mine.year), month_end(self.mine.as_of.isoformat()[:7])
        kept = [("workshops", "T2", "site_id"), ("bases", "T3", "site_id"), ("trained", "T4", "person_key"), ("brokers", "T5", "person_key")]
        for table, rule, key in kept:
            columns = ["month", "region_code", key] + (["is_counted"] if table == "workshops" else [])
            theirs = defaultdict(set)
            for row in self.edition.rows(f"measures.{table}", columns):
                if row["month"] == month and row.get("is_counted", True):
                    theirs[row["region_code"]].add(row[key])
            self.sets(rule, f"measures.{table}", mine.counted[rule][year], theirs)
        theirs = defaultdict(set)
        for row in self.edition.rows("measures.fairs", ["region_code", "held_on", "name"]):
            if row["held_on"] <= mine.as_of:
                theirs[row["region_code"]].add((row["held_on"], cleaned(row["name"])))
        self.sets("T1", "measures.fairs", mine.counted["T1"][year], theirs)
        both = defaultdict(set), defaultdict(set)
        columns = ["month", "person_key", "region_code", "is_in_denominator", "is_in_numerator"]
        for row in self.edition.rows("measures.persons", columns):
            if row["month"] == month and row["is_in_denominator"]:
                both[not row["is_in_numerator"]][row["region_code"]].add(row["person_key"])
        self.sets("T6", "measures.persons employed", mine.counted["T6"][year], both[0])
        self.sets("T6", "measures.persons not employed", mine.missed["T6"][year], both[1])

    def sets(self, rule: str, what: str, mine: dict, theirs: dict):
        for part in sorted(set(mine) | set(theirs)):
            self.same(f"{rule} at {part}, {what}", set(mine.get(part, ())), set(theirs.get(part, ())))

    def known_parts(self, rule: str, period: str, region: str, until: date | None = None) -> tuple[list[str], list[str]]:
        """The parts of a region in the rule's scope, and those that have not reported."""
        scope = self.regions.units if rule == "J12" else self.regions.counties
        parts = [p for p in self.regions.parts(region) if p in scope]
        if rule == "J12":
            return parts, []
        missing = [p for p in parts if not all(self.mine.has_reported(f, p, until) for f in FEEDS[rule])]
        if rule not in TARGETS:
            # What others' records already show done is known, whoever else is silent.
            missing = [p for p in missing if not self.is_shown_done(rule, period, p)]
        return parts, missing

    def is_shown_done(self, rule: str, period: str, part: str) -> bool:
        counted, missed = self.mine.counted[rule][period].get(part), self.mine.missed[rule][period].get(part)
        return bool(counted) and not missed

    def figures(self, rule: str, period: str, region: str, missing: list[str]) -> tuple[int, int]:
        parts = [p for p in self.regions.parts(region) if p not in missing]
        counted = sum(len(self.mine.counted[rule][period].get(p, ())) for p in parts)
        return counted, counted + sum(len(self.mine.missed[rule][period].get(p, ())) for p in parts)

    def targets(self) -> dict:
        """Tasks by region; units and the province are sums of their counties (decision 16), a share is one level for all."""
        tasks = {}
        for row in self.edition.policy("targets"):
            if row["year"] == str(self.mine.year) and (row["level"] == "county" or row["indicator_id"] == "T6"):
                tasks[row["region_code"], row["indicator_id"]] = Fraction(row["target"])
        out = {}
        for region in self.regions.codes:
            for rule in TARGETS:
                own = [tasks[p, rule] for p in self.regions.parts(region) if (p, rule) in tasks]
                out[region, rule] = (own[0] if own else None) if rule == "T6" else sum(own)
        return out

    def progress(self):
        mine, year = self.mine, str(self.mine.year)
        asked = ["region_code", "indicator_id", "numerator", "denominator", "target", "expected", "gap_pp", "light", "missing_regions"]
        theirs = {(r["region_code"], r["indicator_id"]): r for r in self.edition.rows("measures.progress", asked)}
        tasks = self.targets()
        days = (date(mine.year, 12, 31) - mine.first).days + 1
        share = Fraction((mine.as_of - mine.first).days + 1, days)
        disputed = {(r["region_code"], r["indicator_id"]) for r in self.edition.policy("disputes")}
        self.same("progress's regions and indicators", {(r, t) for r in self.regions.codes for t in TARGETS}, set(theirs))
        for (region, rule), row in sorted(theirs.items()):
            parts, missing = self.known_parts(rule, year, region)
            counted, whole = self.figures(rule, year, region, missing)
            target = tasks[region, rule]
            if rule == "T6":
                actual, expected = Fraction(100 * counted, whole) if whole else None, target
            else:
                actual, expected, whole = Fraction(counted), target * share, 1
            gap = 100 * (actual - expected) / target if target and actual is not None else None
            if len(missing) == len(parts):
                # Not reported is no figure, and a task of none needs no report.
                light = "no_task" if not target else "not_reported"
            elif (region, rule) in disputed:
                light = "in_doubt"
            else:
                light = self.light(rule, actual, target, gap)
            where = f"{rule} at {region} in progress:"
            self.same(f"{where} light", light, row["light"])
            if light != "not_reported":
                if len(missing) < len(parts):
                    self.same(f"{where} figures", (counted, whole), (row["numerator"], row["denominator"]))
                    self.same(f"{where} gap", rounded(gap), row["gap_pp"])
                self.same(f"{where} target", rounded(target), row["target"] and rounded(Fraction(row["target"])))
                self.same(f"{where} expected", rounded(expected), row["expected"])

    def light(self, rule: str, actual: Fraction | None, target: Fraction, gap: Fraction | None) -> str:
        """Decision 13, and 16: a share is done at the earliest when the year is over."""
        if not target:
            return "no_task"
        if actual is None:
            return "no_task"
        over = self.mine.as_of >= date(self.mine.year, 12, 31)
        if actual >= target and (rule != "T6" or over):
            return "done"
        for light in ("green", "watch", "yellow"):
            if gap >= self.mine.limits[f"light_{light}_min"]:
                return light
        return "red"

    def rules(self):
        mine = self.mine
        columns = ["rule_id", "region_code", "period", "numerator", "denominator", "state"]
        theirs = {(r["rule_id"], r["region_code"], r["period"]): r for r in self.edition.rows("measures.rule_results", columns)}
        year = str(mine.year)
        asked = [(rule, year, date(mine.year, 12, 31)) for rule in ("E6", "H5", "T9")]
        asked += [(rule, name, ends) for rule in ("B6", "J12") for name, _, ends in quarters_begun(mine.year, mine.as_of)]
        for rule, period, ends in asked:
            for region in self.regions.codes:
                until = min(ends, mine.as_of) if rule == "B6" else None
                parts, missing = self.known_parts(rule, period, region, until)
                row = theirs.get((rule, region, period))
                where = f"{rule} {period} at {region} in rule_results:"
                if not parts:
                    self.same(f"{where} row", None, row)
                    continue
                counted, whole = self.figures(rule, period, region, missing)
                if row is None:
                    self.same(f"{where} row", "one", None)
                    continue
                # A hard cap holds on every day; the rest is judged on its last day.
                due = rule == "E6" or mine.as_of >= ends
                holds = counted >= whole
                if len(missing) == len(parts) and whole == 0:
                    state = "not_reported"
                elif whole == 0:
                    state = "not_applicable"
                elif not due and not (holds and period == year):
                    state = "not_yet_due"
                else:
                    state = "met" if holds else "not_met"
                self.same(f"{where} state", state, row["state"])
                if state != "not_reported":
                    self.same(f"{where} figures", (counted, whole), (row["numerator"], row["denominator"]))
        rows = self.evidence("job_matching", "B6")
        for period, _, _ in quarters_begun(mine.year, mine.as_of):
            held = {r["region_code"] for r in rows if r["period"] == period and r["region_code"] in self.regions.units}
            self.same(f"B6 {period} by units: told", held, set(self.regions.units))

    def tell(self):
        for county in self.told:
            for place in (county, self.regions.unit_of(county)):
                parts = self.regions.parts(place)
                said = []
                for rule in [*TARGETS, "T9", "B6", "E6", "H5", "J12"]:
                    n = m = 0
                    for period in set(self.mine.counted[rule]) | set(self.mine.missed[rule]):
                        n += sum(len(self.mine.counted[rule][period].get(p, ())) for p in parts)
                        m += sum(len(self.mine.missed[rule][period].get(p, ())) for p in parts)
                    said.append(f"{rule} {n}+{m}")
                print(f"{place}: {', '.join(said)}")
            assert self.mine.counted["T6"][str(self.mine.year)].get(county), f"{county} has no records: choose another"


def rounded(value: Fraction | None) -> Decimal | None:
    """Half away from zero at six decimals, the scale that the tables keep."""
    if value is None:
        return None
    scaled = abs(value) * 1_000_000
    whole = int(scaled) + (1 if scaled - int(scaled) >= Fraction(1, 2) else 0)
    return Decimal(whole if value >= 0 else -whole).scaleb(-6).quantize(Decimal("0.000001"), ROUND_HALF_UP)


def main() -> int:
    data, number, project = pathlib.Path(sys.argv[1]), int(sys.argv[2]), pathlib.Path(sys.argv[3])
    comparison = Comparison(Edition(data, number, project), sys.argv[4:])
    comparison.records()
    comparison.progress()
    comparison.rules()
    comparison.tell()
    for difference in comparison.differences:
        print(difference)
    print(f"{sum(comparison.compared.values())} comparisons, {len(comparison.differences)} differences")
    return 1 if comparison.differences else 0


if __name__ == "__main__":
    code = main()
    # The readers' own threads are not waited for: some end the interpreter with a fault after all is said.
    sys.stdout.flush()
    os._exit(code)
