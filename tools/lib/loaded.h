/* SPDX-License-Identifier: GPL-2.0 */
/* Describes the loaded kernel module, without a link and without privileges. */

#ifndef NAAWG_LOADED_H
#define NAAWG_LOADED_H

#include <stdbool.h>
#include <stdint.h>

/* Name and meaning of a value of enum naawg_chains. */
const char *chains_name(uint32_t chains);
const char *chains_text(uint32_t chains);

/*
 * Whether a module is loaded. @version gets its version, "" if it does not say.
 */
bool loaded_version(char *version, int size);

/* Prints version and receive offload of the module, or that none is loaded. */
void loaded_print(void);
/*
 * The same as a member of the open JSON object. @seen: something of the module was seen, so it is
 * loaded. One that is built in and has no parameters has no directory in sysfs.
 */
void loaded_print_json(const char *name, bool seen);

#endif
