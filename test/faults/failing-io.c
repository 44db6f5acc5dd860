// Preloaded into a process, fails its N-th write, sync or truncation of a database file, as a bad disk would.
// FAIL_PLAN is "run:n:errno:count": the counter starts anew when `run` changes; `count` operations from the n-th fail.
// FAIL_SEEN holds the number of operations of this run so far.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static int isDatabaseFile(int fd) {
  char link[64], path[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return 0;
  path[length] = 0;
  return strstr(path, "faulty.db") != NULL;
}

static int mustFail(int fd) {
  static long currentRun = -1, seen = 0;
  const char *plan = getenv("FAIL_PLAN");
  if (!plan || !isDatabaseFile(fd)) return 0;
  long run = 0, n = 0, code = 0, count = 0;
  if (sscanf(plan, "%ld:%ld:%ld:%ld", &run, &n, &code, &count) != 4) return 0;
  if (run != currentRun) { currentRun = run; seen = 0; }
  seen++;
  char text[32];
  snprintf(text, sizeof text, "%ld", seen);
  setenv("FAIL_SEEN", text, 1);
  if (seen < n || seen >= n + count) return 0;
  errno = (int)code;
  return 1;
}

#define WRAP(type, name, parameters, arguments)                      \
  type name parameters {                                             \
    if (mustFail(fd)) return -1;                                     \
    type(*real) parameters = (type(*) parameters)dlsym(RTLD_NEXT, #name); \
    return real arguments;                                           \
  }

WRAP(ssize_t, write, (int fd, const void *data, size_t size), (fd, data, size))
WRAP(ssize_t, pwrite, (int fd, const void *data, size_t size, off_t at), (fd, data, size, at))
WRAP(ssize_t, pwrite64, (int fd, const void *data, size_t size, off64_t at), (fd, data, size, at))
WRAP(int, fsync, (int fd), (fd))
WRAP(int, fdatasync, (int fd), (fd))
WRAP(int, ftruncate, (int fd, off_t size), (fd, size))
WRAP(int, ftruncate64, (int fd, off64_t size), (fd, size))
