/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Finds errors in a configuration of which every line can be read.
 *
 * check-config, apply, up and reload judge by this, and by nothing else.
 */

#ifndef NAAWG_AUDIT_H
#define NAAWG_AUDIT_H

#include "audit/finding.h"

/*
 * Says on standard error all that is wrong: an error makes the file unusable,
 * a warning does not, unless warnings are errors. False: there are errors.
 */
bool audit_passes(struct audit *audit, const struct device *dev, const struct quick *quick);

#endif
