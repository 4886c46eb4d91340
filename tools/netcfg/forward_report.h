/* SPDX-License-Identifier: GPL-2.0 */
/* What users are told of forwards that were refused, or cannot work yet. */

#ifndef NAAWG_FORWARD_REPORT_H
#define NAAWG_FORWARD_REPORT_H

#include "lib/model.h"

/*
 * If nl_set_forwards() failed, says on standard error which forward was refused and
 * why. False: it failed.
 */
bool forwards_result(int error, const struct device *dev, size_t refused);

/*
 * The forwards of @dev are in force. For each one that cannot work at the moment, says
 * on standard error why. Returns the number of such forwards.
 */
size_t forward_warnings(const struct device *dev);

#endif
