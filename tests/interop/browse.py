"""Walks the pages in a real browser, as those who use them do. usage: browse.py ADDRESS

Three people's paths with scripts on and off, no sideways scrolling on screens of 1366, 390 and 320 points, nothing fetched
from another host, and no serious fault of accessibility (axe-core) on any page, in either theme and language. Prints what is
wrong and ends with 1, or ends with 0.
"""

import pathlib
import sys
from urllib.parse import parse_qs, urlsplit

import axe_playwright_python
from playwright.sync_api import sync_playwright

BASE = sys.argv[1].rstrip("/")
AXE = next(pathlib.Path(axe_playwright_python.__file__).parent.glob("**/axe.min.js")).read_text(encoding="utf-8")
PATHS = [
    "/", "/regions/220000", "/regions/U09", "/regions/220821", "/townships/220821100",
    "/villages/220821100200", "/ranking", "/supervision", "/rules", "/rules/A2/220821",
    "/reports", "/compare/U08/U05", "/search?q=dh", "/loads", "/deliveries", "/jobs", "/models", "/models/measures/progress", "/indicators/T4", "/sql", "/sql/behind", "/help", "/nowhere",
]
WIDTHS = [(1366, 768), (390, 844), (320, 640)]
wrong = []


def check(holds, words):
    if not holds:
        wrong.append(words)


def at(path, lang):
    return f"{BASE}{path}{'&' if '?' in path else '?'}lang={lang}"


def watched(context):
    page = context.new_page()
    page.on("request", lambda r: check(
        urlsplit(r.url).netloc == urlsplit(BASE).netloc or r.url.startswith("data:"), f"{page.url} fetches {r.url}"))
    page.on("pageerror", lambda e: wrong.append(f"{page.url}: script error {e}"))
    return page


def look(browser):
    """Every page in both languages and themes: axe, and no sideways scrolling."""
    for scheme in ("light", "dark"):
        context = browser.new_context(color_scheme=scheme, viewport={"width": 1366, "height": 768})
        # A first page may wait for the documentation to be planned, and the tests beside it take the processors.
        context.set_default_timeout(60_000)
        page = watched(context)
        for lang in ("zh-CN", "en"):
            for path in PATHS:
                page.set_viewport_size({"width": 1366, "height": 768})
                answer = page.goto(at(path, lang))
                check(answer.status == (404 if path == "/nowhere" else 200), f"{path} {lang}: answered {answer.status}")
                page.evaluate(AXE)
                found = page.evaluate("axe.run({resultTypes: ['violations']})")["violations"]
                for fault in found:
                    if fault["impact"] in ("serious", "critical"):
                        where = [n["target"][0] for n in fault["nodes"][:3]]
                        wrong.append(f"{path} {lang} {scheme}: {fault['id']}: {fault['help']} {where}")
                if scheme == "light":
                    for width, height in WIDTHS:
                        page.set_viewport_size({"width": width, "height": height})
                        wide = page.evaluate("document.documentElement.scrollWidth")
                        check(wide <= width, f"{path} {lang}: {wide} points wide on a screen of {width}")
        context.close()


def leader(page):
    """The province at a glance, the place that is worst, why, and the records behind it."""
    page.goto(at("/", "zh-CN"))
    worst = page.locator("main a[href*='/regions/']").first
    worst.click()
    check("/regions/" in page.url, f"leader: no region behind the first link: {page.url}")
    rules = page.locator("main a[href*='/rules?region=']").first
    rules.click()
    check("/rules" in page.url, f"leader: {page.url} is no list of rules")
    page.locator("main a[href^='/rules/']").first.click()
    check(page.locator("main table tbody tr").count() > 0, f"leader: no records on {page.url}")
    page.goto(at("/regions/220821", "zh-CN"))
    page.locator("#townships a[href*='/townships/']").first.click()
    page.locator("#villages a[href*='/villages/']").first.click()
    crumbs = page.locator("nav.crumbs a")
    check("/villages/" in page.url and crumbs.count() == 5, f"leader: {crumbs.count()} steps above {page.url}")
    crumbs.nth(3).click()
    check(page.url.endswith("/regions/220821"), f"leader: {page.url} is not the county above the village")


