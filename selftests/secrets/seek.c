// SPDX-License-Identifier: GPL-2.0
/*
 * Looks for secrets of naawg devices in all of the machine's memory. The secrets
 * are kept masked, so that the seeker does not find its own copies.
 *
 *	echo "learn NAME" >/proc/naawg_seek	the secrets this link has now
 *	echo "forget" >/proc/naawg_seek		learned ones
 *	cat /proc/naawg_seek			a line for each: kind, how often found
 */
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/pid.h>
#include <linux/proc_fs.h>
#include <linux/rtnetlink.h>
#include <linux/sched/task.h>
#include <linux/seq_file.h>
#include <linux/uaccess.h>

#include "state/dev.h"
#include "state/peer.h"
#include "state/session.h"

/* Part of a key tells enough: what is freed loses some bytes to the allocator. */
#define HALF		16
#define SECRETS_MAX	64
#define PIDS_MAX	32768
#define MASK		0xa5a5a5a5a5a5a5a5ULL

/**
 * struct secret - one half of a key
 * @kind: what it is
 * @half: which
 * @masked: its bytes, masked
 * @found: places it was found at by the last scan
 * @saved: places where a register was saved that had it
 * @where: one of them
 */
struct secret {
	const char *kind;
	int half;
	u64 masked[HALF / 8];
	unsigned long found;
	unsigned long saved;
	unsigned long where;
};

static struct secret secrets[SECRETS_MAX];
static unsigned int count;
static DEFINE_MUTEX(lock);
/* pairs of bytes that are in some secret, up to three bytes from its beginning */
static DECLARE_BITMAP(inside, 65536);

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
	for (i = 0; i < 4; i++)
		__set_bit(bytes_at(bytes + i) & 0xffff, inside);
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

#ifdef CONFIG_UML
/* As the processor lays out what XSAVE saves, and where Linux marks it. */
#define REGISTERS	16
#define XSAVE_ALIGN	64
#define XSAVE_XMM	160
#define XSAVE_YMM_HIGH	576
#define XSAVE_MARK_AT	464
#define XSAVE_MARK	0x46505853

/*
 * User-Mode Linux is interrupted by signals, for which the host saves all vector
 * registers on the kernel's stack. Values of the library's vector code may still
 * be in them. Real machines save them for programs only.
 */
static bool is_saved_register(const u8 *at)
{
	static const int begins[] = { XSAVE_XMM, XSAVE_YMM_HIGH };
	unsigned int i, reg;
	u32 mark;

	for (i = 0; i < ARRAY_SIZE(begins); i++) {
		for (reg = 0; reg < REGISTERS; reg++) {
			const u8 *area = at - begins[i] - reg * HALF;

			if (IS_ALIGNED((unsigned long)area, XSAVE_ALIGN) &&
			    !get_kernel_nofault(mark, (u32 *)(area + XSAVE_MARK_AT)) &&
			    mark == XSAVE_MARK)
				return true;
		}
	}
	return false;
}
#else
static bool is_saved_register(const u8 *at)
{
	return false;
}
#endif

static void note(struct secret *secret, const u8 *at)
{
	if (is_saved_register(at)) {
		secret->saved++;
		return;
	}
	secret->found++;
	secret->where = (unsigned long)at;
}

static void look_for(const u8 *page, int start)
{
	unsigned int i;

	if (start < 0 || start > PAGE_SIZE - HALF)
		return;
	for (i = 0; i < count; i++)
		if ((bytes_at(page + start) ^ MASK) == secrets[i].masked[0] &&
		    (bytes_at(page + start + 8) ^ MASK) == secrets[i].masked[1])
			note(&secrets[i], page + start);
}

/* Most pages are, and emulated machines are slow. */
static bool is_zero(const u64 *word)
{
	unsigned int i;

	for (i = 0; i < PAGE_SIZE / 8; i += 8)
		if (word[i] | word[i + 1] | word[i + 2] | word[i + 3] |
		    word[i + 4] | word[i + 5] | word[i + 6] | word[i + 7])
			return false;
	return true;
}

/*
 * A key lies within one page: nothing that holds one is allocated otherwise. It
 * begins up to three bytes before a multiple of four.
 */
static void look_through(const u8 *page)
{
	unsigned long word;
	int i, before;

	if (!page || get_kernel_nofault(word, (unsigned long *)page) ||
	    is_zero((const u64 *)page))
		return;
	for (i = 0; i < PAGE_SIZE; i += 4) {
		if (!test_bit(*(const u16 *)(page + i), inside))
			continue;
		for (before = 0; before < 4; before++)
			look_for(page, i - before);
	}
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
			look_through(page_address(pfn_to_page(pfn)));
			pages++;
			cond_resched();
		}
	}
	return pages;
}

static bool is_stack_of(struct task_struct *task, const struct page *page)
{
	void *stack = READ_ONCE(task->stack);
	unsigned long at;

	for (at = 0; stack && at < THREAD_SIZE; at += PAGE_SIZE)
		if (page == (is_vmalloc_addr(stack) ?
			     vmalloc_to_page(stack + at) :
			     virt_to_page(stack + at)))
			return true;
	return false;
}

/* The task on whose stack @page is, if any; its name goes to @comm. */
static bool on_a_stack(const struct page *page, char comm[TASK_COMM_LEN])
{
	struct task_struct *task;
	bool found = false;
	struct pid *pid;
	int nr;

	for (nr = 1; nr < PIDS_MAX && !found; nr++) {
		pid = find_get_pid(nr);
		task = get_pid_task(pid, PIDTYPE_PID);
		put_pid(pid);
		if (!task)
			continue;
		found = is_stack_of(task, page);
		if (found)
			strscpy(comm, task->comm, TASK_COMM_LEN);
		put_task_struct(task);
	}
	return found;
}

/* Helps to find out how the key came there. */
static void say_where(struct seq_file *seq, unsigned long where)
{
	struct page *page = virt_to_page((void *)where);
	char comm[TASK_COMM_LEN];

	seq_printf(seq, "# the last at %#lx, ", where);
	if (on_a_stack(page, comm))
		seq_printf(seq, "the stack of %s\n", comm);
	else if (PageSlab(page))
		seq_puts(seq, "of the slab allocator\n");
	else
		seq_printf(seq, "of a page with %d users\n", page_count(page));
}

static int show(struct seq_file *seq, void *unused)
{
	unsigned int i;

	mutex_lock(&lock);
	for (i = 0; i < count; i++) {
		secrets[i].found = 0;
		secrets[i].saved = 0;
	}
	seq_printf(seq, "pages %lu\n", scan());
	for (i = 0; i < count; i++) {
		seq_printf(seq, "%s %d %lu\n", secrets[i].kind,
			   secrets[i].half, secrets[i].found);
		if (secrets[i].found)
			say_where(seq, secrets[i].where);
		if (secrets[i].saved)
			seq_printf(seq, "# and %lu times in a saved register\n",
				   secrets[i].saved);
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
		bitmap_zero(inside, 65536);
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
	return proc_create("naawg_seek", 0600, NULL, &ops) ? 0 : -ENOMEM;
}

static void __exit seek_exit(void)
{
	remove_proc_entry("naawg_seek", NULL);
}

module_init(seek_init);
module_exit(seek_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("looks for secrets of naawg in memory");
