/*
 * The floor of what IPVS administration costs: the same messages as ipvsadm's in big batches, and answers read with
 * big buffers, nothing made of them. The tables are those of tables.ts.
 *
 *   floor start                     socket, family, information
 *   floor restore SERVICES SERVERS  adds the table in batches of 64 KiB, one acknowledgement each
 *   floor list                      dumps the services, and the servers of each with reads of 32 KiB
 *   floor connections               reads /proc/net/ip_vs_conn in blocks of 64 KiB
 *   floor time FILE COMMAND...      runs COMMAND; adds "SECONDS KIB" to FILE: wall time and peak memory
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/genetlink.h>
#include <linux/ip_vs.h>
#include <linux/netlink.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <arpa/inet.h>

enum { BATCH = 65536, READ = 32768, SLACK = 4096, MOST_SERVICES = 100000 };

static int kernel;
static uint16_t family;
static uint32_t sequence;
static char out[BATCH + SLACK], in[READ];
static size_t used;

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static void *put(int type, const void *data, int size) {
  struct nlattr *attribute = (void *)(out + used);
  attribute->nla_type = type;
  attribute->nla_len = NLA_HDRLEN + size;
  char *payload = (char *)attribute + NLA_HDRLEN;
  memset(payload, 0, NLA_ALIGN(size));
  if (data) memcpy(payload, data, size);
  used += NLA_HDRLEN + NLA_ALIGN(size);
  return attribute;
}

static void put16(int type, uint16_t value) { put(type, &value, 2); }
static void put32(int type, uint32_t value) { put(type, &value, 4); }

static struct nlattr *begin_nest(int type) { return put(type | NLA_F_NESTED, NULL, 0); }
static void end_nest(struct nlattr *nest) { nest->nla_len = out + used - (char *)nest; }

static struct nlmsghdr *begin(uint16_t type, int command, int flags) {
  struct nlmsghdr *header = (void *)(out + used);
  memset(header, 0, NLMSG_HDRLEN + GENL_HDRLEN);
  header->nlmsg_type = type;
  header->nlmsg_flags = NLM_F_REQUEST | flags;
  header->nlmsg_seq = ++sequence;
  struct genlmsghdr *generic = (void *)(out + used + NLMSG_HDRLEN);
  generic->cmd = command;
  generic->version = 1;
  used += NLMSG_HDRLEN + GENL_HDRLEN;
  return header;
}

static void end(struct nlmsghdr *header) { header->nlmsg_len = out + used - (char *)header; }

static void send_all(void) {
  if (send(kernel, out, used, 0) != (ssize_t)used) fail("send");
  used = 0;
}

/* Reads until the acknowledgement of the latest request or the end of a dump; hands each message to `see`. */
static void receive(void (*see)(struct nlmsghdr *)) {
  for (;;) {
    ssize_t size = recv(kernel, in, sizeof in, 0);
    if (size < 0) fail("recv");
    for (struct nlmsghdr *header = (void *)in; NLMSG_OK(header, size); header = NLMSG_NEXT(header, size)) {
      if (header->nlmsg_type == NLMSG_DONE) return;
      if (header->nlmsg_type == NLMSG_ERROR) {
        struct nlmsgerr *error = NLMSG_DATA(header);
        if (error->error) fprintf(stderr, "refused: %s\n", strerror(-error->error));
        if (header->nlmsg_seq == sequence) return;
      } else if (see) {
        see(header);
      }
    }
  }
}

static struct nlattr *first_attribute(struct nlmsghdr *header) {
  return (void *)((char *)NLMSG_DATA(header) + GENL_HDRLEN);
}

static struct nlattr *next_attribute(struct nlattr *attribute) {
  return (void *)((char *)attribute + NLA_ALIGN(attribute->nla_len));
}

static void see_family(struct nlmsghdr *header) {
  char *limit = (char *)header + header->nlmsg_len;
  for (struct nlattr *a = first_attribute(header); (char *)a < limit; a = next_attribute(a))
    if (a->nla_type == CTRL_ATTR_FAMILY_ID) family = *(uint16_t *)((char *)a + NLA_HDRLEN);
}

static void start(void) {
  kernel = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);
  struct sockaddr_nl address = {.nl_family = AF_NETLINK};
  if (kernel < 0 || connect(kernel, (void *)&address, sizeof address)) fail("socket");
  struct nlmsghdr *header = begin(GENL_ID_CTRL, CTRL_CMD_GETFAMILY, NLM_F_ACK);
  put(CTRL_ATTR_FAMILY_NAME, "IPVS", 5);
  end(header);
  send_all();
  receive(see_family);
  end(begin(family, IPVS_CMD_GET_INFO, NLM_F_ACK));
  send_all();
  receive(NULL);
}

static void put_address(int type, uint32_t address) {
  uint32_t bytes[4] = {htonl(address)};
  put(type, bytes, sizeof bytes);
}

