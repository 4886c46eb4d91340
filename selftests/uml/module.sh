#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# module.sh CONFIG: builds the module for the User-Mode Linux of that name, from a copy,
# so that the module for real kernels stays, and prints the file. Variables like
# NAAWG_DEBUG=1 may follow, as for make.

set -u
here=$(cd "$(dirname "$0")" && pwd -P)
. "$here/../kernels/tree.sh"

name=$1
shift
tree=$("$here/build.sh" "$name") || exit 1
tree_naawg "$tree" "${NAAWG_OUT:-$here/../out}/uml-$name${1:+-${1%%=*}}" ARCH=um "$@"
