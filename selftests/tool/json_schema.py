#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Compares JSON on standard input with a schema of docs/json: json_schema.py NAME [--lines]."""

import json
import os
import sys

import jsonschema

DOCS = os.path.join(os.path.dirname(os.path.realpath(__file__)), "../../docs")


def main():
    """Prints each difference."""
    with open(f"{DOCS}/json/{sys.argv[1]}.json", encoding="utf-8") as file:
        schema = json.load(file)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    text = sys.stdin.read()
    values = [json.loads(line) for line in text.splitlines()] if "--lines" in sys.argv \
        else [json.loads(text)]
    wrong = [f"{'/'.join(map(str, error.path))}: {error.message}" for value in values
             for error in validator.iter_errors(value)]
    if not values:
        wrong.append("there is no value")
    print("\n".join(wrong), file=sys.stderr)
    return bool(wrong)


sys.exit(main())
