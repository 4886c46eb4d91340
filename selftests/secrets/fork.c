// SPDX-License-Identifier: GPL-2.0
/*
 * Has the kernel hear that this machine is a copy of another, the way the driver
 * of a hypervisor's generation counter does: there is no other way to say so from
 * within. Loading it does it, and it does not stay.
 */
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/random.h>

typedef void (*fork_t)(const void *unique_vm_id, size_t len);

static int __init copied_init(void)
{
	struct kprobe probe = { .symbol_name = "add_vmfork_randomness" };
	u8 id[16];
	fork_t fork;
	int err;

	/* the symbol is not exported where that driver is built in */
	err = register_kprobe(&probe);
	if (err)
		return err;
	fork = (fork_t)probe.addr;
	unregister_kprobe(&probe);
	get_random_bytes(id, sizeof(id));
	fork(id, sizeof(id));
	return -ECANCELED;
}
module_init(copied_init);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Pretends that this VM is a copy");
