/* SPDX-License-Identifier: GPL-2.0 */
/* What a link is configured as, back into its file. */

#ifndef NAAWG_SAVE_H
#define NAAWG_SAVE_H

#include "apply/job.h"

/* Of a job that was read, with its link seen. False: it was said why not. */
bool save_conf(const struct job *job);

/* Prints the file of the job without what only naawg-quick reads. */
bool strip_conf(const struct job *job);

#endif
