/* digest - SHA-256, the one hash of journal, envelope and bodies. */
#ifndef NSW_DIGEST_H
#define NSW_DIGEST_H

#include <stddef.h>
#include <stdint.h>

#define DIGEST_SIZE	 32
#define DIGEST_TEXT_SIZE 65

struct digest {
	unsigned char bytes[DIGEST_SIZE];
};

struct digest digest_of(const void *bytes, size_t length);

/* Several pieces one after the other. */
struct digest_stream;
struct digest_stream *digest_begin(void);
void digest_add(struct digest_stream *stream, const void *bytes, size_t length);
/* The length first (8 bytes, big endian), so that no two lists of fields collide. */
void digest_add_field(struct digest_stream *stream, const void *bytes, size_t length);
struct digest digest_end(struct digest_stream *stream); /* frees the stream */

const char *digest_text(const struct digest *digest, char buffer[DIGEST_TEXT_SIZE]);

#endif
