// SPDX-License-Identifier: GPL-2.0
/* The name this program was called by. */

#include <string.h>

#include "lib/prog.h"

const char *prog_name = "naawg";
bool prog_as_wg;

bool prog_help(int argc, char **argv)
{
	return !prog_as_wg && argc == 2 &&
	       (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"));
}
