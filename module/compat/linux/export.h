/* SPDX-License-Identifier: GPL-2.0 */
/* Symbol namespaces: their name is a string since 6.13, and was a word before. */
#ifndef _NAAWG_COMPAT_LINUX_EXPORT_H
#define _NAAWG_COMPAT_LINUX_EXPORT_H

#include_next <linux/export.h>

#ifdef NAAWG_COMPAT_SYMBOL_NS
#define EXPORT_SYMBOL_NAAWG(symbol)	EXPORT_SYMBOL_NS_GPL(symbol, NAAWG)
#define MODULE_IMPORT_NAAWG()	MODULE_IMPORT_NS(NAAWG)
#else
#define EXPORT_SYMBOL_NAAWG(symbol)	EXPORT_SYMBOL_NS_GPL(symbol, "NAAWG")
#define MODULE_IMPORT_NAAWG()	MODULE_IMPORT_NS("NAAWG")
#endif

#endif
