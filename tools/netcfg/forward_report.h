/* SPDX-License-Identifier: GPL-2.0 */
/* Reports forwards that the kernel refused, and forwards that cannot work yet. */

#ifndef NAAWG_FORWARD_REPORT_H
#define NAAWG_FORWARD_REPORT_H

#include "lib/model.h"

/*
 * If nl_set_forwards() failed with @error, prints which forward was refused and why, and
 * returns false.
 */
bool forwards_result(int error, const struct device *dev, size_t refused);

/* Why a forward cannot work at the moment. */
struct forward_lack {
	const char *id;			/* as a finding of `naawg diag' */
	const char *text;
	const char *mend;		/* what to do, in words */
	const char *command;		/* "": none */
};

/* Calls @take for each forward of @dev that cannot work. Returns their number. */
size_t forward_lacks(const struct device *dev,
		     void (*take)(const struct forward *forward,
				  const struct forward_lack *lack, void *arg),
		     void *arg);

/*
 * Warns on standard error of each forward of @dev that is set but cannot work at the
 * moment. Returns their number.
 */
size_t forward_warnings(const struct device *dev);

#endif
