/* profile_text - a profile from a string, for tests of the table. */
#ifndef NSW_TESTS_PROFILE_TEXT_H
#define NSW_TESTS_PROFILE_TEXT_H

#include "adapters/profile.h"

/* The identity of a party MoT that answers with LPR; the table's rows begin on the next line. */
#define LPR_HEAD                                                                                   \
	"<party xmlns='urn:nsw:party:1' id='MoT' role='agency' delivery='push'>\n"                 \
	"<name lang='en'>Transport</name><name lang='vi'>Giao thông</name>\n"                     \
	"<sees kind='DEC-IMP'/>\n"                                                                 \
	"<decisions answer='LPR'>\n"
#define RES_HEAD                                                                                   \
	"<party xmlns='urn:nsw:party:1' id='MoF' role='customs' delivery='push'>\n"                \
	"<name lang='en'>Finance</name><name lang='vi'>Tài chính</name>\n"                       \
	"<sees kind='DEC-IMP'/>\n"                                                                 \
	"<decisions answer='RES'>\n"
#define TAIL	  "</decisions>\n</party>\n"
#define FIRST_ROW 5 /* its line */

/* A bank, which has no answers of its own, and sends what its sheet makes. */
#define NONE_HEAD                                                                                  \
	"<party xmlns='urn:nsw:party:1' id='BANK' role='bank' delivery='push'>\n"                  \
	"<name lang='en'>Bank</name><name lang='vi'>Ngân hàng</name>\n"                          \
	"<sees kind='DEC-IMP'/>\n"                                                                 \
	"<decisions answer='none'>\n"

/* profile_load() with the kinds of kinds_text.h on a file party.xml with that content, and beside
 * it sheet.xsl unless that is NULL; both are gone again afterwards. */
bool profile_with(struct profile **out, const char *content, const char *sheet,
		  struct failure *why);
bool profile_of(struct profile **out, const char *content, struct failure *why);

#endif
