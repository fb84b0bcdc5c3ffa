#include "SecretMarks.h"

// A request is six words in memory and an instruction sequence without effect, which valgrind knows
// when it translates the program: see "The Client Request mechanism" of its manual.
static uint64_t request(uint64_t code, uint64_t first, uint64_t second) {
  volatile uint64_t words[6] = {code, first, second, 0, 0, 0};
  volatile uint64_t result = 0;
#if defined(__x86_64__)
  uint64_t value = 0;
  __asm__ volatile(
      "rolq $3, %%rdi\n\t"
      "rolq $13, %%rdi\n\t"
      "rolq $61, %%rdi\n\t"
      "rolq $51, %%rdi\n\t"
      "xchgq %%rbx, %%rbx"
      : "=d"(value)
      : "a"(&words[0]), "0"(value)
      : "cc", "memory");
  result = value;
#elif defined(__aarch64__)
  uint64_t value = 0;
  __asm__ volatile(
      "mov x3, %1\n\t"
      "mov x4, %2\n\t"
      "ror x12, x12, #3\n\t"
      "ror x12, x12, #13\n\t"
      "ror x12, x12, #51\n\t"
      "ror x12, x12, #61\n\t"
      "orr x10, x10, x10\n\t"
      "mov %0, x3"
      : "=r"(value)
      : "r"((uint64_t)0), "r"(&words[0])
      : "cc", "memory", "x3", "x4");
  result = value;
#endif
  (void)words;
  return result;
}

enum {
  running_on_valgrind = 0x1001,
  count_errors = 0x1201,
  make_memory_undefined = 0x4d430001,  // memcheck's own requests begin with 'M', 'C'
  make_memory_defined = 0x4d430002
};

int secret_marks_are_watched(void) { return request(running_on_valgrind, 0, 0) != 0; }

void secret_marks_hide(const void *bytes, size_t count) {
  request(make_memory_undefined, (uint64_t)(uintptr_t)bytes, count);
}

void secret_marks_reveal(const void *bytes, size_t count) {
  request(make_memory_defined, (uint64_t)(uintptr_t)bytes, count);
}

uint64_t secret_marks_error_count(void) { return request(count_errors, 0, 0); }
