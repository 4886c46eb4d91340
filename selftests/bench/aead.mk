# SPDX-License-Identifier: GPL-2.0
#
# Kbuild of the copy that aead.sh makes: the module's own, whose flags for its files stay,
# with another module to build.

include $(or $(KBUILD_EXTMOD),$(srctree)/$(src))/Kbuild.naawg

obj-m := naawg_aead.o
naawg_aead-y := aead.o module/core/crypto.o module/simd/run.o module/simd/avx2.o \
	module/simd/avx512.o
