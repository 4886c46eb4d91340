#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
#
# The list of locks. "DOC: locking" in module/state/dev.h names every lock of the
# module, as a member of a structure or as a static variable, in the order in which
# they are taken. The check compares it with the declarations, and with the table in
# docs/locking.md.

import glob
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), ".."))

from suite import print_findings  # noqa: E402 pylint: disable=wrong-import-position

REPO = os.path.realpath(os.path.join(os.path.dirname(__file__), "../.."))
LIST = "module/state/dev.h"
PAGE = "docs/locking.md"

LOCK = re.compile(r"^\s*(?:spinlock_t|struct mutex|struct rw_semaphore|rwlock_t)\s+(\w+);", re.M)
STATIC = re.compile(r"^static DEFINE_(?:SPINLOCK|MUTEX|RWLOCK)\((\w+)\)", re.M)
# A queue whose lock is taken; those on the stack are used without it.
QUEUE = re.compile(r"^\tstruct sk_buff_head (\w+);", re.M)
STRUCT = re.compile(r"^struct (\w+) \{\n(.*?)^\}", re.M | re.S)


def read(path):
    with open(os.path.join(REPO, path), encoding="utf-8") as f:
        return f.read()


def sources():
    for path in sorted(glob.glob("module/**/*.[ch]", root_dir=REPO, recursive=True)):
        if not path.startswith("module/compat/") and not path.endswith(
                (".mod.c", "selftest.c")):
            yield path, re.sub(r"/\*.*?\*/", " ", read(path), flags=re.S)


def declared():
    """{"struct.member" or "variable": the file that declares it}"""
    files = dict(sources())
    locked = set()
    for text in files.values():
        # __skb_queue_head_init() leaves the lock out
        locked |= set(re.findall(r"(?<!_)skb_queue_head_init\(&[\w>.\-]*?(\w+)\)", text))
    found = {}
    for path, text in files.items():
        for name, body in STRUCT.findall(text):
            short = name.removeprefix("naawg_")
            for member in LOCK.findall(body):
                found[f"{short}.{member}"] = path
            for member in QUEUE.findall(body):
                if member in locked:
                    found[f"{short}.{member}.lock"] = path
        for name in STATIC.findall(text):
            found[name] = path
    return found


def listed():
    doc = re.search(r"DOC: locking\n(.*?)\*/", read(LIST), re.S)
    table = re.findall(r"^ \*\s{3,}(?:\d\s+)?([a-z_]+(?:\.[a-z_]+)*)\s{2,}", doc.group(1), re.M)
    return [name for name in table if name != "rtnl"]


def main():
    locks, names = declared(), listed()
    page = read(PAGE)
    tests = [
        (f"{LIST} lists every lock",
         [f"{path}: {name}" for name, path in sorted(locks.items()) if name not in names]),
        (f"every lock that {LIST} lists exists",
         [name for name in names if name not in locks]),
        (f"{PAGE} explains every lock",
         [name for name in names if f"`{name}`" not in page]),
    ]
    status = print_findings(tests)
    print(f"# {len(locks)} locks")
    return status


sys.exit(main())
