#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# timeout: 300
#
# A release goes out only from a tree that is ready, by a key that may sign. Users' programs,
# tools/packaging/verify and apt, refuse files that were changed, and other or expired keys.
# long/release.sh makes a whole release.

. "$(dirname "$0")/release_lib.sh"

need_tool apt-get

# --- before a release ----------------------------------------------------------

# looks_for_faults KEY VERSION
looks_for_faults()
{
	KEY=$1 OUT=$work/out "$clone/tools/release/release" --check "$2" 2>&1
}

check "a tree that is ready is accepted" looks_for_faults "$GOOD" "$version"

# refused SENTENCE KEY VERSION SAID - and the message says why
refused()
{
	local said status

	said=$(looks_for_faults "$2" "$3")
	status=$?
	check "$1" same "$status $(grep -cF -e "$4" <<<"$said")" "1 1" || diag "$said"
}

back()
{
	git -C "$clone" reset -q --hard && git -C "$clone" clean -qfd
}

refused "another version than that of the tree" "$GOOD" 9.9.9 "not 9.9.9"
refused "a version without an entry in the changelog" "$GOOD" 9.9.9 "no entry for 9.9.9"
echo >>"$clone/README.md"
refused "a tree with changes" "$GOOD" "$version" "not committed"
back
touch "$clone/module/stray.c"
refused "a tree with a file that git does not know" "$GOOD" "$version" "not committed"
back
cp "$repo/tools/packaging/maintainer" "$clone/tools/packaging/"
grep -q 'invalid>' "$clone/tools/packaging/maintainer" ||
	echo 'somebody <somebody@naawg.invalid>' >"$clone/tools/packaging/maintainer"
refused "the placeholder in place of the address for reports" "$GOOD" "$version" "a placeholder"
back
cp "$repo/docs/changelog.md" "$clone/docs/"
sed -i "0,/^## $version\$/s//&\n\nNot released yet./" "$clone/docs/changelog.md"
refused "a changelog that is not finished" "$GOOD" "$version" "is marked"
back
rm "$clone"/selftests/static/abi/"$version".txt
refused "a netlink family that is not recorded" "$GOOD" "$version" "is not recorded"
back
git -C "$clone" tag "v$version"
refused "a version that was released" "$GOOD" "$version" "a tag v$version already"
git -C "$clone" tag -d "v$version" >/dev/null
refused "no key" "" "$version" "has to be the fingerprint"
refused "a short name of a key" "${GOOD: -16}" "$version" "has to be the fingerprint"
refused "a key that may not sign" "$OTHER" "$version" "may not sign"
refused "a key that has expired" "$OLD" "$version" "has expired"
refused "a key that never expires" "$FOREVER" "$version" "does not expire within two years"
check "a refused release leaves nothing" same \
	"$(ls "$work"; git -C "$clone" status --porcelain)" clone

# --- tools/packaging/verify ----------------------------------------------------

files=$work/files
sign()
{
	(cd "$files" && rm -f SHA256SUMS* && sha256sum -- one two >SHA256SUMS)
	gpg --batch --quiet --local-user "$1" --armor --detach-sign "${@:2}" "$files/SHA256SUMS"
	gpg --batch --armor --export "$1" >"$files/naawg-key.asc"
}

# begin_files - two files, signed
begin_files()
{
	rm -rf "$files"
	mkdir "$files"
	echo 1 >"$files/one"
	echo 2 >"$files/two"
	sign "$GOOD"
}

verifies()
{
	env -u GNUPGHOME "$clone/tools/packaging/verify" "$@" "$files"
}

# verify_refuses SENTENCE SAID [OPTION...]
verify_refuses()
{
	local said

	said=$(verifies "${@:3}" 2>&1) && said="accepted: $said"
	check "$1" contains "$said" "REFUSED: $2"
}