static void put_key(uint32_t address) {
  put16(IPVS_SVC_ATTR_AF, AF_INET);
  put16(IPVS_SVC_ATTR_PROTOCOL, IPPROTO_TCP);
  put_address(IPVS_SVC_ATTR_ADDR, address);
  put16(IPVS_SVC_ATTR_PORT, htons(80));
}

static void finish(struct nlmsghdr *header, int is_last) {
  end(header);
  if (used < BATCH && !is_last) return;
  header->nlmsg_flags |= NLM_F_ACK;
  send_all();
  receive(NULL);
}

static void restore(int services, int servers) {
  for (int s = 0; s < services; s++) {
    uint32_t virtual = 0x0a000000 + s + 1;
    struct nlmsghdr *header = begin(family, IPVS_CMD_NEW_SERVICE, 0);
    struct nlattr *nest = begin_nest(IPVS_CMD_ATTR_SERVICE);
    put_key(virtual);
    put(IPVS_SVC_ATTR_SCHED_NAME, "wlc", 4);
    struct ip_vs_flags flags = {0, ~0};
    put(IPVS_SVC_ATTR_FLAGS, &flags, sizeof flags);
    put32(IPVS_SVC_ATTR_TIMEOUT, 0);
    put32(IPVS_SVC_ATTR_NETMASK, ~0);
    end_nest(nest);
    finish(header, 0);
    for (int d = 0; d < servers; d++) {
      header = begin(family, IPVS_CMD_NEW_DEST, 0);
      nest = begin_nest(IPVS_CMD_ATTR_SERVICE);
      put_key(virtual);
      end_nest(nest);
      nest = begin_nest(IPVS_CMD_ATTR_DEST);
      put16(IPVS_DEST_ATTR_ADDR_FAMILY, AF_INET);
      put_address(IPVS_DEST_ATTR_ADDR, 0xac100000 + d + 1);
      put16(IPVS_DEST_ATTR_PORT, htons(8080));
      put32(IPVS_DEST_ATTR_FWD_METHOD, IP_VS_CONN_F_MASQ);
      put32(IPVS_DEST_ATTR_WEIGHT, d % 10 + 1);
      put32(IPVS_DEST_ATTR_U_THRESH, 0);
      put32(IPVS_DEST_ATTR_L_THRESH, 0);
      end_nest(nest);
      finish(header, s == services - 1 && d == servers - 1);
    }
  }
}

static struct {
  uint32_t address;
} listed[MOST_SERVICES];
static int listed_count;

static void see_service(struct nlmsghdr *header) {
  struct nlattr *service = first_attribute(header);
  char *limit = (char *)service + service->nla_len;
  for (struct nlattr *a = (void *)((char *)service + NLA_HDRLEN); (char *)a < limit; a = next_attribute(a))
    if (a->nla_type == IPVS_SVC_ATTR_ADDR && listed_count < MOST_SERVICES)
      listed[listed_count++].address = ntohl(*(uint32_t *)((char *)a + NLA_HDRLEN));
}

static void list(void) {
  end(begin(family, IPVS_CMD_GET_SERVICE, NLM_F_DUMP));
  send_all();
  receive(see_service);
  for (int i = 0; i < listed_count; i++) {
    struct nlmsghdr *header = begin(family, IPVS_CMD_GET_DEST, NLM_F_DUMP);
    struct nlattr *nest = begin_nest(IPVS_CMD_ATTR_SERVICE);
    put_key(listed[i].address);
    end_nest(nest);
    end(header);
    send_all();
    receive(NULL);
  }
}

static void read_connections(void) {
  int file = open("/proc/net/ip_vs_conn", O_RDONLY);
  if (file < 0) fail("/proc/net/ip_vs_conn");
  static char block[BATCH];
  while (read(file, block, sizeof block) > 0) continue;
}

static int time_command(const char *file, char **command) {
  struct timespec from, to;
  struct rusage usage;
  int status;
  clock_gettime(CLOCK_MONOTONIC, &from);
  pid_t child = fork();
  if (child == 0) {
    execv(command[0], command);
    _exit(127);
  }
  if (wait4(child, &status, 0, &usage) != child) fail("wait");
  clock_gettime(CLOCK_MONOTONIC, &to);
  FILE *record = fopen(file, "a");
  if (!record) fail(file);
  double seconds = to.tv_sec - from.tv_sec + (to.tv_nsec - from.tv_nsec) / 1e9;
  fprintf(record, "%.6f %ld\n", seconds, usage.ru_maxrss);
  fclose(record);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

int main(int argc, char **argv) {
  const char *what = argc > 1 ? argv[1] : "";
  if (!strcmp(what, "time") && argc > 3) return time_command(argv[2], argv + 3);
  start();
  if (!strcmp(what, "restore") && argc == 4) restore(atoi(argv[2]), atoi(argv[3]));
  else if (!strcmp(what, "list")) list();
  else if (!strcmp(what, "connections")) read_connections();
  return 0;
}
