#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""collection.py DIRECTORY OUT: write the Ansible collection in DIRECTORY as a tarball in OUT.

ansible-galaxy would store the time and the order of the directories. This file stores neither.
"""

import fnmatch
import gzip
import hashlib
import io
import json
import os
import sys
import tarfile

import yaml

# Fields of galaxy.yml that the manifest repeats, and their values if absent.
FIELDS = {"namespace": None, "name": None, "version": None, "authors": [], "readme": None,
          "tags": [], "description": None, "license": [], "license_file": None,
          "dependencies": {}, "repository": None, "documentation": None, "homepage": None,
          "issues": None}
# Files that the manifest describes itself, or that only make the collection.
LEFT_OUT = ("galaxy.yml", "galaxy.yaml", "MANIFEST.json", "FILES.json", ".git", ".gitignore")


def members(top, ignored):
    """Paths below top in order, directories before what they have."""
    for where, dirs, names in os.walk(top):
        dirs.sort()
        for name in sorted(dirs + names):
            path = os.path.relpath(os.path.join(where, name), top)
            if name in LEFT_OUT or any(fnmatch.fnmatch(path, pattern) or
                                       fnmatch.fnmatch(name, pattern) for pattern in ignored):
                if name in dirs:
                    dirs.remove(name)
                continue
            yield path


def described(path, content):
    """The line of FILES.json about a file, or about a directory if content is None."""
    digest = None if content is None else hashlib.sha256(content).hexdigest()
    return {"name": path, "ftype": "dir" if content is None else "file",
            "chksum_type": digest and "sha256", "chksum_sha256": digest, "format": 1}


def collected(top, ignored):
    """The triples of path, mode and content, or None for a directory."""
    for path in members(top, ignored):
        full = os.path.join(top, path)
        if os.path.isdir(full):
            yield path, 0o755, None
            continue
        # Links lead out of the collection, so their target is copied.
        with open(full, "rb") as f:
            yield path, 0o755 if os.access(full, os.X_OK) else 0o644, f.read()


def as_json(value):
    """A value as the bytes of a file."""
    return (json.dumps(value, indent=1) + "\n").encode()


def manifest(galaxy, files):
    """MANIFEST.json, which has the sum of FILES.json."""
    info = {field: galaxy.get(field, default) for field, default in FIELDS.items()}
    info["license_file"] = info["license_file"] or None
    return as_json({"collection_info": info, "format": 1,
                    "file_manifest_file": described("FILES.json", files)})


def pack(out, triples, date):
    """A tarball whose bytes depend on its contents only."""
    with open(out, "wb") as f, \
            gzip.GzipFile("", "wb", 9, f, mtime=0) as zipped, \
            tarfile.open(fileobj=zipped, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for path, mode, content in triples:
            info = tarfile.TarInfo(path)
            info.mode, info.mtime = mode, date
            if content is None:
                info.type = tarfile.DIRTYPE
                tar.addfile(info)
            else:
                info.size = len(content)
                tar.addfile(info, io.BytesIO(content))


def main():
    """Write the collection."""
    top, out = sys.argv[1:]
    with open(os.path.join(top, "galaxy.yml"), encoding="utf-8") as f:
        galaxy = yaml.safe_load(f)
    parts = list(collected(top, galaxy.get("build_ignore", [])))
    files = as_json({"files": [described(".", None)] +
                     [described(path, content) for path, _, content in parts], "format": 1})
    first = [("MANIFEST.json", 0o644, manifest(galaxy, files)), ("FILES.json", 0o644, files)]
    name = "{namespace}-{name}-{version}.tar.gz".format(**galaxy)
    pack(os.path.join(out, name), first + parts, int(os.environ["SOURCE_DATE_EPOCH"]))


if __name__ == "__main__":
    main()
