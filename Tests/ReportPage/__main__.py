"""Usage: python3 Tests/ReportPage BINARY [RESULT...]: see scripts/test-report."""

import filecmp
import json
import pathlib
import shutil
import subprocess
import sys

from browser import Browser

ROOT = pathlib.Path(__file__).resolve().parents[2]
OUT = ROOT / "out" / "report-test"
SECTIONS = ["run", "findings", "results", "latency", "attribution", "over-time", "stations", "volume", "guarantees", "laws", "repeat"]
TRIAL_SECTIONS = ["findings", "guarantees", "story", "delivery", "exercised", "run", "repeat"]
SWEEP_SECTIONS = ["findings", "guarantees", "delivery", "exercised", "repeat"]
COMPARISON_SECTIONS = ["findings", "moved", "sides", "why", "gates", "compared"]
BENCHMARKS = {
    "matrix": ["scenarios/benchmarks/acks.yaml", "--vary", "acks=1,all", "--vary", "linger.ms=0,5,20", "--duration", "3s"],
    "fault": ["scenarios/benchmarks/fault-during-load.yaml"],
    "search": ["scenarios/benchmarks/acks.yaml", "--vary", "acks=all", "--search", "publish.p99 <= 20ms", "--duration", "2s"],
}
# What replay and verify keep: a trial in which a guarantee breaks, and many trials.
TRIALS = {
    "trial": (["replay", "scenarios/hazards/acks-1-leader-crash.yaml", "--seed", "7"], TRIAL_SECTIONS, 1),
    "sweep": (["verify", "scenarios/hazards/acks-1-leader-crash.yaml", "--seeds", "1..3"], SWEEP_SECTIONS, 0),
}


# Captions of the tables that are wider than the page leaves room for; what is folded away is not in sight.
CUT_TABLES = """[...document.querySelectorAll('.scroll')].filter((box) => box.clientWidth > 0 && box.scrollWidth > box.clientWidth)
  .map((box) => `${box.getAttribute('aria-label')}: ${box.scrollWidth} of ${box.clientWidth}`)"""


class Suite:
    def __init__(self):
        self.passed = 0
        self.failed = 0

    def check(self, sentence, condition, found=""):
        if condition:
            self.passed += 1
        else:
            self.failed += 1
            print(f"FAILED: {sentence}{f': {found}' if found != '' else ''}", file=sys.stderr)


def run(*arguments):
    """The command's exit code is no matter here: a benchmark that is not as its scenario expects is worth a page too."""
    subprocess.run([str(argument) for argument in arguments], cwd=ROOT, stdout=subprocess.DEVNULL)


def check_files(suite, binary, results, page, charts=3):
    run(binary, "report", *results, "-o", page, "--quiet")
    again = page.with_name(page.name + "-again")
    run(binary, "report", *results, "-o", again, "--quiet")
    data = [link.split("](")[1].split(")")[0] for link in (page / "report.md").read_text().splitlines() if link.startswith("As data:")]
    suite.check("Every result is there as data", data and all(isinstance(json.loads((page / file).read_text()), dict) for file in data), data)
    files = sorted(path.relative_to(page) for path in page.rglob("*") if path.is_file())
    suite.check("There is a page, and there are charts", len(files) >= 2 + 2 * charts, files)
    suite.check("Every chart is there as SVG and as PNG", {f.stem for f in files if f.suffix == ".svg"} == {f.stem for f in files if f.suffix == ".png"})
    different = [str(file) for file in files if not filecmp.cmp(page / file, again / file, shallow=False)]
    suite.check("The same result gives the same bytes", not different, different)
    markdown = (page / "report.md").read_text()
    missing = [line for line in markdown.splitlines() if line.startswith("![") and not (page / line.split("](")[1].rstrip(")")).exists()]
    suite.check("The Markdown shows charts that are there", ("![" in markdown) == (charts > 0) and not missing, missing)
    shutil.rmtree(again)


