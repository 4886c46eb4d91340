#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Prints the options of a module in the form in which Ansible passes them: reads YAML; the
arguments `check` and `diff` turn these modes on."""
import json
import sys

import yaml

options = yaml.safe_load(sys.stdin) or {}
options.update({"_ansible_check_mode": "check" in sys.argv, "_ansible_diff": "diff" in sys.argv,
                "_ansible_remote_tmp": "/root", "_ansible_keep_remote_files": False})
print(json.dumps({"ANSIBLE_MODULE_ARGS": options}))
