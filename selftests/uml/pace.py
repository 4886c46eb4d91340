#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Takes out of User-Mode Linux what makes a kernel that watches itself many times
slower than it has to be, or report what is no bug. Argument: an unpacked kernel
source of 7.2.

A stack trace is saved with every allocation, free and lock, and every word of the
stack was tried for being an address of code: where there are frame pointers, they
are followed. Interrupts off and on were two system calls, to keep other processors
from interrupting: not so if there are none. The red zones between a module's
variables outlived the module, and the next one at the place tripped over them."""

import sys
from pathlib import Path


def insert(path, before, new):
    text = path.read_text()
    if new + before in text:
        return
    if text.count(before) != 1:
        sys.exit(f"{path}: this source is not the one known: {before!r}")
    path.write_text(text.replace(before, new + before))


tree = Path(sys.argv[1])
insert(tree / "arch/um/kernel/stacktrace.c",
       "\tframe = (struct stack_frame *)bp;\n\twhile (((",
       """#ifdef CONFIG_FRAME_POINTER
	while (!(bp & 7) && bp >= (unsigned long)sp &&
	       !((bp ^ (unsigned long)sp) & ~(THREAD_SIZE - 1))) {
		frame = (struct stack_frame *)bp;
		addr = READ_ONCE_NOCHECK(frame->return_address);
		if (__kernel_text_address(addr))
			ops->address(data, addr, 1);
		sp = (unsigned long *)bp + 1;
		bp = READ_ONCE_NOCHECK(*(unsigned long *)&frame->next_frame);
	}
	return;
#endif
""")
insert(tree / "arch/um/os-Linux/smp.c",
       "\tsigemptyset(&sigset);\n\tsigaddset(&sigset, IPI_SIGNAL);\n\n"
       "\tif (sigprocmask(enable",
       "\tif (uml_ncpus == 1)\n\t\treturn;\n\n")
insert(tree / "mm/execmem.c",
       "\tif (!execmem_cache_free(ptr))\n\t\tvfree(ptr);\n",
       """	if (!IS_ENABLED(CONFIG_KASAN_VMALLOC) && find_vm_area(ptr))
		kasan_unpoison_range(ptr, get_vm_area_size(find_vm_area(ptr)));
""")
