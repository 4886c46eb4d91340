#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Lets User-Mode Linux use x86's vector code for ChaCha20, Poly1305, Curve25519
and BLAKE2s: the host saves its registers, so nothing speaks against it but
Kconfig. Argument: an unpacked kernel source of 7.2."""

import sys
from pathlib import Path


def edit(path, *changes):
    text = path.read_text()
    for old, new in changes:
        if old not in text:
            sys.exit(f"{path}: this source is not the one known: {old!r}")
        text = text.replace(old, new)
    path.write_text(text)


tree = Path(sys.argv[1])
crypto = tree / "lib/crypto"

edit(crypto / "Kconfig",
     *((f"depends on CRYPTO_LIB_{name} && !UML && !KMSAN",
        f"depends on CRYPTO_LIB_{name} && !KMSAN")
       for name in ("CHACHA", "CURVE25519", "POLY1305")),
     ("config CRYPTO_LIB_BLAKE2S_ARCH\n\tbool\n\tdepends on !UML\n",
      "config CRYPTO_LIB_BLAKE2S_ARCH\n\tbool\n"))
edit(crypto / "Makefile",
     ("obj-$(CONFIG_X86) += x86/blake2s-core.o",
      "obj-y += x86/blake2s-core.o"),
     ("libchacha-$(CONFIG_X86) +=", "libchacha-y +="),
     ("-I$(src)/$(SRCARCH)", "-I$(src)/x86"),
     ("ifeq ($(CONFIG_X86),y)", "ifeq (y,y)"))
edit(crypto / "x86/poly1305.h",
     ("boot_cpu_data.x86_vfm != INTEL_SKYLAKE_X", "1"))

fpu = tree / "arch/um/include/asm/fpu/api.h"
text = fpu.read_text()
end = text.rindex("#endif")
fpu.write_text(text[:end] + """#define XFEATURE_MASK_SSE 2
#define XFEATURE_MASK_YMM 4
#define XFEATURE_MASK_AVX512 0xe0
#define cpu_has_xfeatures(mask, name) 1
""" + text[end:])