begin_files
check "verify: files that a listed key signed" verifies
check "verify: the key may be named" verifies -f "$GOOD"
verify_refuses "verify: another key than the named one" "SHA256SUMS is signed by $GOOD" -f "$OTHER"
echo x >>"$files/two"
verify_refuses "verify: a file that was changed" "the files named above"
begin_files
rm "$files/two"
verify_refuses "verify: a file that is missing" "the files named above"
begin_files
touch "$files/three"
verify_refuses "verify: a file that nobody signed" "three is not in SHA256SUMS"
begin_files
touch "$files/.three"
verify_refuses "verify: a hidden file that nobody signed" ".three is not in SHA256SUMS"
begin_files
sed -i 's/^0/1/; t; s/^./0/' "$files/SHA256SUMS"
verify_refuses "verify: sums that were changed" "SHA256SUMS is not what was signed"
begin_files
rm "$files/SHA256SUMS.asc"
verify_refuses "verify: no signature" "$files/SHA256SUMS.asc is missing"
begin_files
sign "$OTHER"
verify_refuses "verify: a key that may not sign" "SHA256SUMS is signed by $OTHER"
gpg --batch --armor --export "$GOOD" >"$files/naawg-key.asc"
verify_refuses "verify: a signature by another key than that beside it" \
	"SHA256SUMS is not signed by the key"
begin_files
sign "$OLD" --faked-system-time 20200101T010000
verify_refuses "verify: a key that has expired" "the key that signed SHA256SUMS has expired"
begin_files
sign "$REVOKED"
check "verify: a key before it is revoked" verifies -f "$REVOKED"
revoke_key "$REVOKED"
gpg --batch --armor --export "$REVOKED" >"$files/naawg-key.asc"
verify_refuses "verify: a key that was revoked" "the key that signed SHA256SUMS was revoked" \
	-f "$REVOKED"
refused "a release by a key that was revoked" "$REVOKED" "$version" "is revoked"

# --- the apt repository ----------------------------------------------------------

# deb VERSION CONTENT - a package, in $work/VERSION.deb
deb()
{
	local tree=$work/deb-$1

	mkdir -p "$tree/DEBIAN" "$tree/usr/share/naawg-sample"
	echo "$2" >"$tree/usr/share/naawg-sample/content"
	printf '%s\n' "Package: naawg-sample" "Version: $1" \
		"Architecture: $(dpkg --print-architecture)" \
		"Maintainer: a tester <tester@naawg.test>" "Description: sample" >"$tree/DEBIAN/control"
	dpkg-deb --root-owner-group -b "$tree" "$work/$1.deb" >/dev/null
	rm -r "$tree"
}

apt=$work/apt
published()
{
	rm -rf "$apt"
	SOURCE_DATE_EPOCH=${DATE:-$(date +%s)} "$clone/tools/release/repository" "$apt" "$@"
}

# apt_with COMMAND... - apt with this repository only, and a state of its own
apt_with()
{
	local state=$work/state

	mkdir -p "$state"/{lists,cache}/partial "$state/cache/archives/partial"
	: >"$state/status"
	sed "s|^URIs:.*|URIs: file:$apt|; s|^Signed-By:.*|Signed-By: $work/trusted.asc|" \
		"$apt/naawg.sources" >"$state/naawg.sources"
	"$1" -q -o Dir::Etc::SourceList="$state/naawg.sources" -o Dir::Etc::SourceParts=/dev/null \
		-o Dir::State::Lists="$state/lists" -o Dir::State::status="$state/status" \
		-o Dir::Cache="$state/cache" -o APT::Sandbox::User=root \
		-o Dir::Etc::Trusted=/dev/null -o Dir::Etc::TrustedParts=/dev/null "${@:2}" 2>&1
}

# download VERSION - what apt says, and what the package has
download()
{
	[ -n "${KEEP_LISTS:-}" ] || rm -rf "$work/state"
	apt_with apt-get --error-on=any update || return
	(cd "$work" && rm -f naawg-sample_*.deb &&
		apt_with apt-get download "naawg-sample=$1" &&
		dpkg-deb --fsys-tarfile naawg-sample_*.deb |
			tar -xO ./usr/share/naawg-sample/content)
}

# apt_refuses SENTENCE REGEX
apt_refuses()
{
	local said

	said=$(download 1.0) && said="accepted: $said"
	check "$1" matches "$said" "$2"
	check "$1: nothing is downloaded" same "$(ls "$work"/naawg-sample_* 2>/dev/null)" ""
	check "$1: it is an error" lacks "$said" "^accepted"
}

deb 1.0 first
deb 2.0 second
gpg --batch --armor --export "$GOOD" >"$work/trusted.asc"
check "apt: the repository is made" published "$GOOD" "$work/1.0.deb" "$work/2.0.deb"
check "apt: a package is downloaded" matches "$(download 2.0)" second$
check "apt: an older one as well" matches "$(download 1.0)" first$
deb 1.0 changed
check "apt: a published version is not replaced" refuses \
	"$clone/tools/release/repository" "$apt" "$GOOD" "$work/1.0.deb"
