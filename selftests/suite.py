# SPDX-License-Identifier: GPL-2.0
"""The reporter of tests written in Python: TAP, as lib.sh prints it.

    suite = Suite()
    suite.case("a session carries data both ways", function, argument)
    suite.report(found == wanted, "a file is read whole", seen)
    suite.end()

A case is a function that raises an exception when something is wrong.
"""
import re
import subprocess
import sys
import traceback

# Messages by which the kernel reports a bug.
ALARM = re.compile(r"WARNING:|BUG:|Oops|refcount_t:|general protection|"
                   r"INFO: task|suspicious RCU|memory leak")


def same(got, wanted, what=""):
    """Assert that two values are equal, and show both if they are not."""
    if got != wanted:
        raise AssertionError(f"{what} got {got!r}, wanted {wanted!r}")


def alarms():
    """Bugs the kernel reported so far; None where its log cannot be read."""
    done = subprocess.run(["dmesg"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                          text=True, check=False)
    if done.returncode:
        return None
    return [line for line in done.stdout.splitlines() if ALARM.search(line)]


def print_findings(tests):
    """One result per pair of a sentence and what is wrong, a list of lines. Returns the
    exit status. Static checks use it."""
    failed = False
    print(f"1..{len(tests)}")
    for n, (sentence, found) in enumerate(tests, 1):
        found = list(found)
        failed |= bool(found)
        print("not ok" if found else "ok", n, sentence)
        for line in found:
            print("#", line)
    return int(failed)


class Suite:
    """Results of one test; end() prints the plan and exits."""

    def __init__(self, kernel=True):
        """With KERNEL the kernel may report no bug until end()."""
        self.count = 0
        self.failed = 0
        self.kernel = kernel
        self.known = alarms() if kernel else None

    def report(self, good, sentence, seen=()):
        """One result; SEEN, a text or lines, explains a bad one."""
        self.count += 1
        self.failed += not good
        print("ok" if good else "not ok", self.count, sentence)
        if not good:
            for line in seen.splitlines() if isinstance(seen, str) else seen:
                print("#  ", line)
        sys.stdout.flush()
        return good

    def skip(self, sentence, reason):
        """One result: this cannot be tested here."""
        self.count += 1
        print("ok", self.count, sentence, "# SKIP", reason, flush=True)

    def case(self, sentence, function, *args):
        """One result; an exception is a failure. A function that returns a number
        has made that many requests."""
        try:
            requests = function(*args)
        except Exception:  # pylint: disable=broad-except
            lines = traceback.format_exc().splitlines()[-12:]
            self.report(False, sentence, [line[:300] for line in lines])
        else:
            self.report(True, sentence + (f" ({requests} requests)" if requests else ""))

    def end(self):
        """The check of the kernel's log, the plan and the exit status."""
        if self.kernel:
            sentence = "the kernel reported no bug"
            if self.known is None:
                self.skip(sentence, "its log cannot be read here")
            else:
                new = alarms()[len(self.known):]
                self.report(not new, sentence, new[-5:])
        print(f"1..{self.count}", flush=True)
        sys.exit(1 if self.failed else 0)
