/* A disk between the program and the real one: it fails on command, or writes down all that happens to it.
 *
 * Preloaded into a process (LD_PRELOAD). DISK_DIRECTORY names the directory it watches; everything else passes by.
 * DISK_SWITCH names a file of one byte, mapped into memory, that says what the disk does now:
 *
 *   0  works             1  is full            2  is read-only        3  fails to write
 *   4  fails to sync     5  hangs in a sync    6  takes 200 ms to sync
 *
 * DISK_RECORD names a file to which every operation is appended, as "letter name number number\n" and, for a write, the
 * bytes: C created, W written (offset, length), T cut (length), S synced, F not synced (it failed), U unlinked,
 * R renamed (two names), D the directory synced. Names are relative to the directory.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { WORKS, FULL, READ_ONLY, FAILS_TO_WRITE, FAILS_TO_SYNC, HANGS, SLOW };
enum { MOST_FILES = 1024, LONGEST_NAME = 256 };

static char directory[4096];
static size_t directory_length;
static volatile unsigned char *now;
static int record = -1;
static char watched[MOST_FILES][LONGEST_NAME]; /* the name behind each descriptor; empty: none of ours */
static pthread_mutex_t order = PTHREAD_MUTEX_INITIALIZER;

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

__attribute__((constructor)) static void begin(void) {
    const char *where = getenv("DISK_DIRECTORY"), *control = getenv("DISK_SWITCH"), *log = getenv("DISK_RECORD");
    if (where) {
        snprintf(directory, sizeof directory, "%s", where);
        directory_length = strlen(directory);
    }
    if (control) {
        int descriptor = syscall(SYS_openat, AT_FDCWD, control, O_RDONLY);
        void *byte = mmap(NULL, 1, PROT_READ, MAP_SHARED, descriptor, 0);
        if (byte != MAP_FAILED) now = byte;
        syscall(SYS_close, descriptor);
    }
    if (log) record = syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

static int mode(void) { return now ? *now : WORKS; }

/* The name of a path inside the directory, "." for the directory itself, NULL for anything else. */
static const char *inside(const char *path) {
    if (!directory_length || strncmp(path, directory, directory_length)) return NULL;
    if (!path[directory_length]) return ".";
    return path[directory_length] == '/' ? path + directory_length + 1 : NULL;
}

static const char *name_of(int descriptor) {
    if (descriptor < 0 || descriptor >= MOST_FILES || !watched[descriptor][0]) return NULL;
    return watched[descriptor];
}

/* The shared-memory index is made anew after a crash, so its bytes are nobody's business. */
static int is_index(const char *name) {
    size_t length = strlen(name);
    return length > 4 && !strcmp(name + length - 4, "-shm");
}

static void note(const char *line, const void *bytes, size_t length) {
    if (record < 0) return;
    syscall(SYS_write, record, line, strlen(line));
    if (length) syscall(SYS_write, record, bytes, length);
}

static void note_name(char letter, const char *name, const char *second) {
    char line[2 * LONGEST_NAME + 8];
    if (is_index(name)) return;
    snprintf(line, sizeof line, "%c %s %s 0\n", letter, name, second);
    note(line, NULL, 0);
}

/* ── opening ────────────────────────────────────────────────────────────────────────────────────────────────────── */

static int opened(int at, const char *path, int flags, mode_t permissions) {
    const char *name = inside(path);
    if (!name) return syscall(SYS_openat, at, path, flags, permissions);
    if (mode() == READ_ONLY && (flags & (O_WRONLY | O_RDWR | O_CREAT | O_TRUNC))) {
        errno = EROFS;
        return -1;
    }
    pthread_mutex_lock(&order);
    int is_new = (flags & O_CREAT) && syscall(SYS_faccessat, at, path, F_OK) != 0;
    int descriptor = syscall(SYS_openat, at, path, flags, permissions);
    if (descriptor >= 0 && descriptor < MOST_FILES) {
        snprintf(watched[descriptor], LONGEST_NAME, "%s", name);
        if (is_new) note_name('C', name, "0");
    }
    pthread_mutex_unlock(&order);
    return descriptor;
}

#define WITH_PERMISSIONS(flags) \
    mode_t permissions = 0; \
    if ((flags) & (O_CREAT | O_TMPFILE)) { \
        va_list rest; \
        va_start(rest, flags); \
        permissions = va_arg(rest, mode_t); \
        va_end(rest); \
    }

int open(const char *path, int flags, ...) { WITH_PERMISSIONS(flags) return opened(AT_FDCWD, path, flags, permissions); }
int open64(const char *path, int flags, ...) {
    WITH_PERMISSIONS(flags) return opened(AT_FDCWD, path, flags | O_LARGEFILE, permissions);
}
int openat(int at, const char *path, int flags, ...) { WITH_PERMISSIONS(flags) return opened(at, path, flags, permissions); }
int openat64(int at, const char *path, int flags, ...) {
    WITH_PERMISSIONS(flags) return opened(at, path, flags | O_LARGEFILE, permissions);
}

int close(int descriptor) {
    if (name_of(descriptor)) watched[descriptor][0] = 0;
    return REAL(close)(descriptor);
}

/* ── writing ────────────────────────────────────────────────────────────────────────────────────────────────────── */

static int refused(const char *name) {
    int trouble = mode();
    if (!name || (trouble != FULL && trouble != READ_ONLY && trouble != FAILS_TO_WRITE)) return 0;
    errno = trouble == FULL ? ENOSPC : trouble == READ_ONLY ? EROFS : EIO;
    return 1;
}

static ssize_t written(int descriptor, const void *bytes, size_t length, off_t offset) {
    const char *name = name_of(descriptor);
    if (refused(name)) return -1;
    if (!name) return syscall(SYS_pwrite64, descriptor, bytes, length, offset);
    char line[LONGEST_NAME + 64];
    pthread_mutex_lock(&order);
    ssize_t done = syscall(SYS_pwrite64, descriptor, bytes, length, offset);
    if (done > 0 && !is_index(name)) {
        snprintf(line, sizeof line, "W %s %lld %zd\n", name, (long long)offset, done);
        note(line, bytes, done);
    }
    pthread_mutex_unlock(&order);
    return done;
}

ssize_t pwrite(int descriptor, const void *bytes, size_t length, off_t offset) {
    return written(descriptor, bytes, length, offset);
}
ssize_t pwrite64(int descriptor, const void *bytes, size_t length, off64_t offset) {
    return written(descriptor, bytes, length, offset);
}
ssize_t write(int descriptor, const void *bytes, size_t length) {
    const char *name = name_of(descriptor);
    if (!name) return syscall(SYS_write, descriptor, bytes, length);
    off_t end = lseek(descriptor, 0, SEEK_END);
    ssize_t done = written(descriptor, bytes, length, end);
    if (done > 0) lseek(descriptor, done, SEEK_CUR);
    return done;
}

static int cut(int descriptor, off_t length) {
    const char *name = name_of(descriptor);
    if (refused(name)) return -1;
    pthread_mutex_lock(&order);
    int done = syscall(SYS_ftruncate, descriptor, length);
    if (!done && name && !is_index(name)) {
        char line[LONGEST_NAME + 64];
        snprintf(line, sizeof line, "T %s %lld 0\n", name, (long long)length);
        note(line, NULL, 0);
    }
    pthread_mutex_unlock(&order);
    return done;
}
int ftruncate(int descriptor, off_t length) { return cut(descriptor, length); }
int ftruncate64(int descriptor, off64_t length) { return cut(descriptor, length); }

int fallocate(int descriptor, int how, off_t offset, off_t length) {
    if (refused(name_of(descriptor))) return -1;
    return REAL(fallocate)(descriptor, how, offset, length);
}
int posix_fallocate(int descriptor, off_t offset, off_t length) {
    if (refused(name_of(descriptor))) return errno;
    return REAL(posix_fallocate)(descriptor, offset, length);
}

/* ── syncing ────────────────────────────────────────────────────────────────────────────────────────────────────── */

static int synced(int descriptor, long call) {
    const char *name = name_of(descriptor);
    if (!name) return syscall(call, descriptor);
    while (mode() == HANGS) usleep(2000);
    if (mode() == SLOW) usleep(200000);
    pthread_mutex_lock(&order);
    int fails = mode() == FAILS_TO_SYNC;
    /* What is recorded is replayed, so the real disk need not be waited for. */
    int done = fails ? -1 : record < 0 ? syscall(call, descriptor) : 0;
    if (!done || fails) note_name(fails ? 'F' : strcmp(name, ".") ? 'S' : 'D', name, "0");
    pthread_mutex_unlock(&order);
    if (fails) errno = EIO;
    return done;
}
int fsync(int descriptor) { return synced(descriptor, SYS_fsync); }
int fdatasync(int descriptor) { return synced(descriptor, SYS_fdatasync); }

/* ── names ──────────────────────────────────────────────────────────────────────────────────────────────────────── */

int unlink(const char *path) {
    const char *name = inside(path);
    if (refused(name)) return -1;
    pthread_mutex_lock(&order);
    int done = syscall(SYS_unlinkat, AT_FDCWD, path, 0);
    if (!done && name) note_name('U', name, "0");
    pthread_mutex_unlock(&order);
    return done;
}

int rename(const char *from, const char *to) {
    const char *old = inside(from), *new = inside(to);
    if (refused(old)) return -1;
    pthread_mutex_lock(&order);
    int done = syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
    if (!done && old && new) note_name('R', old, new);
    pthread_mutex_unlock(&order);
    return done;
}
