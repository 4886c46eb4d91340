# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Sourced before systemd starts: what is installed, and what a disk would have
# kept from the boot before.

here=$(dirname "${BASH_SOURCE[0]}")
make -s -C "$here/../../tools" install PREFIX=/usr/local
[ ! -d /out/state ] || cp -a /out/state/naawg /etc/
[ ! -d /out/state ] || cp -a /out/state/system/. /etc/systemd/system/
