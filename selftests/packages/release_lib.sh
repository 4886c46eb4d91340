# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# A checkout of the tree in a directory of its own, ready to be released, and keys for a day.
# Sets $work, $clone, and the fingerprints $GOOD, $OTHER, $OLD, which has expired, $FOREVER,
# which never does, and $REVOKED, for revoke_key.

# shellcheck source=selftests/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"

need_tool git gpg gpgconf dpkg-deb dpkg-scanpackages python3
git -C "$repo" ls-files >/dev/null 2>&1 || skip_all "this tree has no history of its own"
work=$(mktemp -d "${RELEASE_WORK:-/tmp}/release.XXXXXX") || bail "there is room"
defer rm -rf "$work"
clone=$work/clone
version=$(sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' "$repo/dkms.conf")

# Sockets of gpg's agent need a short path.
export GNUPGHOME
GNUPGHOME=$(mktemp -d /tmp/gpg.XXXXXX)
defer rm -rf "$GNUPGHOME"
defer gpgconf --kill all

# new_key NAME LIFE [OPTION...] - prints the fingerprint of a new key without a passphrase
new_key()
{
	local name=$1 life=$2

	shift 2
	gpg --batch --quiet --passphrase '' "$@" --quick-generate-key "$name" ed25519 sign \
		"$life" 2>/dev/null
	gpg --batch --with-colons --list-keys "$name" | awk -F: '$1 == "fpr" { print $10; exit }'
}

git_clone()
{
	git -C "$clone" -c user.name=Tester -c user.email=tester@naawg.test "$@"
}

# revoke_key FINGERPRINT - gpg wrote the certificate when it made the key
revoke_key()
{
	sed 's/^:---/---/' "$GNUPGHOME/openpgp-revocs.d/$1.rev" | gpg --batch --quiet --import
}

# commit MESSAGE - all that has changed in the clone
commit()
{
	git_clone add -A && git_clone commit -q --no-gpg-sign -m "$1"
}

# ready_tree - the changes that the owner of the project makes before a release
ready_tree()
{
	mkdir "$clone"
	git -C "$repo" ls-files -z | tar -c -C "$repo" --null -T - | tar -x -C "$clone"
	git init -q -b main "$clone"
	git -C "$clone" config user.name Tester
	git -C "$clone" config user.email tester@naawg.test
	# The clock of the builds: between the keys' first and last second.
	commit "naawg: build: begin"
	echo 'naawg testers <reports@naawg.test>' >"$clone/tools/packaging/maintainer"
	printf '%s a tester\n' "$GOOD" "$OLD" "$FOREVER" >>"$clone/tools/release/keys"
	"$clone/selftests/static/abi.py" --write
	sed -i '/^Not released yet\.$/d' "$clone/docs/changelog.md"
	commit "naawg: build: get ready"
}

GOOD=$(new_key good@naawg.test 1d)
OTHER=$(new_key other@naawg.test 1d)
REVOKED=$(new_key revoked@naawg.test 1d)
FOREVER=$(new_key forever@naawg.test 0)
OLD=$(new_key old@naawg.test 1d --faked-system-time 20200101T000000)
ready_tree