def supervisor(page):
    """The standing, a breach, its evidence, and the evidence taken away."""
    page.goto(at("/supervision", "zh-CN"))
    check(page.locator("main table tbody tr").count() > 0, "supervisor: nothing in the standing")
    page.locator("main a[href^='/rules/']").first.click()
    check(page.locator("main h1").count() == 1, f"supervisor: no title on {page.url}")
    csv = page.locator("main a[href*='.csv']").last.get_attribute("href")
    answer = page.request.get(BASE + csv)
    check(answer.ok and answer.body().startswith(b"\xef\xbb\xbf"), f"supervisor: {csv} is no CSV")


def analyst(page, scripts):
    """A query, its chart, its rows taken away, one that fails, and one that is stopped."""
    page.goto(at("/sql", "zh-CN"))
    page.locator("#sql").fill("select month, actual from measures.monthly where region_code = '220000' and indicator_id = 'T6'")
    page.locator("#ask-form button.main").click()
    page.locator("#answer table tbody tr").first.wait_for()
    check(page.locator("#answer table tbody tr").count() == 9, "analyst: not a row a month")
    check(page.locator("#answer svg.chart").count() > 0, "analyst: no chart of a series")
    with page.expect_download() as taken:
        page.locator("#answer button[value=csv]").first.click()
    body = pathlib.Path(taken.value.path()).read_bytes()
    check(body.startswith(b"\xef\xbb\xbfmonth,actual") and body.count(b"\n") == 10, f"analyst: the CSV is {body[:80]}")
    page.locator("#sql").fill("select region_cod\nfrom measures.progress")
    page.locator("#ask-form button.main").click()
    page.locator("#answer .failed").wait_for()
    if scripts:
        page.locator("#sql").fill("select count(*) from measures.persons a, measures.persons b where a.age + b.age < 0")
        page.locator("#ask-form button.main").click()
        page.locator("#stop").click()
        page.wait_for_function("document.getElementById('stop').hidden")
        check(page.locator("#answer table").count() == 0, "analyst: a stopped query has an answer")


def tables(page):
    """A table sorts, is searched and is turned over by links and a form, and its address keeps that."""
    page.goto(at("/deliveries", "zh-CN"))
    panel = page.locator("#late")
    panel.locator("nav.pager a[rel=next]").click()
    check("page.late=2" in page.url, f"tables: page 2 is not in {page.url}")
    page.locator("#late thead a").first.click()
    check("sort.late=" in page.url, f"tables: the order is not in {page.url}")
    check(page.locator("#late thead th[aria-sort=ascending]").count() == 1, "tables: no head says that it sorts")
    page.locator("#late form.find input[type=search]").fill("台账")
    page.locator("#late form.find button").click()
    check("find.late=" in page.url and "sort.late=" in page.url, f"tables: search or order lost in {page.url}")
    page.locator("a.lang").click()
    check("find.late=" in page.url and "lang=en" in page.url, f"tables: the view is lost in {page.url}")


def editions(page):
    """Another edition of the same view, and two side by side, by a form."""
    newest = page.request.get(f"{BASE}/api/editions/newest").json()["edition"]
    page.goto(at("/ranking?group=counties", "en"))
    if newest == 1:
        check(page.locator("details.editions").count() == 0, "editions: one edition is offered for choice")
        return
    page.locator("details.editions summary").click()
    page.select_option("details.editions select", "1")
    page.locator("details.editions button").first.click()
    asked = parse_qs(urlsplit(page.url).query)
    check(asked == {"group": ["counties"], "lang": ["en"], "edition": ["1"]}, f"editions: the view is lost in {page.url}")
    # An edition that is looked at alone offers no later one; the newest is compared with it.
    page.goto(at("/ranking?group=counties", "en"))
    page.locator("details.editions summary").click()
    page.select_option("details.editions select", "1")
    page.locator("details.editions button").nth(1).click()
    check(page.url.startswith(f"{BASE}/editions/1/{newest}?"), f"editions: {page.url} does not compare two")


def main():
    with sync_playwright() as p:
        browser = p.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu", "--disable-quic",
            "--disable-background-networking", "--disable-component-update", "--disable-sync"])
        look(browser)
        for scripts in (True, False):
            for width, height in WIDTHS:
                context = browser.new_context(
                    java_script_enabled=scripts, viewport={"width": width, "height": height})
                context.set_default_timeout(60_000)
                for walk in (leader, supervisor, lambda p: analyst(p, scripts), tables, editions):
                    page = watched(context)
                    try:
                        walk(page)
                    except Exception as e:
                        wrong.append(f"{page.url} (scripts {scripts}, {width} wide): {e}")
                    page.close()
                context.close()
        browser.close()
    for words in wrong:
        print(words)
    sys.exit(1 if wrong else 0)


main()
