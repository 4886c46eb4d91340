// SPDX-License-Identifier: GPL-2.0
/*
* Mistakes made on purpose, which an instrumented kernel has to notice:
 *
 *	insmod naawg_bug.ko what=leak
 */
#include <linux/cpumask.h>
#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

static char *what = "";
module_param(what, charp, 0);

static void leak(void)
{
	void *p;
	int i;

	/* several: a stray copy of one pointer may hide an object */
	for (i = 0; i < 10; i++) {
		p = kmalloc(100, GFP_KERNEL);
		OPTIMIZER_HIDE_VAR(p);
	}
}

static void freed(void)
{
	int *p = kmalloc(sizeof(*p), GFP_KERNEL);

	OPTIMIZER_HIDE_VAR(p);
	kfree(p);
	if (p)
		WRITE_ONCE(*p, 1);
}

static void beyond(void)
{
	char *p = kmalloc(100, GFP_KERNEL);

	OPTIMIZER_HIDE_VAR(p);
	if (p)
		WRITE_ONCE(p[100], 1);
	kfree(p);
}

static void atomic(void)
{
	static DEFINE_SPINLOCK(lock);

	spin_lock(&lock);
	usleep_range(100, 200);
	spin_unlock(&lock);
}

static void order(void)
{
	static DEFINE_MUTEX(one);
	static DEFINE_MUTEX(two);

	mutex_lock(&one);
	mutex_lock(&two);
	mutex_unlock(&two);
	mutex_unlock(&one);
	mutex_lock(&two);
	mutex_lock(&one);
	mutex_unlock(&one);
	mutex_unlock(&two);
}

static int raced;

static void race_work(struct work_struct *work)
{
	unsigned long end = jiffies + 5 * HZ;

	while (time_before(jiffies, end)) {
		raced++;
		cond_resched();
	}
}

/* Only a kernel with KCSAN, and two processors, could notice. */
static void race(void)
{
	struct work_struct racers[2];
	int cpu, n = 0;

	for_each_online_cpu(cpu) {
		if (n == ARRAY_SIZE(racers))
			break;
		INIT_WORK_ONSTACK(&racers[n], race_work);
		schedule_work_on(cpu, &racers[n++]);
	}
	while (n--) {
		flush_work(&racers[n]);
		destroy_work_on_stack(&racers[n]);
	}
}

static const struct {
	const char *name;
	void (*make)(void);
} bugs[] = {
	{ "leak", leak },
	{ "freed", freed },
	{ "beyond", beyond },
	{ "atomic", atomic },
	{ "order", order },
	{ "race", race },
};

static int __init bug_init(void)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(bugs); i++)
		if (!strcmp(what, bugs[i].name)) {
			bugs[i].make();
			return 0;
		}
	return -EINVAL;
}

static void __exit bug_exit(void)
{
}

module_init(bug_init);
module_exit(bug_exit);
MODULE_DESCRIPTION("mistakes made on purpose");
MODULE_LICENSE("GPL");
