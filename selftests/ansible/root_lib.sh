# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154 # $repo and $TMP are those of the test
#
# A controller in a root file system of its own, which stays as it is: changes are in memory.
#
#	root_begin DIR		$ROOT/root has its files, and this machine's /proc, /sys and /dev
#	root_has PATH		this file or directory has the same name there
#	inside COMMAND...	a command there, in the present directory
#	root_end		for defer

ROOT=/run/naawg-root

root_begin()
{
	local dir

	mkdir -p $ROOT/{root,layer}
	mount -t tmpfs -o mode=755 none $ROOT/layer
	mkdir $ROOT/layer/{upper,work}
	mount -t overlay -o "lowerdir=$1,upperdir=$ROOT/layer/upper,workdir=$ROOT/layer/work" \
		none $ROOT/root
	for dir in /proc /sys /dev; do
		root_has "$dir"
	done
}

root_has()
{
	mkdir -p "$ROOT/root$1"
	mountpoint -q "$ROOT/root$1" || mount --rbind "$1" "$ROOT/root$1"
}

inside()
{
	chroot $ROOT/root /usr/bin/env -C "$PWD" PATH=/usr/sbin:/usr/bin:/sbin:/bin "$@"
}

root_end()
{
	umount -R -l $ROOT/root
	umount -l $ROOT/layer
}
