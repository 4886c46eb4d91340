# SPDX-License-Identifier: GPL-2.0-or-later
"""Sessions of a running interface: waits for those that a change follows, and calls peers."""
from __future__ import absolute_import, division, print_function
__metaclass__ = type

import time

from ansible_collections.naawg.naawg.plugins.module_utils.tool import said

INTERVAL = 0.05
CALL_SECONDS = 6


def check(tool, name, keys):
    """Whether each of these peers has a session, and the line that says so."""
    words = [word for key in keys for word in ("--peer", key)]
    status, out, err = tool.run("check", name, *words)
    return not status, said(out, err)


def call(tool, name, keys):
    """Make a handshake with those of the peers that have an endpoint."""
    _status, out, _err = tool.run("show", name, "endpoints")
    ends = dict(line.split("\t", 1) for line in out.splitlines() if "\t" in line)
    words = [word for key in keys if ends.get(key, "(none)") != "(none)"
             for word in ("peer", key)]
    if words:
        tool.run("rekey", name, *(words + ["--timeout", str(CALL_SECONDS)]))


def wait(tool, name, awaited):
    """Wait until the peers of the option after_session have sessions. Returns "", or what is
    missing when the time has ended."""
    begin = time.monotonic()
    calls_at = awaited["call_after"]
    while True:
        done, line = check(tool, name, awaited["public_keys"])
        passed = time.monotonic() - begin
        if done:
            return ""
        if passed >= awaited["timeout"]:
            return "no session within %d seconds: %s" % (awaited["timeout"], line)
        if calls_at is not None and passed >= calls_at:
            call(tool, name, awaited["public_keys"])
            calls_at = passed + CALL_SECONDS
        time.sleep(INTERVAL)
