// Requests to valgrind's memcheck from the program that runs under it. Outside of valgrind they do
// nothing.
#ifndef SECRET_MARKS_H
#define SECRET_MARKS_H

#include <stddef.h>
#include <stdint.h>

// Whether the program runs under valgrind.
int secret_marks_are_watched(void);

// From here on memcheck reports whatever branches on these bytes, or on what was computed from them,
// or uses it as an address.
void secret_marks_hide(const void *bytes, size_t count);

// From here on the bytes are public.
void secret_marks_reveal(const void *bytes, size_t count);

// The errors that memcheck found so far.
uint64_t secret_marks_error_count(void);

#endif
