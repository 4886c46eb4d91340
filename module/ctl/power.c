// SPDX-License-Identifier: GPL-2.0
/* Suspend, hibernation and VM forks: erases all sessions at these events. */
#include <linux/notifier.h>
#include <linux/random.h>
#include <linux/suspend.h>

#include "power.h"

static void (*forget_sessions)(void);

static int naawg_power_event(struct notifier_block *nb, unsigned long action,
			     void *data)
{
	/* a phone suspends by itself all the time: it keeps its sessions */
	if (IS_ENABLED(CONFIG_PM_AUTOSLEEP) ||
	    IS_ENABLED(CONFIG_PM_USERSPACE_AUTOSLEEP))
		return NOTIFY_DONE;
	if (action == PM_HIBERNATION_PREPARE || action == PM_SUSPEND_PREPARE)
		forget_sessions();
	return NOTIFY_DONE;
}

static struct notifier_block power_nb = { .notifier_call = naawg_power_event };

/*
 * Both copies of a forked VM have the same counters. If both sealed with them, they
 * would use the same nonce twice.
 */
static int naawg_vmfork_event(struct notifier_block *nb, unsigned long action,
			      void *data)
{
	forget_sessions();
	return NOTIFY_DONE;
}

static struct notifier_block vmfork_nb = { .notifier_call = naawg_vmfork_event };

/**
 * naawg_power_setup() - register for suspend, hibernation and VM forks
 * @forget: function that erases the sessions of all devices, in process context
 *
 * Return: 0 or an error.
 */
int naawg_power_setup(void (*forget)(void))
{
	int err;

	forget_sessions = forget;
	err = register_pm_notifier(&power_nb);
	if (err)
		return err;
	err = register_random_vmfork_notifier(&vmfork_nb);
	if (err)
		unregister_pm_notifier(&power_nb);
	return err;
}

/**
 * naawg_power_teardown() - undo naawg_power_setup()
 */
void naawg_power_teardown(void)
{
	unregister_random_vmfork_notifier(&vmfork_nb);
	unregister_pm_notifier(&power_nb);
}
