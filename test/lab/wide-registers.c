/*
 * A preloaded library for user-mode kernels that run their processes by ptrace. Those up to 6.12 have room for the
 * registers of AVX-512 and no more. Where the processor has wider ones (AMX), the host refuses to set only some of the
 * registers, and the kernel's first process dies of it: here those that the kernel does not know keep their values.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <elf.h>
#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/types.h>
#include <sys/uio.h>

/* The kernel has one thread, and little stack. */
static char registers[1 << 16];

long ptrace(enum __ptrace_request request, ...) {
  static typeof(ptrace) *real;
  if (real == NULL) real = (typeof(ptrace) *)dlsym(RTLD_NEXT, "ptrace");
  va_list arguments;
  va_start(arguments, request);
  pid_t process = va_arg(arguments, pid_t);
  void *address = va_arg(arguments, void *);
  void *data = va_arg(arguments, void *);
  va_end(arguments);

  long result = real(request, process, address, data);
  if (result == 0 || errno != EFAULT) return result;
  if (request != PTRACE_SETREGSET || address != (void *)NT_X86_XSTATE) return result;
  struct iovec *known = data;
  struct iovec all = {registers, sizeof registers};
  if (real(PTRACE_GETREGSET, process, address, &all) != 0 || all.iov_len <= known->iov_len) {
    errno = EFAULT;
    return result;
  }
  memcpy(registers, known->iov_base, known->iov_len);
  return real(PTRACE_SETREGSET, process, address, &all);
}
