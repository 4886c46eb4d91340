// SPDX-License-Identifier: GPL-2.0
/* Gives up all privileges. */

#include <grp.h>
#include <linux/capability.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "metrics/unprivileged.h"

#define NOBODY		65534
#define MEMORY_MAX	(128UL * 1024 * 1024)

/* A user namespace may know no other user. Capabilities are dropped there as well. */
static void become_nobody(void)
{
	if (geteuid() || setgroups(0, NULL) || setresgid(NOBODY, NOBODY, NOBODY))
		return;
	if (setresuid(NOBODY, NOBODY, NOBODY))
		return;
}

/* A filter of system calls, as in a unit, may forbid capset(). */
static bool drop_capabilities(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct present[_LINUX_CAPABILITY_U32S_3] = { 0 };
	const struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = { 0 };

	if (!syscall(SYS_capget, &header, present) && !memcmp(present, none, sizeof(none)))
		return true;
	return !syscall(SYS_capset, &header, none);
}

bool unprivileged(void)
{
	become_nobody();
	return !prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) && drop_capabilities();
}

/* The address sanitizer reserves far more than it uses. */
void unprivileged_memory(void)
{
#ifndef __SANITIZE_ADDRESS__
	struct rlimit limit = { MEMORY_MAX, MEMORY_MAX };

	setrlimit(RLIMIT_DATA, &limit);
#endif
}
