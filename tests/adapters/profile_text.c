#include "profile_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/text.h"

#include "kinds_text.h"

static bool put(const char *folder, const char *name, const char *content, struct failure *why)
{
	char path[128];

	snprintf(path, sizeof path, "%s/%s", folder, name);
	return content == NULL || file_write(path, content, strlen(content), 0600, why);
}

static void drop(const char *folder, const char *name)
{
	char path[128];

	snprintf(path, sizeof path, "%s/%s", folder, name);
	unlink(path);
}

bool profile_with(struct profile **out, const char *content, const char *sheet, struct failure *why)
{
	const char *temporary = getenv("TMPDIR");
	char folder[100], path[128];
	bool good;

	snprintf(folder, sizeof folder, "%s/nsw-XXXXXX", temporary != NULL ? temporary : "/tmp");
	if (mkdtemp(folder) == NULL || kinds_text() == NULL)
		return fault(why, "IO-003", "no folder or no kinds for the test");
	snprintf(path, sizeof path, "%s/party.xml", folder);
	good = put(folder, "party.xml", content, why) && put(folder, "sheet.xsl", sheet, why) &&
	       profile_load(out, path, kinds_text(), why);
	drop(folder, "party.xml");
	drop(folder, "sheet.xsl");
	rmdir(folder);
	return good;
}

bool profile_of(struct profile **out, const char *content, struct failure *why)
{
	return profile_with(out, content, NULL, why);
}
