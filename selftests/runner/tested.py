#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""tested.py REPORT: turn the report of `make check` or `make check-long` into a page.

The page is docs/measurements/tests.md. For each directory of tests it has the number of tests and
of checks in them. Failures and skipped checks are named.
"""

import collections
import os
import re
import sys

REPO = os.path.realpath(os.path.join(os.path.dirname(__file__), "../.."))
PAGE = os.path.join(REPO, "docs/measurements/tests.md")
VERDICT = re.compile(r"( *)(not ok|ok) \d+ (.*)")
SUM = re.compile(r"(\d+) passed, (\d+) failed(?:, (\d+) skipped)?")


class Row:
    """The results of a directory."""

    def __init__(self):
        self.tests = set()
        self.count = collections.Counter()


def kind(word, text):
    """One of the three results: passed, failed or skipped."""
    if re.search(r"# SKIP\b", text):
        return "skipped"
    return "passed" if word == "ok" else "failed"


def room_of(test):
    """The directory of a test. Builds, and the guests themselves, are in none."""
    if re.match(r"[\w.-]+/", test):
        return test.split("/")[0]
    return test if test in ("unit", "fuzz") else "build"


def readable(text):
    """A name without the numbers of its report, and without directories of the machine."""
    text = re.sub(r" # \d+ of \d+ failed", "", text).replace(": - ", ": ")
    text = re.sub(r"\s*# SKIP ", " (", text) + (")" if "# SKIP " in text else "")
    return re.sub(r"(?<=\s)/[\w./-]*/", "", text)


class Report:
    """A report as it is read, line by line."""

    def __init__(self):
        self.rows = collections.defaultdict(Row)
        self.notable, self.inner = [], []
        self.sum = None

    def verdict(self, indented, word, text):
        """A result: of a check inside a test, or of a test."""
        if indented:
            self.inner.append((kind(word, text), text))
            return
        name = text.split(" # SKIP")[0]
        test = name.split(" # ")[0].split(": ")[0]
        row = self.rows[room_of(test)]
        if "/" in test:
            row.tests.add(test)
        # A test counts by its checks; a line without any is a check itself.
        for result, said in self.inner or [(kind(word, text), "")]:
            row.count[result] += 1
            if result != "passed":
                self.notable.append((result, readable(name + (f": {said}" if said else ""))))
        self.inner = []

    def line(self, line):
        """One line of the report."""
        match = VERDICT.match(line)
        if match:
            self.verdict(*match.groups())
        match = SUM.fullmatch(line.strip())
        if match:
            self.sum = tuple(int(n or 0) for n in match.groups())

    def total(self):
        """The sum over all directories."""
        return tuple(sum(row.count[key] for row in self.rows.values())
                     for key in ("passed", "failed", "skipped"))


def table(report):
    """The page's tables."""
    passed, failed, skipped = report.sum
    yield "# What the last run tested\n"
    yield "`selftests/runner/tested.py` made this page from the report of a run of `make check`."
    yield "[testing.md](../testing.md#where-tests-run) says where each directory runs.\n"
    yield f"**{passed} passed, {failed} failed, {skipped} skipped.**\n"
    yield "| directory | test programs | checks passed | failed | skipped |"
    yield "|---|---|---|---|---|"
    for room, row in sorted(report.rows.items()):
        yield (f"| `{room}` | {len(row.tests)} | {row.count['passed']} | {row.count['failed']} "
               f"| {row.count['skipped']} |")
    for key, title in (("failed", "Failed"), ("skipped", "Skipped")):
        named = [text for result, text in report.notable if result == key]
        if named:
            yield f"\n## {title}\n"
            yield from (f"- {text}" for text in named)


def main():
    """Write the page."""
    if len(sys.argv) != 2:
        print("usage: tested.py REPORT", file=sys.stderr)
        return 2
    report = Report()
    with open(sys.argv[1], encoding="utf-8", errors="replace") as f:
        for line in f:
            report.line(line.rstrip("\n"))
    if report.sum is None:
        print("tested.py: the report has no sum: the run did not end", file=sys.stderr)
        return 1
    if report.total() != report.sum:
        print(f"tested.py: counted {report.total()}, the report says {report.sum}",
              file=sys.stderr)
        return 1
    with open(PAGE, "w", encoding="utf-8") as f:
        f.write("\n".join(table(report)) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
