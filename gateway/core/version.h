/* version - of all programs together. */
#ifndef NSW_VERSION_H
#define NSW_VERSION_H

#ifndef NSW_VERSION
#define NSW_VERSION "1.0.0"
#endif

#endif
