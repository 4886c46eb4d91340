/* SPDX-License-Identifier: GPL-2.0 */
/* Runs of messages with a given backend; see simd.h for the interface. */
#ifndef _NAAWG_SIMD_RUN_H
#define _NAAWG_SIMD_RUN_H

#include "backend.h"

bool naawg_run_setup(void);
void naawg_run_teardown(void);
void naawg_run_use(const struct naawg_simd_backend *backend);

void naawg_run_seal_by_library(struct naawg_simd_msg *msgs, unsigned int n,
			       const u8 key[NAAWG_KEY_SIZE]);
void naawg_run_open_by_library(struct naawg_simd_msg *msgs, unsigned int n,
			       const u8 key[NAAWG_KEY_SIZE]);

#endif