def check_page(suite, browser, name, page, sections=SECTIONS, charts=3):
    for variant, width, dark in [("light", 1280, False), ("dark", 1280, True), ("narrow", 400, False)]:
        browser.open(page, width, dark)
        suite.check(f"{name}, {variant}: the console is silent", not browser.complaints, browser.complaints)
        asked = [url for url in browser.requests if url != page.resolve().as_uri() and not url.startswith("data:")]
        suite.check(f"{name}, {variant}: nothing is asked of anybody", not asked, asked)
        scrolls = browser.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
        suite.check(f"{name}, {variant}: the page fits its width", not scrolls, browser.evaluate("document.documentElement.scrollWidth"))
        browser.screenshot(OUT / f"{name}-{variant}.png")
    browser.open(page, 1400)
    cut = browser.evaluate(CUT_TABLES)
    suite.check(f"{name}: no table in sight is cut at 1,400 pixels", not cut, cut)
    browser.open(page, 1280)
    ids = browser.evaluate("[...document.querySelectorAll('[id]')].map((element) => element.id)")
    suite.check(f"{name}: no id is there twice", len(ids) == len(set(ids)), sorted({i for i in ids if ids.count(i) > 1}))
    articles = browser.evaluate("document.querySelectorAll('article').length")
    missing = [s for s in sections if len([i for i in ids if i == s or (articles > 1 and i.endswith("-" + s))]) < articles]
    suite.check(f"{name}: every section is there", not missing, missing)
    suite.check(f"{name}: the language is told", browser.evaluate("document.documentElement.lang") == "en")
    nameless = browser.evaluate("[...document.querySelectorAll('figure svg')].filter((svg) => !svg.querySelector('title')?.textContent || !svg.querySelector('desc')?.textContent).length")
    suite.check(f"{name}: there are charts, and every one has a title and a description", browser.evaluate("document.querySelectorAll('figure svg').length") >= charts and nameless == 0, nameless)
    dead = browser.evaluate("[...document.querySelectorAll('a[href^=\"#\"]')].filter((link) => !document.getElementById(link.hash.slice(1))).map((link) => link.hash)")
    suite.check(f"{name}: every link leads somewhere", not dead, dead)
    foreign = browser.evaluate("[...document.querySelectorAll('[src], link[href]')].map((element) => element.src || element.href).filter((address) => !address.startsWith('data:'))")
    suite.check(f"{name}: the page refers to nothing outside of itself", not foreign, foreign)
    if browser.evaluate("document.querySelector('table.sortable') !== null"):
        # The p99 where there is one, or the first column of figures.
        table = "document.querySelector('table.sortable')"
        column = (f"((place) => place >= 0 ? place : [...{table}.tBodies[0].rows[0].cells].findIndex((cell) => cell.dataset.key !== undefined))"
                  f"([...{table}.tHead.rows[0].cells].findIndex((heading) => heading.textContent.startsWith('publish p99')))")
        keys = f"(() => {{ const column = {column}; return [...{table}.tBodies[0].rows].map((row) => Number(row.cells[column].dataset.key)); }})()"
        click = f"document.querySelectorAll('table.sortable th button')[{column}].click()"
        browser.evaluate(click)
        upwards = browser.evaluate(keys)
        browser.evaluate(click)
        suite.check(f"{name}: a click on a heading sorts, a second one the other way", upwards == sorted(upwards) and browser.evaluate(keys) == sorted(upwards, reverse=True), upwards)


def main():
    binary, results = pathlib.Path(sys.argv[1]).resolve(), sys.argv[2:]
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    pages = {"stored": results} if results else {}
    if not results:
        for name, arguments in BENCHMARKS.items():
            run(binary, "bench", *arguments, "--quiet", "--out", OUT / name)
            pages[name] = [OUT / name]
        pages["together"] = [OUT / name for name in BENCHMARKS]
        for name, (arguments, _, _) in TRIALS.items():
            run(binary, *arguments, "--quiet", "--out", OUT / name)
        run(binary, "bench", *BENCHMARKS["matrix"], "--set", "workload.0.produce.value=2KiB", "--quiet", "--out", OUT / "slower")
        run(binary, "compare", OUT / "matrix", OUT / "slower", "--gate", "publish.p99 <= +1%", "--quiet", "--report", OUT / "page-compare")
    suite = Suite()
    for name, sources in pages.items():
        check_files(suite, binary, sources, OUT / f"page-{name}")
    trials = {} if results else TRIALS
    for name, (_, _, charts) in trials.items():
        check_files(suite, binary, [OUT / name], OUT / f"page-{name}", charts)
    browser = Browser()
    try:
        probe = OUT / "probe.html"
        probe.write_text("<!DOCTYPE html><title>probe</title><img src='missing.png'><script>console.error('seen')</script>")
        browser.open(probe, 800)
        suite.check("The browser tells of console errors", any("seen" in complaint for complaint in browser.complaints), browser.complaints)
        suite.check("The browser tells of requests", any(url.endswith("missing.png") for url in browser.requests), browser.requests)
        probe.write_text("<!DOCTYPE html><title>probe</title><div class='scroll' aria-label='wide' style='width: 90px; overflow-x: auto'><table style='width: 95px'><tr><td>x</td></tr></table></div>")
        browser.open(probe, 1400)
        suite.check("A table that is cut is found", browser.evaluate(CUT_TABLES) == ["wide: 95 of 90"], browser.evaluate(CUT_TABLES))
        for name in pages:
            check_page(suite, browser, name, OUT / f"page-{name}" / "index.html")
        for name, (_, sections, charts) in trials.items():
            check_page(suite, browser, name, OUT / f"page-{name}" / "index.html", sections, charts)
        if not results:
            check_page(suite, browser, "compare", OUT / "page-compare" / "index.html", COMPARISON_SECTIONS, 2)
    finally:
        browser.close()
    print(f"{suite.passed} passed, {suite.failed} failed")
    sys.exit(1 if suite.failed else 0)


main()
