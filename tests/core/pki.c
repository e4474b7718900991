#include "pki.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/pem.h>

static char root[200], copy[240];
static int copies;

static bool run(const char *command)
{
	setenv("D", root, 1);
	setenv("P", copy, 1);
	setenv("B", pki_path("bad"), 1);
	return system(command) == 0;
}

void shell(const char *format, ...)
{
	char command[2048];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(command, sizeof command, format, arguments);
	va_end(arguments);
	if (!run(command))
		fail_msg("this failed: %s", command);
}

int pki_make(void **state)
{
	const char *parent = getenv("TMPDIR");

	(void)state;
	snprintf(root, sizeof root, "%s/nsw-pki-XXXXXX", parent != NULL ? parent : "/tmp");
	if (mkdtemp(root) == NULL)
		return -1;
	return run("certs-example/make-pki $D/pki MoF MARD:rsa2048 T1 T2:p384 &&"
		   "certs-example/make-pki $D/pki --bad $D/bad T1")
		       ? 0
		       : -1;
}

int pki_remove(void **state)
{
	(void)state;
	return run("rm -rf \"$D\"") ? 0 : -1;
}

const char *pki_path(const char *format, ...)
{
	static char paths[8][512];
	static int next;
	char *path = paths[next++ % 8];
	int length = snprintf(path, sizeof paths[0], "%s/", root);
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(path + length, sizeof paths[0] - (size_t)length, format, arguments);
	va_end(arguments);
	return path;
}

const char *pki_copy(void)
{
	snprintf(copy, sizeof copy, "%s/copy-%d", root, ++copies);
	shell("cp -a $D/pki $P");
	return copy;
}

/* openssl.cnf with a section [extra], at work as the copy's issuing authority. */
#define AUTHORITY                                                                                  \
	"{ cat certs-example/openssl.cnf; printf '\\n[extra]\\n%s\\n'; } >$D/extra.cnf;"           \
	" CA=$P/ca/issuing CA_PRIVATE=$P/ca/private/issuing SCRATCH=$D;"                           \
	" export CA CA_PRIVATE SCRATCH; "

void pki_issue(const char *options, const char *extensions)
{
	shell(AUTHORITY "openssl req -new -batch -config $D/extra.cnf -key $P/parties/T1/sign.key "
			"-subj /CN=T1/serialNumber=T1 -out $D/extra.csr 2>$D/said && "
			"openssl ca -batch -notext -config $D/extra.cnf -extensions extra "
			"-startdate 20050101000000Z -enddate 20491231235959Z %s -in $D/extra.csr "
			"-out $P/parties/T1/sign.crt 2>$D/said || { cat $D/said; false; }",
	      extensions, options);
}

void pki_list(const char *options, const char *extensions)
{
	shell(AUTHORITY "openssl ca -gencrl -config $D/extra.cnf %s %s -out $P/ca/issuing.crl "
			"2>$D/said || { cat $D/said; false; }",
	      extensions, extensions[0] != '\0' ? "-crlexts extra" : "", options);
}

struct keyring *pki_open(const char *folder)
{
	struct keyring *keyring = NULL;
	char line[900];
	struct failure why;

	if (!keyring_open(&keyring, folder, &why))
		fail_msg("%s", failure_line(&why, line, sizeof line));
	return keyring;
}

struct der pki_der(const char *path)
{
	struct der der = { .length = 0 };
	FILE *file = fopen(path, "r");
	unsigned char *end = der.bytes;
	X509 *certificate;

	if (file == NULL)
		fail_msg("no %s", path);
	certificate = PEM_read_X509(file, NULL, NULL, NULL);
	fclose(file);
	if (certificate == NULL || i2d_X509(certificate, NULL) > (int)sizeof der.bytes)
		fail_msg("no certificate in %s", path);
	der.length = (size_t)i2d_X509(certificate, &end);
	X509_free(certificate);
	return der;
}

const char *verdict_at(struct keyring *keyring, const char *path, const char *time)
{
	static _Thread_local struct failure why;
	struct der der = pki_der(path);
	char party[PARTY_ID_SIZE];

	why.code[0] = '\0';
	if (!keyring_check(keyring, der.bytes, der.length, moment(time), moment(time), party, &why))
		assert_int_equal(why.verdict, strcmp(why.code, "SIG-018") == 0 ? DEFER : REJECT);
	return why.code;
}

gateway_time moment(const char *text)
{
	gateway_time when = 0;

	if (!time_parse(text, &when, NULL))
		fail_msg("'%s' is not a time", text);
	return when;
}
