#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The collection in tools/ansible: yamllint and ansible-lint have no complaint, the
# collection can be built and installed without a network, and every plugin and role has
# a documentation that ansible-doc prints.

. "$(dirname "$0")/../lib.sh"

here=$repo/tools/ansible
tmp=$(mktemp -d)
defer rm -rf "$tmp"
# Ansible and its linter keep caches below these.
export HOME=$tmp XDG_CACHE_HOME=$tmp/cache ANSIBLE_HOME=$tmp/home
export ANSIBLE_LOCAL_TEMP=$tmp/local PYTHONDONTWRITEBYTECODE=1
export ANSIBLE_NOCOWS=1 NO_COLOR=1 LC_ALL=C.UTF-8
system=/usr/lib/python3/dist-packages
copy=$tmp/sources/ansible_collections/naawg/naawg

# with PROGRAM SENTENCE FUNCTION... - a test case, if this machine has the program
with()
{
	local program=$1

	shift
	if command -v "$program" >/dev/null; then
		test_case "$@"
	else
		skip "$1" "no $program on this machine"
	fi
}

# A directory of that name makes the linter and Ansible take it for a collection.
copy_collection()
{
	mkdir -p "$copy"
	tar -c -C "$here" --exclude=__pycache__ --dereference . | tar -x -C "$copy"
}

yaml_is_clean()
{
	cd "$copy"
	yamllint --strict .
}

# --offline: the linter would otherwise ask Galaxy for optional collections. It looks for
# this collection where Python looks.
lint_is_clean()
{
	cd "$copy"
	ANSIBLE_COLLECTIONS_PATH=$tmp/sources:$system PYTHONPATH=$tmp/sources \
		ansible-lint --offline --strict --profile production --nocolor -p >"$tmp/lint" 2>&1 || {
		grep -E '^[^ ]+:[0-9]+: ' "$tmp/lint" || cat "$tmp/lint"
		return 1
	}
}

nothing_is_skipped()
{
	[ ! -e "$copy/.ansible-lint" ]
	[ ! -e "$copy/.ansible-lint-ignore" ]
	[ ! -e "$copy/.yamllint" ]
	same "$(cd "$copy" && grep -rnE '#.*(noqa|yamllint disable)' . || :)" ""
}

installs_offline()
{
	cd "$tmp"
	ansible-galaxy collection build --output-path "$tmp/built" "$copy"
	ANSIBLE_COLLECTIONS_PATH=$tmp/installed ansible-galaxy collection install \
		--offline -p "$tmp/installed" "$tmp"/built/naawg-naawg-*.tar.gz
	same "$(tar -tzf "$tmp"/built/*.tar.gz | grep -E '__pycache__|\.pyc$|\.tar' || :)" ""
	[ -s "$tmp/installed/ansible_collections/naawg/naawg/COPYING" ]
}

# stems PATTERN - the names of files, without their suffix
stems()
{
	(cd "$copy" && find . -path "./$1" ! -name '__init__.py' -printf '%f\n') | sed 's/\..*//'
}

# One file may have several filters, whose documentation is in files of their own.
filters()
{
	# shellcheck disable=SC2046 # a word a file
	ANSIBLE_COLLECTIONS_PATH=$tmp/sources:$system python3 - $(stems 'plugins/filter/*.py') <<-'EOT'
	import importlib
	import sys
	from ansible.plugins import loader
	getattr(loader, "init_plugin_loader", lambda: None)()
	for stem in sys.argv[1:]:
	    module = importlib.import_module(f"ansible_collections.naawg.naawg.plugins.filter.{stem}")
	    print(*module.FilterModule().filters(), sep="\n")
	EOT
}

# names TYPE - the plugins or roles of a type that the collection has
names()
{
	case $1 in
	module) stems 'plugins/modules/*.py' ;;
	filter) filters ;;
	role) (cd "$copy" && find roles -mindepth 1 -maxdepth 1 -type d -printf '%f\n') ;;
	esac | sort
}

# ansible-doc leaves a plugin without documentation out of its answer.
documented()
{
	local type=$1 wanted

	wanted=$(names "$type")
	[ -n "$wanted" ] || return 0
	# shellcheck disable=SC2046,SC2086 # a word a plugin
	ANSIBLE_COLLECTIONS_PATH=$tmp/installed ansible-doc --json -t "$type" \
		$(printf 'naawg.naawg.%s ' $wanted) >"$tmp/doc.json"
	same "$(python3 - "$tmp/doc.json" <<-'EOT'
	import json
	import sys
	for name, doc in sorted(json.load(open(sys.argv[1], encoding="utf-8")).items()):
	    if doc.get("doc") or doc.get("entry_points"):
	        print(name.rsplit(".", 1)[1])
	EOT
	)" "$wanted"
}

roles_are_documented()
{
	local role

	for role in $(names role); do
		[ -s "$copy/roles/$role/README.md" ]
	done
	documented role
}

[ -d "$here" ] || skip_all "no collection in this tree"
plan 7
copy_collection
with yamllint "yamllint has no complaint with its default rules" yaml_is_clean
with ansible-lint "ansible-lint has no complaint with the profile production" lint_is_clean
test_case "no file of the collection switches a rule off" nothing_is_skipped
with ansible-galaxy "the collection is built and installed without a network" installs_offline
with ansible-doc "ansible-doc prints every module" documented module
with ansible-doc "ansible-doc prints every filter" documented filter
with ansible-doc "ansible-doc prints every role, and every role has a README" roles_are_documented
finish
