#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Explanations of the names that stats, modinfo and the kernel's traces print."""

import json
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.realpath(__file__))
OUT = os.path.join(HERE, "../out/tool")
TOOL = os.path.join(OUT, "naawg-san")
MODULE = os.path.join(HERE, "../../module")
COMPLETION = os.path.join(HERE, "../../tools/completion/naawg.bash")

sys.path.insert(0, os.path.join(HERE, ".."))

# pylint: disable=wrong-import-position
from suite import Suite, same  # noqa: E402

suite = Suite(kernel=False)

# In each of these the last two texts of an entry are its meaning and what to do.
LISTS = {"core/reason_list.h": "NAAWG_REASON", "state/counter_list.h": "NAAWG_COUNTER",
         "state/parameter_list.h": "NAAWG_PARAMETER", "state/trace_list.h": "NAAWG_TRACE_POINT"}


def run(*argv):
    done = subprocess.run([TOOL, *argv], capture_output=True, text=True, timeout=60,
                          check=False, env={"PATH": "/usr/bin:/bin"})
    return done.returncode, done.stdout, done.stderr


def listed(path):
    """Name, meaning and what to do of each entry of a list, in its order."""
    with open(os.path.join(MODULE, path), encoding="utf-8") as f:
        text = f.read()
    for call in re.findall(rf"^{LISTS[path]}\((.*?)^\)", text, re.M | re.S):
        texts = re.findall(r'"([^"]*)"', call)
        name = call.split(",")[0] if path.startswith(("state/p", "state/t")) else texts[0]
        yield name, texts[-2].replace("`", "'"), texts[-1].replace("`", "'")


def all_listed():
    return [entry for path in LISTS for entry in listed(path)]


def words(text):
    return " ".join(text.split())


def for_people():
    for name, meaning, action in all_listed():
        status, out, err = run("explain", name)
        same((status, err), (0, ""), name)
        same(out.splitlines()[0].split(" (")[0], name)
        if f"meaning: {meaning} what to do: {action}" not in words(out):
            raise AssertionError(f"{name}: {out}")
        too_long = [line for line in out.splitlines() if len(line) > 80]
        same(too_long, [], name)


def for_programs():
    status, out, err = run("explain", "--json")
    same((status, err), (0, ""))
    found = json.loads(out)["explanations"]
    same(sorted((e["name"], e["meaning"], e["action"]) for e in found), sorted(all_listed()))
    kinds = {e["name"]: e["kind"] for e in found}
    same([kinds[n] for n in ("no-peer", "unanswered", "batches-moved", "chains", "naawg_sealed")],
         ["drop reason", "handshake reason", "counter", "module parameter", "trace point"])
    values = {e["name"] for e in found if "values" in e}
    same(values, {name for name, _, _ in listed("state/parameter_list.h")})


def several():
    status, out, err = run("explain", "replay", "--json", "bad-mac1")
    same((status, err), (0, ""))
    same([e["name"] for e in json.loads(out)["explanations"]], ["replay", "bad-mac1"])
    status, out, _ = run("explain", "replay", "bad-mac1")
    same((status, out.startswith("replay (drop reason)\n")), (0, True))
    same("\n\nbad-mac1 (handshake reason)\n" in out, True)


def every_name():
    status, out, err = run("explain")
    same((status, err), (0, ""))
    names = re.findall(r"^  (\S+)", re.sub(r"^ {3,}.*", "", out, flags=re.M), re.M)
    same(sorted(names), sorted(name for name, _, _ in all_listed()))


def stats_help():
    status, out, err = run("stats", "--help")
    same((status, err), (0, ""))
    same(out.startswith("Usage: "), True)
    for name, meaning, _ in [*listed("core/reason_list.h"), *listed("state/counter_list.h")]:
        first = re.split(r"[.] ", meaning.removesuffix("."))[0]
        if f" {name} {first} " not in words(out) + " ":
            raise AssertionError(f"{name} is not in: {out}")
    status, out, err = run("stats", "--bogus")
    same((status, out, err.count("\n")), (1, "", 1))


def refused(name, *wanted):
    status, out, err = run("explain", "replay", name)
    same((status, out), (1, ""))
    for part in (f"is called `{name}'", "the module is newer than this program", *wanted):
        if part not in err:
            raise AssertionError(f"{part!r} is not in {err!r}")
    return err


def near():
    refused("bad-mac", "similar names: bad-mac1")
    refused("unanswred", "similar names: unanswered")
    refused("Batch-RX", "similar names: batch_rx")
    refused("staged", "staged-packets, staged-bytes")


def unlike():
    for name in ("x", "no such thing at all", "y" * 5000, "\u00e4\u00f6"):
        same("similar" in refused(name, "lists all names"), False, name)


def options():
    for argv in (["explain", "--bogus"], ["explain", ""], ["explain", "replay", "-j"]):
        status, out, err = run(*argv)
        same((status, out, err.startswith("Usage: ")), (1, "", True), argv)


def as_wg():
    with tempfile.TemporaryDirectory() as folder:
        link = os.path.join(folder, "wg")
        os.symlink(TOOL, link)
        done = subprocess.run([link, "explain", "replay"], capture_output=True, text=True,
                              timeout=60, check=False)
    same((done.returncode, done.stdout), (1, ""))
    same(done.stderr.startswith("Invalid subcommand: `explain'"), True)
    same("explain:" in done.stderr, False)


def completes():
    script = (f"source {COMPLETION}; COMP_WORDS=({TOOL} explain '' ); COMP_CWORD=2; _naawg;"
              "printf '%s\\n' \"${COMPREPLY[@]}\"")
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, timeout=60,
                          check=False)
    same(sorted(done.stdout.split()), sorted(["--json", *(n for n, _, _ in all_listed())]))


subprocess.run(["make", "-s", "-C", HERE], stdout=sys.stderr, check=True)
suite.report(len(all_listed()) > 50, "the lists of the module can be read")
suite.case("explain prints the meaning of each name, and what to do", for_people)
suite.case("explain --json prints the same", for_programs)
suite.case("explain takes several names", several)
suite.case("explain alone lists every name", every_name)
suite.case("stats --help says what the reasons and the counters mean", stats_help)
suite.case("explain suggests names that are like an unknown one", near)
suite.case("explain suggests nothing for a name that is like no other", unlike)
suite.case("explain prints its usage for unknown options", options)
suite.case("there is no explain when called as wg", as_wg)
suite.case("bash completes the names", completes)
suite.end()
