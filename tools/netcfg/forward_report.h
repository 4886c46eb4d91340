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

/*
 * Warns on standard error of each forward of @dev that is set but cannot work at the
 * moment. Returns their number.
 */
size_t forward_warnings(const struct device *dev);

#endif
