# SPDX-License-Identifier: GPL-2.0
#
# Kbuild of the copy that Makefile makes.

naawg-src := $(or $(KBUILD_EXTMOD),$(srctree)/$(src))
include $(naawg-src)/module/compat/Kbuild.include

LINUXINCLUDE := -I$(naawg-src)/module/compat $(LINUXINCLUDE)
ccflags-y += -I$(naawg-src) -I$(naawg-src)/module $(naawg-compat)
# Memory is counted, and may be made to run out.
ccflags-y += -include $(naawg-src)/alloc.h
# User-space programs by birth: large frames, and functions without prototypes.
ccflags-y += -Wframe-larger-than=24576 -Wno-missing-prototypes \
	-Wno-missing-declarations -Wno-unused-function
asflags-y += -DVECTORS='"$(naawg-src)/vectors.txt"'

tests := aead allowedips coalesce known_sources macs noise reply_budget replay timer_sm segment selftest vectors wire
core := coalesce crypto kdf macs noise reply_budget reason replay timer_sm segment transcript wire

obj-m := naawg_kunit.o
naawg_kunit-y := suite.o vectors.o ref_cut.o ref_gro.o try_cut.o try_join.o
naawg_kunit-y += $(tests:%=test_%.o) $(core:%=module/core/%.o)
naawg_kunit-y += module/table/allowedips.o module/table/known_sources.o module/table/ratelimit.o

$(foreach test,$(tests),$(eval CFLAGS_test_$(test).o := -Dmain=main_$(test)))
