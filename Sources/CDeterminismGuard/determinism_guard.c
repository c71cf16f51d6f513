// Defines the calls that bring the machine's time, randomness and threads into a process, so that these definitions take precedence over the
// C library's in everything that is linked in: the Swift runtime, Foundation and Dispatch too. Outside of a guarded section each call is forwarded.

#define _GNU_SOURCE
#include "determinism_guard.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

static _Thread_local int depth;

void trial_guard_enter(void) { depth++; }
void trial_guard_leave(void) { depth--; }

static void check(const char *call) {
  if (__builtin_expect(depth == 0, 1)) return;
  // Printing and unwinding may use the very calls that are forbidden.
  depth = 0;
  static const char before[] = "determinism guard: ", after[] = " was called inside a simulated world\n";
  (void)!write(2, before, sizeof before - 1);
  (void)!write(2, call, strlen(call));
  (void)!write(2, after, sizeof after - 1);
  abort();
}

#define FORWARD(name) \
  static __typeof__(&name) next; \
  if (!next) next = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

int clock_gettime(clockid_t clock, struct timespec *time) {
  check("clock_gettime");
  FORWARD(clock_gettime);
  return next(clock, time);
}

int gettimeofday(struct timeval *restrict time, void *restrict zone) {
  check("gettimeofday");
  FORWARD(gettimeofday);
  return next(time, zone);
}

time_t time(time_t *result) {
  check("time");
  FORWARD(time);
  return next(result);
}

ssize_t getrandom(void *buffer, size_t length, unsigned flags) {
  check("getrandom");
  return syscall(SYS_getrandom, buffer, length, flags);
}

int getentropy(void *buffer, size_t length) {
  check("getentropy");
  // At most 256 bytes, like the C library: the kernel returns up to that many in one piece.
  return length <= 256 && syscall(SYS_getrandom, buffer, length, 0) == (long)length ? 0 : -1;
}

void arc4random_buf(void *buffer, size_t length) {
  check("arc4random_buf");
  for (size_t done = 0; done < length;) {
    size_t part = length - done < 256 ? length - done : 256;
    if (getentropy((char *)buffer + done, part) != 0) abort();
    done += part;
  }
}

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*body)(void *), void *argument) {
  check("pthread_create");
  FORWARD(pthread_create);
  return next(thread, attributes, body, argument);
}

long syscall(long number, ...) {
  if (number == SYS_getrandom) check("syscall(getrandom)");
  va_list list;
  va_start(list, number);
  long a = va_arg(list, long), b = va_arg(list, long), c = va_arg(list, long);
  long d = va_arg(list, long), e = va_arg(list, long), f = va_arg(list, long);
  va_end(list);
  FORWARD(syscall);
  return next(number, a, b, c, d, e, f);
}

static int is_random_device(const char *path) {
  return strcmp(path, "/dev/urandom") == 0 || strcmp(path, "/dev/random") == 0;
}

int open(const char *path, int flags, ...) {
  if (is_random_device(path)) check("open of a random device");
  mode_t mode = 0;
  if (flags & O_CREAT
#ifdef O_TMPFILE
      || (flags & O_TMPFILE) == O_TMPFILE
#endif
  ) {
    va_list list;
    va_start(list, flags);
    mode = va_arg(list, mode_t);
    va_end(list);
  }
  FORWARD(open);
  return next(path, flags, mode);
}

// The parameters of the standard library's hashing: exported by libswiftCore, but undocumented. The toolchain is pinned.
struct hashing_parameters {
  uint64_t seed0, seed1;
  bool deterministic;
};
extern struct hashing_parameters _swift_stdlib_Hashing_parameters;

__attribute__((constructor)) void trial_hashing_make_deterministic(void) {
  _swift_stdlib_Hashing_parameters = (struct hashing_parameters){0, 0, true};
}

bool trial_hashing_is_deterministic(void) { return _swift_stdlib_Hashing_parameters.deterministic; }
