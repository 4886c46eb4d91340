/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Finds errors in a configuration after every line was parsed.
 *
 * check-config, apply, up and reload use this audit and nothing else.
 */

#ifndef NAAWG_AUDIT_H
#define NAAWG_AUDIT_H

#include "audit/finding.h"

/*
 * Prints all findings to standard error. The file cannot be used if there are errors; a
 * warning is one only with --strict or Strict = yes. False: there are errors.
 */
bool audit_passes(struct audit *audit, const struct device *dev, const struct quick *quick);

#endif
