#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# without_disk.sh DIR COMMAND...: runs a command that can write only to small tmpfs mounts, so
# that a test sees all it leaves. DIR is where the command stands, which it cannot write either.

set -e
dir=$1
shift
exec unshare -m bash -c '
	mount --make-rprivate /
	findmnt -rno TARGET | while read -r target; do
		mount -o remount,bind,ro "$(printf %b "$target")" 2>/dev/null || :
	done
	for place in /tmp /var/tmp /dev/shm /run; do
		mount -t tmpfs -o size=1M none "$place"
	done
	! touch / 2>/dev/null && ! touch "$0/x" 2>/dev/null || exit 9
	exec "$@"' "$dir" "$@"
