#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""sbom.py TREE COMMIT: print the software bill of materials of a source tree, as SPDX 2.3 JSON.

It has each file with its sum and licence, the libraries that the tool is linked with, and the
packages that built it.
"""

import datetime
import hashlib
import json
import os
import subprocess
import sys

import licences

NAMESPACE = "https://spdx.org/spdxdocs/naawg-{}-{}"
# Packages whose version decides about the bytes of a build, and what each one is for.
LIBRARIES = ("libmnl-dev", "libsodium-dev", "libc6-dev")
BUILDERS = ("gcc", "binutils", "make", "dpkg-dev", "debhelper", "dh-dkms", "pkg-config",
            "python3", "python3-yaml", "git", "gzip", "tar")


def sums(path):
    """SHA-1, which SPDX demands, and SHA-256."""
    with open(path, "rb") as f:
        data = f.read()
    return hashlib.sha1(data).hexdigest(), hashlib.sha256(data).hexdigest()


def sources(tree):
    """Each file of the tree as SPDX describes it."""
    rules = licences.rules(tree)
    paths = sorted(os.path.relpath(os.path.join(where, name), tree)
                   for where, _, names in os.walk(tree) for name in names
                   if not os.path.islink(os.path.join(where, name)))
    for number, path in enumerate(paths, 1):
        sha1, sha256 = sums(os.path.join(tree, path))
        terms = licences.licence(path, rules, tree)
        yield {"SPDXID": f"SPDXRef-File-{number}", "fileName": "./" + path,
               "checksums": [{"algorithm": "SHA1", "checksumValue": sha1},
                             {"algorithm": "SHA256", "checksumValue": sha256}],
               "licenseConcluded": terms, "licenseInfoInFiles": [terms],
               "copyrightText": "NOASSERTION"}


def version_of(package):
    """The installed version of a Debian package, or None."""
    run = subprocess.run(["dpkg-query", "-W", "-f", "${Version}", package],
                         capture_output=True, text=True, check=False)
    return run.stdout.strip() if run.returncode == 0 and run.stdout.strip() else None


def package(name, version, files=False, **more):
    """A package as SPDX describes it."""
    return {"SPDXID": f"SPDXRef-Package-{name}", "name": name, "versionInfo": version,
            "downloadLocation": "NOASSERTION", "filesAnalyzed": files,
            "copyrightText": "NOASSERTION", **more}


def verification(files):
    """SPDX's sum over the sums of all files."""
    joined = "".join(sorted(f["checksums"][0]["checksumValue"] for f in files))
    return hashlib.sha1(joined.encode()).hexdigest()


def related(subject, relation, target):
    """A relation of two elements."""
    return {"spdxElementId": subject, "relationshipType": relation,
            "relatedSpdxElement": target}


def document(tree, commit):
    """The whole document."""
    files = list(sources(tree))
    version = os.environ["NAAWG_VERSION"]
    main_package = package(
        "naawg", version, True, licenseConcluded="NOASSERTION", licenseDeclared="GPL-2.0-only",
        licenseInfoFromFiles=sorted({f["licenseConcluded"] for f in files}),
        packageVerificationCode={"packageVerificationCodeValue": verification(files)},
        sourceInfo=f"git commit {commit}")
    others = [(name, version_of(name), kind)
              for names, kind in ((LIBRARIES, "DYNAMIC_LINK"), (BUILDERS, "BUILD_TOOL_OF"))
              for name in names]
    debian = [package(name, found, licenseConcluded="NOASSERTION",
                      licenseDeclared="NOASSERTION", supplier="Organization: Debian",
                      externalRefs=[{"referenceCategory": "PACKAGE-MANAGER",
                                     "referenceType": "purl",
                                     "referenceLocator": f"pkg:deb/debian/{name}@{found}"}])
              for name, found, _ in others if found]
    naawg = main_package["SPDXID"]
    relations = [related("SPDXRef-DOCUMENT", "DESCRIBES", naawg)]
    relations += [related(naawg, "CONTAINS", f["SPDXID"]) for f in files]
    for name, found, kind in others:
        pair = (naawg, f"SPDXRef-Package-{name}")
        if found:
            relations.append(related(pair[kind == "BUILD_TOOL_OF"], kind,
                                     pair[kind != "BUILD_TOOL_OF"]))
    date = datetime.datetime.fromtimestamp(int(os.environ["SOURCE_DATE_EPOCH"]),
                                           datetime.timezone.utc)
    return {"spdxVersion": "SPDX-2.3", "dataLicense": "CC0-1.0",
            "SPDXID": "SPDXRef-DOCUMENT", "name": f"naawg-{version}",
            "documentNamespace": NAMESPACE.format(version, commit),
            "creationInfo": {"created": date.strftime("%Y-%m-%dT%H:%M:%SZ"),
                             "creators": ["Tool: naawg-sbom.py"]},
            "packages": [main_package, *debian], "files": files,
            "relationships": relations}


def main():
    """Print the document."""
    if len(sys.argv) != 3:
        print("usage: sbom.py TREE COMMIT", file=sys.stderr)
        return 2
    json.dump(document(*sys.argv[1:]), sys.stdout, indent=1, sort_keys=True)
    print()
    return 0


if __name__ == "__main__":
    sys.exit(main())
