#include "kinds_text.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/text.h"

#define KIND(id, role, from, name, root, facts)                                                    \
	"<kind xmlns='urn:nsw:kind:1' id='" id "' version='1' role='" role "' from='" from         \
	"' signature='forbidden' title='" root "' title-vi='" root "'>\n"                          \
	"<ns prefix='r' uri='urn:example:" name "'/>\n"                                            \
	"<identify namespace='urn:example:" name "' root='" root "'/>\n"                           \
	"<schema file='kind.xsd'/>\n" facts "</kind>\n"
#define XSD(name, root, content)                                                                   \
	"<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' "                                  \
	"targetNamespace='urn:example:" name                                                       \
	"' elementFormDefault='qualified'>\n<xs:element name='" root                               \
	"'><xs:complexType><xs:sequence>\n"                                                        \
	"" content "</xs:sequence></xs:complexType></xs:element>\n</xs:schema>\n"
#define TOKEN(name, more) "<xs:element name='" name "' type='xs:token' " more "/>\n"
#define ITEMS                                                                                      \
	"<xs:element name='Item' minOccurs='0' "                                                   \
	"maxOccurs='99'><xs:complexType><xs:sequence>\n" TOKEN("HS", "")                           \
		TOKEN("Origin", "") "</xs:sequence></xs:complexType></xs:element>\n"
#define REFERENCE(root)                                                                            \
	"<facts><fact name='reference' xpath='/r:" root "/r:Reference' required='yes'/></facts>\n"

static const struct {
	const char *folder, *kind, *schema;
} kinds[] = {
	{ "req",
	  KIND("REQ", "application", "any", "req", "Request",
	       "<events fact='function'><event value='9' name='lodge'/>"
	       "<event value='1' name='cancel'/></events>\n"
	       "<facts>\n"
	       "<fact name='function' xpath='/r:Request/r:Function' required='yes'/>\n"
	       "<fact name='reference' xpath='/r:Request/r:Reference' required='yes'/>\n"
	       "<each name='item' xpath='/r:Request/r:Item'><fact name='hs' xpath='r:HS'/>"
	       "<fact name='origin' xpath='r:Origin'/></each>\n"
	       "</facts>\n"),
	  XSD("req", "Request", TOKEN("Function", "") TOKEN("Reference", "") ITEMS) },
	{ "note",
	  KIND("NOTE", "application", "agency bank peer", "note", "Note", REFERENCE("Note")),
	  XSD("note", "Note",
	      TOKEN("Reference", "") TOKEN("About", "minOccurs='0' maxOccurs='99'")) },
	{ "paid", KIND("PAID", "decision", "bank", "paid", "Paid", REFERENCE("Paid")),
	  XSD("paid", "Paid", TOKEN("Reference", "")) },
	{ "got", KIND("GOT", "receipt", "any", "got", "Got", REFERENCE("Got")),
	  XSD("got", "Got", TOKEN("Reference", "")) },
};

static bool put(const char *folder, const char *name, const char *content)
{
	char path[256];

	snprintf(path, sizeof path, "%s/%s", folder, name);
	return file_write(path, content, strlen(content), 0600, NULL);
}

bool kinds_text_write(const char *folder)
{
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		char path[200];

		snprintf(path, sizeof path, "%s/%s", folder, kinds[i].folder);
		if (mkdir(path, 0700) != 0 || !put(path, "kind.xml", kinds[i].kind) ||
		    !put(path, "kind.xsd", kinds[i].schema))
			return false;
	}
	return true;
}

static struct kinds *loaded;

static void free_loaded(void)
{
	kinds_free(loaded);
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *where)
{
	(void)status, (void)kind, (void)where;
	return remove(path);
}

const struct kinds *kinds_text(void)
{
	const char *temporary = getenv("TMPDIR");
	char folder[100], line[1024];
	const char *const folders[] = { folder };
	struct failure why;

	if (loaded != NULL)
		return loaded;
	snprintf(folder, sizeof folder, "%s/nsw-XXXXXX", temporary != NULL ? temporary : "/tmp");
	if (mkdtemp(folder) == NULL)
		return NULL;
	if (kinds_text_write(folder) && !kinds_load(&loaded, folders, 1, &why))
		fprintf(stderr, "%s\n", failure_line(&why, line, sizeof line));
	nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	atexit(free_loaded);
	return loaded;
}
