/* SPDX-License-Identifier: GPL-2.0 */
/* All that vectors.py collected. */
	.section .rodata, "a"
	.globl kunit_vectors, kunit_vectors_end
kunit_vectors:
	.incbin VECTORS
kunit_vectors_end:
	.byte 0
	.section .note.GNU-stack, "", @progbits
