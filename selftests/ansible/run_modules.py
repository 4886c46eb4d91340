#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Runs modules without Ansible, in the namespaces of a host, for ansible_lib.sh.

Python, Ansible's code and YAML are loaded once, and each module runs in a fork. A request is a
line of standard input, with tabs between its parts; the answer is a line of standard output:

    run PID MODULE FLAGS OPTIONS RESULT ERRORS    the status of the module
    said RESULT EXPRESSION OUTPUT                 0 if the expression has a value

PID is a process with the namespaces. OPTIONS, RESULT, ERRORS and OUTPUT are files: options are
YAML, a result is the JSON that a module prints. FLAGS are check and diff.
"""

import ctypes
import importlib
import json
import os
import pathlib
import runpy
import sys
import traceback

import yaml
from ansible.module_utils import basic

MODULES = pathlib.Path(__file__).resolve().parents[2] / "tools/ansible/plugins/modules"


def enter(pid):
    """Enter the mount namespace and the network namespace of a process."""
    libc = ctypes.CDLL(None, use_errno=True)
    for name in ("net", "mnt"):
        with open(f"/proc/{pid}/ns/{name}", "rb") as namespace:
            if libc.setns(namespace.fileno(), 0):
                raise OSError(ctypes.get_errno(), f"setns {name} of {pid}")
    os.chdir("/")


def redirect(result, errors):
    """Let output go to files."""
    for number, path in ((1, result), (2, errors)):
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(file, number)
        os.close(file)
    null = os.open("/dev/null", os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)


def module(pid, name, flags, options):
    """Be a module. Options have the form in which Ansible passes them."""
    with open(options, encoding="utf-8") as file:
        given = yaml.safe_load(file) or {}
    given.update({"_ansible_check_mode": "check" in flags, "_ansible_diff": "diff" in flags,
                  "_ansible_remote_tmp": "/root", "_ansible_keep_remote_files": False})
    basic._ANSIBLE_ARGS = json.dumps({"ANSIBLE_MODULE_ARGS": given}).encode()
    enter(pid)
    path = str(MODULES / f"naawg_{name}.py")
    sys.argv = [path]
    runpy.run_path(path, run_name="__main__")


def run(pid, name, flags, options, result, errors):
    """Run a module in a process of its own, and return its status."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    status = 70
    try:
        redirect(result, errors)
        module(pid, name, flags, options)
        status = 0
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:  # pylint: disable=broad-except
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)
    return status


def said(result, expression, output):
    """Write the value of an expression about a result."""
    with open(output, "w", encoding="utf-8") as file:
        try:
            with open(result, encoding="utf-8") as text:
                r = json.load(text)
            print(eval(expression, {"r": r}), file=file)  # pylint: disable=eval-used
        except Exception as problem:  # pylint: disable=broad-except
            print(repr(problem), file=file)
            return 1
    return 0


def main():
    """Answer requests."""
    for name in "audit", "conf_file", "forwards", "managers", "sessions", "tunnel_state":
        importlib.import_module("ansible_collections.naawg.naawg.plugins.module_utils." + name)
    for line in sys.stdin:
        what, *parts = line.rstrip("\n").split("\t")
        print({"run": run, "said": said}[what](*parts), flush=True)


if __name__ == "__main__":
    main()
