#include "profile_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/text.h"

static const struct rules_world no_lists;

bool profile_of(struct profile **out, const char *content, struct failure *why)
{
	const char *temporary = getenv("TMPDIR");
	char folder[64], path[96];
	bool good;

	snprintf(folder, sizeof folder, "%s/nsw-XXXXXX", temporary != NULL ? temporary : "/tmp");
	if (mkdtemp(folder) == NULL)
		return fault(why, "IO-003", "no folder for the test");
	snprintf(path, sizeof path, "%s/party.xml", folder);
	good = file_write(path, content, strlen(content), 0600, why) &&
	       profile_load(out, path, &no_lists, why);
	unlink(path);
	rmdir(folder);
	return good;
}
