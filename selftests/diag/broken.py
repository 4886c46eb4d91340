# SPDX-License-Identifier: GPL-2.0
"""Tunnels that are really broken, each in another way, and what naawg diag says of them.

Handshakes are repeated after five seconds, so all tunnels are broken first, and looked at
together."""
import concurrent.futures
import os
import re
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
sys.path.insert(0, os.path.join(HERE, ".."))

# pylint: disable=wrong-import-position
import breakages  # noqa: E402
import breakages_net  # noqa: E402
import breakages_pair  # noqa: E402
import breakages_rest  # noqa: E402
import breakages_time  # noqa: E402
from pairs import Pair  # noqa: E402
from suite import Suite, same  # noqa: E402

# Two initiations without an answer, and a third that begins.
PATIENCE = 11.5


def make(case):
    """Breaks a tunnel. The result is its pair, or the exception."""
    pair = Pair(case.name)
    try:
        case.breaks(pair)
    except Exception as error:  # pylint: disable=broad-except
        return pair, error
    return pair, None


def secrets_of(pair):
    """No output may have these."""
    return [host.private for host in pair.hosts] + getattr(pair, "secrets", [])


def unnumbered(text):
    """Counts grow between two looks."""
    return re.sub(r"\b\d+ (packets|times|so far|handshakes|s ago|s since|were)", r"N \1", text)


def text_with(host, words, wanted):
    """The text that has a finding. Routers limit the rate of ICMP errors, so a second look
    may come too early."""
    for _ in range(5):
        text = host.diag_text(*words)
        if f"[{wanted}]" in text:
            break
        time.sleep(1)
    return text


def look(case, pair):
    """Checks what diag says of a tunnel."""
    getattr(pair, "prepare", lambda: None)()
    for name, wanted in case.says.items():
        host = getattr(pair, name)
        words = getattr(pair, "words", ("t0",))
        status, report = host.diag(*words)
        found = report["findings"]
        same([f["id"] for f in found][:1], [wanted] if wanted else [], f"{name}: {found}")
        if not wanted:
            continue
        first = found[0]
        same(status, int(any(f["severity"] == "error" for f in found)), "status")
        same(report["healthy"], not status, "healthy")
        case.details(pair, first)
        text = text_with(host, words, wanted)
        assert unnumbered(f"[{wanted}]: {first['text']}") in unnumbered(text), text
        assert text.index(f"[{wanted}]") == text.index(" [") + 1, text
        for secret in secrets_of(pair):
            assert secret not in text + str(report), "a secret"


def main():
    """Breaks all, waits, and looks."""
    suite = Suite()
    cases = (breakages.CASES + breakages_net.CASES + breakages_pair.CASES
             + breakages_time.CASES + breakages_rest.CASES)
    late = breakages_time.LATE + breakages_rest.LATE
    if len(sys.argv) > 1:
        cases, late = [[case for case in some if case.name in sys.argv[1:]]
                       for some in (cases, late)]
    with concurrent.futures.ThreadPoolExecutor(12) as pool:
        pairs = list(pool.map(make, cases))
        time.sleep(PATIENCE)
        jobs = [pool.submit(look, case, pair) for case, (pair, _) in zip(cases, pairs)]
        for case, job, (_, error) in zip(cases, jobs, pairs):
            suite.case(case.sentence, result, job, error)
        list(pool.map(lambda made: made[0].end(), pairs))
    for case in late:
        pair, error = make(case)
        suite.case(case.sentence, alone, case, pair, error)
        pair.end()
    suite.end()


def alone(case, pair, error):
    """A case that would disturb the others."""
    if error:
        raise error
    try:
        look(case, pair)
    finally:
        getattr(pair, "restore", lambda: None)()


def result(job, error):
    """The outcome of a case."""
    if error:
        raise error
    job.result()


if __name__ == "__main__":
    main()