DATE=$(($(date +%s) - 60)) published "$GOOD" "$work/1.0.deb"
check "apt: an older repository does not replace a newer one" matches \
	"$(KEEP_LISTS=1 download 2.0)" "File not found"
published "$GOOD" "$work/2.0.deb" "$work/1.0.deb"
before=$(sha256sum "$apt/dists/stable/Release" "$apt"/dists/stable/main/*/*)
DATE=$(date -d "$(sed -n 's/^Date: //p' "$apt/dists/stable/Release")" +%s) \
	published "$GOOD" "$work/1.0.deb" "$work/2.0.deb"
check "apt: the same packages give the same index" same "$before" \
	"$(sha256sum "$apt/dists/stable/Release" "$apt"/dists/stable/main/*/*)"

find "$apt/pool" -name '*_1.0_*' -exec sh -c 'printf x | dd of="$1" bs=1 seek=200 conv=notrunc' \
	- {} \; 2>/dev/null
apt_refuses "apt: a package that was changed" "Hash Sum mismatch|unexpected size"
published "$GOOD" "$work/1.0.deb"
sed -i 's/^Label: .*/Label: other/' "$apt/dists/stable/InRelease"
apt_refuses "apt: an index that was changed" "BADSIG|signatures were invalid|not signed"
published "$GOOD" "$work/1.0.deb"
sed -i 's/^Size: .*/Size: 1/' "$apt"/dists/stable/main/*/Packages
rm "$apt"/dists/stable/main/*/Packages.gz
apt_refuses "apt: a list of packages that was changed" "unexpected size|Hash Sum mismatch"
published "$OTHER" "$work/1.0.deb"
apt_refuses "apt: another key" "NO_PUBKEY|couldn't be verified|not signed"

# A repository of a key that expired later, as an old mirror would have it.
published "$GOOD" "$work/1.0.deb"
gpg --batch --quiet --yes --local-user "$OLD" --faked-system-time 20200101T010000 --clearsign \
	--output "$apt/dists/stable/InRelease" "$apt/dists/stable/Release"
gpg --batch --armor --export "$OLD" >"$work/trusted.asc"
apt_refuses "apt: a key that has expired" "EXPKEYSIG|expired"

# --- other files -----------------------------------------------------------------

export SOURCE_DATE_EPOCH=1700000000 NAAWG_VERSION=$version
if /usr/bin/python3 -c 'import yaml' 2>/dev/null; then
	mkdir "$work"/{collection,again}
	"$clone/tools/release/collection.py" "$clone/tools/ansible" "$work/collection"
	chmod -R go= "$clone/tools/ansible"
	(umask 077; "$clone/tools/release/collection.py" "$clone/tools/ansible" "$work/again")
	check "the collection has the same bytes each time" same \
		"$(cd "$work/again" && sha256sum ./*)" "$(cd "$work/collection" && sha256sum ./*)"
fi
if command -v ansible-galaxy >/dev/null; then
	check "ansible-galaxy installs the collection" env HOME="$work" ansible-galaxy collection \
		install --offline -p "$work/installed" "$work"/collection/*.tar.gz
	check "ansible-galaxy finds no file changed" env HOME="$work" ansible-galaxy collection \
		verify --offline -p "$work/installed" naawg.naawg
fi
"$clone/tools/release/sbom.py" "$clone" "$(git -C "$clone" rev-parse HEAD)" >"$work/sbom"
check "the SBOM has the licence of each file" /usr/bin/python3 -c '
import json, sys
bom = json.load(open(sys.argv[1], encoding="utf-8"))
names = {f["fileName"]: f["licenseConcluded"] for f in bom["files"]}
assert names["./module/main.c"] == "GPL-2.0-only", names["./module/main.c"]
assert names["./tools/ansible/galaxy.yml"] == "GPL-2.0-or-later"
assert "BSD-3-Clause" in names["./module/uapi/naawg.h"]
assert all(f["licenseConcluded"] != "NOASSERTION" for f in bom["files"])
ids = [e["SPDXID"] for e in bom["files"] + bom["packages"]] + ["SPDXRef-DOCUMENT"]
assert len(ids) == len(set(ids))
for r in bom["relationships"]:
    assert r["spdxElementId"] in ids and r["relatedSpdxElement"] in ids, r
' "$work/sbom"
finish
