/*
 * connections KIND ADDRESS PORT COUNT FIRST_CLIENT PER_CLIENT
 *
 * Makes COUNT connections to a virtual service of this network namespace, from FIRST_CLIENT and the addresses after
 * it, PER_CLIENT connections from each. Nobody has to have the clients' addresses: the packets are written to a raw
 * socket. KIND is udp (a datagram each), syn (the first segment of a TCP connection) or established (a second one
 * that takes a connection which is not masqueraded to ESTABLISHED). The virtual address has to be routable; a real
 * server on a dummy interface swallows what is forwarded. Prints the seconds it took.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

enum { BATCH = 512, PAYLOAD = 4, FIRST_PORT = 1024 };

struct packet {
  struct iphdr ip;
  union {
    struct udphdr udp;
    struct tcphdr tcp;
  };
  char payload[PAYLOAD];
} __attribute__((packed));

static struct packet packets[BATCH];
static struct iovec parts[BATCH];
static struct mmsghdr messages[BATCH];
static int raw_socket;

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static uint16_t tcp_checksum(const struct packet *packet) {
  uint16_t words[sizeof packet->tcp / 2 + 4];
  memcpy(words, &packet->ip.saddr, 8);
  memcpy(words + 4, &packet->tcp, sizeof packet->tcp);
  uint32_t sum = htons(IPPROTO_TCP) + htons(sizeof packet->tcp);
  for (size_t i = 0; i < sizeof words / 2; i++) sum += words[i];
  while (sum >> 16) sum = (sum & 0xffff) + (sum >> 16);
  return ~sum;
}

static void flush(int count) {
  for (int sent = 0; sent < count;) {
    int more = sendmmsg(raw_socket, messages + sent, count - sent, 0);
    if (more < 0) fail("sendmmsg");
    sent += more;
  }
}

int main(int argc, char **argv) {
  struct sockaddr_in to = {.sin_family = AF_INET};
  struct in_addr first;
  if (argc != 7 || !inet_aton(argv[2], &to.sin_addr) || !inet_aton(argv[5], &first)) {
    fprintf(stderr, "usage: connections udp|syn|established ADDRESS PORT COUNT FIRST_CLIENT PER_CLIENT\n");
    return 2;
  }
  int is_udp = strcmp(argv[1], "udp") == 0;
  int rounds = strcmp(argv[1], "established") == 0 ? 2 : 1;
  uint16_t port = htons(atoi(argv[3]));
  unsigned long count = strtoul(argv[4], NULL, 10);
  unsigned long per_client = strtoul(argv[6], NULL, 10);
  size_t length = sizeof(struct iphdr) + (is_udp ? sizeof(struct udphdr) + PAYLOAD : sizeof(struct tcphdr));
  struct timespec start, end;

  raw_socket = socket(AF_INET, SOCK_RAW, IPPROTO_RAW);
  if (raw_socket < 0) fail("socket");
  for (int i = 0; i < BATCH; i++) {
    parts[i] = (struct iovec){&packets[i], length};
    messages[i].msg_hdr = (struct msghdr){
        .msg_name = &to, .msg_namelen = sizeof to, .msg_iov = &parts[i], .msg_iovlen = 1};
  }
  clock_gettime(CLOCK_MONOTONIC, &start);
  int filled = 0;
  for (unsigned long i = 0; i < count; i++) {
    for (int round = 0; round < rounds; round++) {
      struct packet *packet = &packets[filled];
      memset(packet, 0, sizeof *packet);
      packet->ip = (struct iphdr){.version = 4, .ihl = 5, .ttl = 64, .tot_len = htons(length)};
      packet->ip.protocol = is_udp ? IPPROTO_UDP : IPPROTO_TCP;
      packet->ip.saddr = htonl(ntohl(first.s_addr) + i / per_client);
      packet->ip.daddr = to.sin_addr.s_addr;
      uint16_t from = htons(FIRST_PORT + i % per_client);
      if (is_udp) {
        packet->udp = (struct udphdr){.source = from, .dest = port, .len = htons(8 + PAYLOAD)};
      } else {
        packet->tcp = (struct tcphdr){.source = from, .dest = port, .doff = 5, .window = htons(65535)};
        packet->tcp.seq = htonl(1 + round);
        if (round == 0) packet->tcp.syn = 1;
        else packet->tcp.ack = 1;
        packet->tcp.check = tcp_checksum(packet);
      }
      if (++filled == BATCH) {
        flush(filled);
        filled = 0;
      }
    }
  }
  flush(filled);
  clock_gettime(CLOCK_MONOTONIC, &end);
  printf("%.2f\n", (end.tv_sec - start.tv_sec) + (end.tv_nsec - start.tv_nsec) / 1e9);
  return 0;
}
