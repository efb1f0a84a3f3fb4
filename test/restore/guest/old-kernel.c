// Makes ipvsadm 1.31 believe that the kernel is of version 1.1.3; for LD_PRELOAD.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <string.h>
#include <sys/socket.h>

// The attribute with the kernel's version: its length, its type, 1.2.1.
static const unsigned char version[] = {8, 0, 1, 0, 1, 2, 1, 0};
static const unsigned char old_version[] = {8, 0, 1, 0, 3, 1, 1, 0};

ssize_t recvmsg(int fd, struct msghdr *message, int flags) {
  ssize_t (*next)(int, struct msghdr *, int) = dlsym(RTLD_NEXT, "recvmsg");
  ssize_t length = next(fd, message, flags);
  if (length > 0) {
    void *place = memmem(message->msg_iov[0].iov_base, length, version, sizeof version);
    if (place) memcpy(place, old_version, sizeof old_version);
  }
  return length;
}
