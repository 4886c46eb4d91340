// SPDX-License-Identifier: GPL-2.0
/*
 * Looks for secrets of naawg devices in all of the machine's memory. What is
 * looked for is never kept in plain, so that nobody finds the seeker.
 *
 *	echo "learn NAME" >/proc/naawg_seek	the secrets this link has now
 *	echo "forget" >/proc/naawg_seek		learned ones
 *	cat /proc/naawg_seek			a line for each: kind, how often found
 */
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/rtnetlink.h>
#include <linux/seq_file.h>
#include <linux/uaccess.h>

#include "state/dev.h"
#include "state/peer.h"
#include "state/session.h"

/* Part of a key tells enough: what is freed loses some bytes to the allocator. */
#define HALF		16
#define SECRETS_MAX	64
#define MASK		0xa5a5a5a5a5a5a5a5ULL

/**
 * struct secret - one half of a key
 * @kind: what it is
 * @half: which
 * @masked: its bytes, masked
 * @found: places it was found at by the last scan
 * @where: one of them
 */
struct secret {
	const char *kind;
	int half;
	u64 masked[HALF / 8];
	unsigned long found;
	unsigned long where;
};

static struct secret secrets[SECRETS_MAX];
static unsigned int count;
static DEFINE_MUTEX(lock);
static u8 *page_copy;
/* which low 16 bits some secret begins with */
static DECLARE_BITMAP(begins, 65536);

static u64 bytes_at(const u8 *at)
{
	u64 bytes;

	memcpy(&bytes, at, sizeof(bytes));
	return bytes;
}

static void learn_half(const char *kind, int half, const u8 *bytes)
{
	struct secret *secret = &secrets[count];
	unsigned int i;

	if (!memchr_inv(bytes, 0, HALF) || count == SECRETS_MAX)
		return;
	secret->kind = kind;
	secret->half = half;
	secret->masked[0] = bytes_at(bytes) ^ MASK;
	secret->masked[1] = bytes_at(bytes + 8) ^ MASK;
	secret->found = 0;
	for (i = 0; i < count; i++)
		if (!memcmp(secrets[i].masked, secret->masked, HALF))
			return;
	__set_bit(bytes_at(bytes) & 0xffff, begins);
	count++;
}

static void learn(const char *kind, const u8 *bytes)
{
	learn_half(kind, 0, bytes);
	learn_half(kind, 1, bytes + HALF);
}

static void learn_session(struct naawg_session *session)
{
	if (!session)
		return;
	learn("session", session->keys.send);
	learn("session", session->keys.recv);
}

static void learn_peer(struct naawg_peer *peer)
{
	mutex_lock(&peer->handshake_lock);
	learn("preshared", peer->handshake.preshared);
	learn("static-static", peer->handshake.static_static);
	learn("ephemeral", peer->handshake.ephemeral);
	learn("chain", peer->handshake.chain);
	mutex_unlock(&peer->handshake_lock);
	rcu_read_lock();
	learn_session(rcu_dereference(peer->sessions.previous));
	learn_session(rcu_dereference(peer->sessions.active));
	learn_session(rcu_dereference(peer->sessions.next));
	rcu_read_unlock();
}

static int learn_device(const char *name)
{
	struct net_device *netdev;
	struct naawg_dev *dev;
	struct naawg_peer *peer;

	netdev = dev_get_by_name(current->nsproxy->net_ns, name);
	if (!netdev)
		return -ENODEV;
	if (!netdev->rtnl_link_ops ||
	    strcmp(netdev->rtnl_link_ops->kind, "naawg")) {
		dev_put(netdev);
		return -EOPNOTSUPP;
	}
	dev = netdev_priv(netdev);
	mutex_lock(&dev->config);
	down_read(&dev->identity_lock);
	learn("private", dev->identity.private);
	up_read(&dev->identity_lock);
	list_for_each_entry(peer, &dev->peers, link)
		learn_peer(peer);
	mutex_unlock(&dev->config);
	dev_put(netdev);
	return 0;
}

static void look_at(const u8 *at, unsigned long address)
{
	u64 first = bytes_at(at);
	unsigned int i;

	if (!test_bit(first & 0xffff, begins))
		return;
	for (i = 0; i < count; i++)
		if ((first ^ MASK) == secrets[i].masked[0] &&
		    (bytes_at(at + 8) ^ MASK) == secrets[i].masked[1]) {
			secrets[i].found++;
			secrets[i].where = address;
		}
}

/* A key lies within one page: nothing that holds one is allocated otherwise. */
static void look_through(struct page *page)
{
	const u8 *address = page_address(page);
	unsigned int i;

	if (!address || address == page_copy)
		return;
	if (copy_from_kernel_nofault(page_copy, address, PAGE_SIZE))
		return;
	if (!memchr_inv(page_copy, 0, PAGE_SIZE))
		return;
	for (i = 0; i <= PAGE_SIZE - HALF; i++)
		look_at(page_copy + i, (unsigned long)address + i);
}

static unsigned long scan(void)
{
	unsigned long pfn, pages = 0;
	int node;

	for_each_online_node(node) {
		for (pfn = node_start_pfn(node); pfn < node_end_pfn(node);
		     pfn++) {
			if (!pfn_valid(pfn))
				continue;
			look_through(pfn_to_page(pfn));
			pages++;
			cond_resched();
		}
	}
	memzero_explicit(page_copy, PAGE_SIZE);
	return pages;
}

static int show(struct seq_file *seq, void *unused)
{
	unsigned int i;

	mutex_lock(&lock);
	for (i = 0; i < count; i++)
		secrets[i].found = 0;
	seq_printf(seq, "pages %lu\n", scan());
	for (i = 0; i < count; i++) {
		seq_printf(seq, "%s %d %lu\n", secrets[i].kind,
			   secrets[i].half, secrets[i].found);
		if (secrets[i].found)
			seq_printf(seq, "# the last at %#lx\n",
				   secrets[i].where);
	}
	mutex_unlock(&lock);
	return 0;
}

static int open(struct inode *inode, struct file *file)
{
	/* a second call for more room would scan again */
	return single_open_size(file, show, NULL, 2 * PAGE_SIZE);
}

static ssize_t write(struct file *file, const char __user *from, size_t len,
		     loff_t *pos)
{
	char line[IFNAMSIZ + 8] = "";
	int err = 0;

	if (len >= sizeof(line) || copy_from_user(line, from, len))
		return -EINVAL;
	strim(line);
	mutex_lock(&lock);
	if (!strcmp(line, "forget")) {
		memset(secrets, 0, sizeof(secrets));
		bitmap_zero(begins, 65536);
		count = 0;
	} else if (!strncmp(line, "learn ", 6)) {
		err = learn_device(line + 6);
	} else {
		err = -EINVAL;
	}
	mutex_unlock(&lock);
	return err ?: len;
}

static const struct proc_ops ops = {
	.proc_open	= open,
	.proc_read	= seq_read,
	.proc_write	= write,
	.proc_lseek	= seq_lseek,
	.proc_release	= single_release,
};

static int __init seek_init(void)
{
	page_copy = (u8 *)get_zeroed_page(GFP_KERNEL);
	if (!page_copy)
		return -ENOMEM;
	if (proc_create("naawg_seek", 0600, NULL, &ops))
		return 0;
	free_page((unsigned long)page_copy);
	return -ENOMEM;
}

static void __exit seek_exit(void)
{
	remove_proc_entry("naawg_seek", NULL);
	free_page((unsigned long)page_copy);
}

module_init(seek_init);
module_exit(seek_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("looks for secrets of naawg in memory");
