#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""The status page of `naawg metrics`, without a kernel: its HTML, its words, its chart, and
hostile names."""
import os
import re
import sys
from html.parser import HTMLParser

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), ".."))

# pylint: disable=wrong-import-position
from suite import Suite, same  # noqa: E402
from format import HOSTILE, two_links  # noqa: E402
from metrics_lib import CONNECTED, KEYS, Description  # noqa: E402

VOID = {"meta", "link", "br", "path"}
# Elements and attributes that could load, run or send anything.
FORBIDDEN = {"script", "iframe", "object", "embed", "form", "img", "base", "audio", "video"}


class Page(HTMLParser):
    """Elements and text of a page; each error of its form is an exception."""

    def __init__(self, page):
        super().__init__(convert_charrefs=True)
        self.open, self.elements, self.words = [], [], []
        self.feed(page.decode("utf-8"))
        self.close()
        if self.open:
            raise AssertionError(f"not closed: {self.open}")

    def handle_starttag(self, tag, attrs):
        """An element begins. In SVG it may end at once."""
        text = self.get_starttag_text()
        names = [name for name, _ in attrs]
        if len(names) != len(set(names)) or any(value is None for _, value in attrs):
            raise AssertionError(text)
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        """An element of SVG without content."""
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        """The innermost element ends."""
        if not self.open or self.open.pop() != tag:
            raise AssertionError(f"</{tag}> closes nothing")

    def handle_data(self, data):
        """Text that a person reads."""
        if "style" not in self.open:
            self.words.append(data)

    def text(self):
        """All words, with single spaces."""
        return " ".join(" ".join(self.words).split())

    def all(self, tag):
        """The attributes of all elements of a name."""
        return [attrs for name, attrs in self.elements if name == tag]


def parsed(host=None, kind="page", peers_max=256):
    """The page of a description."""
    return Page((host or two_links()).page(kind, peers_max))


def form():
    """A doctype, a language, a title, one heading, and nothing that is loaded."""
    same(two_links().page("page").startswith(b"<!DOCTYPE html>\n"), True)
    page = parsed()
    same(page.all("html"), [{"lang": "en"}])
    same([len(page.all(tag)) for tag in ("title", "h1", "main", "style")], [1, 1, 1, 1])
    same(FORBIDDEN & {tag for tag, _ in page.elements}, set())
    for tag, attrs in page.elements:
        for name, value in attrs.items():
            if name.startswith("on") or name in ("style", "src", "srcset", "action"):
                raise AssertionError(f"{tag} has {name}")
            if name == "href" and value not in ("data:,", "metrics", "?still", "?"):
                raise AssertionError(f"{tag} refers to {value}")
    for css in re.findall(r"<style>(.*?)</style>", two_links().page("page").decode()):
        same("url(" in css or "@import" in css, False)


def accessible():
    """Ids are unique, tables have headers, charts have names."""
    page = parsed(traffic())
    ids = [attrs["id"] for _, attrs in page.elements if "id" in attrs]
    same(len(ids), len(set(ids)))
    same([attrs["aria-labelledby"] in ids for attrs in page.all("section")], [True] * 2)
    same({attrs.get("scope") for attrs in page.all("th")}, {"col", "row"})
    same({attrs.get("role") for attrs in page.all("td")}, {"cell"})
    (chart,) = page.all("svg")
    same((chart["role"], "Traffic of wg0" in chart["aria-label"]), ("img", True))
    cells = [attrs["data-label"] for attrs in page.all("td")]
    same(all(cells), True)


def words():
    """States, reasons and their meanings are in words."""
    text = parsed().text()
    for wanted in ("naawg on <host>", "wg0 up", "wg1 down", "Peers connected 1 of 2",
                   "UDP port 51820", "connected 10 seconds ago", "does not answer It left two",
                   "unanswered", "unknown-peer", "What to do:", "It has no peers.",
                   "3306/tcp 10.101.0.2:3306 5", "22/tcp this host 0", "8000-8010/udp",
                   "16 minutes ago", "never"):
        if wanted not in text:
            raise AssertionError(f"{wanted!r} is not in {text!r}")
    same("`" in text, False)


def refresh():
    """The page is read again every five seconds, unless it was asked not to."""
    same([attrs for attrs in parsed().all("meta") if attrs.get("http-equiv") == "refresh"],
         [{"http-equiv": "refresh", "content": "5"}])
    same([attrs for attrs in parsed(kind="still").all("meta") if "http-equiv" in attrs], [])


def traffic():
    """A host with readings: 1 KiB/s in for five minutes, then 2 KiB/s."""
    host = Description().link("wg0").peer(KEYS[1], "web", CONNECTED, 1799999990, (50000, 9000, 1, 1))
    total = 0
    for age in range(600, -1, -5):
        total += 5 * 1024 * (1 if age > 300 else 2)
        host.add("reading", age, total, 0)
    host.add("was", KEYS[1], 50000 - 5 * 3072, 9000)
    return host.link("wg1")


def chart():
    """The chart has both lines, the last rate and the highest one."""
    page = parsed(traffic())
    lines = {attrs["class"]: attrs["d"] for attrs in page.all("path") if "d" in attrs}
    same(sorted(lines), ["grid", "rx", "tx"])
    heights = {float(y) for y in re.findall(r"L[0-9.]+ ([0-9.]+)", lines["rx"])}
    same(sorted(heights), [4.0, 52.0])
    same({float(y) for y in re.findall(r"L[0-9.]+ ([0-9.]+)", lines["tx"])}, {100.0})
    for wanted in ("Received: 2.00 KiB/s", "Sent: 0 B/s", "the top line is 2.00 KiB/s",
                   "48.8 KiB 3.00 KiB/s", "The chart of the traffic begins with"):
        if wanted not in page.text():
            raise AssertionError(f"{wanted!r} is not in {page.text()!r}")


def backwards():
    """Counters that began anew, and long pauses, leave a gap."""
    host = Description().link("wg0").peer(KEYS[1])
    for age, total in ((500, 0), (495, 5000), (490, 0), (485, 5000), (100, 9000), (95, 9500)):
        host.add("reading", age, total, 0)
    (line,) = [attrs["d"] for attrs in parsed(host).all("path") if attrs["class"] == "rx"]
    same((line.count("M"), line.count("L")), (3, 3))


def hostile():
    """Each hostile name is text, and the page has one peer."""
    for name in HOSTILE:
        host = Description().link(name[:15]).peer(KEYS[1], name)
        host.add("reading", 5, 0, 0).add("reading", 0, 0, 0)
        page = parsed(host)
        same(len(page.all("section")), 1)
        same(len(page.all("svg")), 1)
        same(len([a for a in page.all("th") if a["scope"] == "row"]), 1)
        if re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", "".join(page.words)):
            raise AssertionError(f"{name!r} brought a control character")
    same("\u202e" in parsed(Description().link("wg0").peer(KEYS[1], "a\u202eb")).text(), False)


def bounded():
    """More peers than a person reads are only counted."""
    page = parsed(Description().link("wg0").add("peers", 300), peers_max=256)
    same(len([attrs for attrs in page.all("th") if attrs["scope"] == "row"]), 256)
    same("44 more peers are not shown here." in page.text(), True)


def empty():
    """Without a module, or without an interface, the page says so."""
    same("The kernel module naawg is not loaded." in parsed(Description(version=None)).text(),
         True)
    same("There is no naawg interface" in parsed(Description()).text(), True)
    same("cannot be read" in parsed(Description().link("wg0", "failed")).text(), True)


def main():
    """All of it."""
    suite = Suite(kernel=False)
    suite.case("the page is well-formed and refers to nothing outside", form)
    suite.case("the page has headers, names and labels", accessible)
    suite.case("the page tells states and reasons in words", words)
    suite.case("the page is read again, unless the reader stops that", refresh)
    suite.case("the chart shows rates of the last minutes", chart)
    suite.case("the chart has a gap where nothing is known", backwards)
    suite.case("a hostile name stays text", hostile)
    suite.case("the number of peers on the page is bounded", bounded)
    suite.case("a page without module or interfaces says so", empty)
    suite.end()


if __name__ == "__main__":
    main()
