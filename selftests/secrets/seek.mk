# SPDX-License-Identifier: GPL-2.0
#
# Kbuild of the copy that Makefile makes.

naawg-src := $(or $(KBUILD_EXTMOD),$(srctree)/$(src))
include $(naawg-src)/module/compat/Kbuild.include

LINUXINCLUDE := -I$(naawg-src)/module/compat $(LINUXINCLUDE)
ccflags-y += -I$(naawg-src)/module $(naawg-compat)

# It reads what nobody may.
KASAN_SANITIZE := n
KCSAN_SANITIZE := n

obj-m := naawg_seek.o naawg_fork.o
