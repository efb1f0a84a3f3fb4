"""The ends of the traffic: servers that answer with their name, clients that ask, and a counter of frames.

peer.py serve NAME PORT-PORT ADDRESS...   answers over TCP and UDP on all addresses, over SCTP on those given
peer.py watch INTERFACE FILE              counts frames until SIGTERM, then writes the counts as JSON
peer.py ask                               reads a plan as JSON from standard input, writes what was answered

A request is a line with a number of bytes; the answer is the server's name, a blank and that many bytes.
"""
import json
import select
import signal
import socket
import subprocess
import sys
import threading

V6 = socket.AF_INET6
SCTP = 132
IPV6_PKTINFO = socket.IPV6_PKTINFO
IP_PKTINFO = 8
TIMEOUT = 3


def answer(name, request):
    return name + b" " + b"x" * int(request)


def serve_stream(name, connection):
    try:
        with connection:
            for line in connection.makefile("rb"):
                connection.sendall(answer(name, line) + b"\n")
    except OSError:
        pass


def serve_datagram(name, server):
    """Answers from the address that was asked, which a server with several addresses has to see to itself."""
    request, ancillary, _, peer = server.recvmsg(2048, 256)
    kept = [(level, kind, pktinfo(level, data)) for level, kind, data in ancillary]
    server.sendmsg([answer(name, request)], kept, 0, peer)


def pktinfo(level, data):
    # Without the interface: the answer takes the route of its own.
    return data[:16] + bytes(4) if level == socket.IPPROTO_IPV6 else bytes(4) + data[4:8] + bytes(4)


def serve(name, ports, addresses):
    name = name.encode()
    poll = select.epoll()
    servers = {}
    for port in ports:
        for family in (socket.AF_INET, V6):
            stream = socket.socket(family, socket.SOCK_STREAM)
            stream.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            datagram = socket.socket(family, socket.SOCK_DGRAM)
            if family == V6:
                stream.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
                datagram.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
                datagram.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_RECVPKTINFO, 1)
            else:
                datagram.setsockopt(socket.IPPROTO_IP, IP_PKTINFO, 1)
            stream.bind(("", port))
            stream.listen(512)
            datagram.bind(("", port))
            servers[stream.fileno()] = stream
            servers[datagram.fileno()] = datagram
        for address in addresses:
            # Bound to one address each: on all of them, SCTP would tell the client of the others.
            family = V6 if ":" in address else socket.AF_INET
            stream = socket.socket(family, socket.SOCK_STREAM, SCTP)
            stream.bind((address, port))
            stream.listen(16)
            servers[stream.fileno()] = stream
    for number in servers:
        poll.register(number, select.EPOLLIN)
    print("ready", flush=True)
    while True:
        for number, _ in poll.poll():
            server = servers[number]
            if server.type == socket.SOCK_DGRAM:
                serve_datagram(name, server)
            else:
                connection, _ = server.accept()
                threading.Thread(target=serve_stream, args=(name, connection), daemon=True).start()


class Counter:
    """Counts the frames of an interface by direction, neighbour, protocol and ports."""

    def __init__(self, interface):
        self.counts = {}
        self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
        self.socket.setsockopt(socket.SOL_SOCKET, 33, 1 << 25)  # SO_RCVBUFFORCE
        self.socket.bind((interface, 3))

    def run(self):
        while True:
            frame, (_, _, kind, _, _) = self.socket.recvfrom(65536)
            self.count(frame, "out" if kind == socket.PACKET_OUTGOING else "in")

    def count(self, frame, direction):
        neighbour = (frame[0:6] if direction == "out" else frame[6:12]).hex(":")
        packet = frame[14:]
        if frame[12:14] == b"\x08\x00":
            protocol, length, header = packet[9], int.from_bytes(packet[2:4], "big"), (packet[0] & 15) * 4
        elif frame[12:14] == b"\x86\xdd":
            protocol, length, header = packet[6], int.from_bytes(packet[4:6], "big") + 40, 40
            if protocol == 60:  # The tunnel encapsulation limit stands in destination options.
                protocol, header = packet[40], 48
        else:
            return
        ports = [0, 0]
        if protocol in (6, 17, SCTP):
            ports = [int.from_bytes(packet[header + at : header + at + 2], "big") for at in (0, 2)]
        # Ephemeral ports are counted as one.
        ports = [port if port < 32768 else 0 for port in ports]
        key = (direction, neighbour, protocol, *ports)
        packets, size = self.counts.get(key, (0, 0))
        self.counts[key] = (packets + 1, size + length)

    def rows(self):
        names = ("direction", "neighbour", "protocol", "from", "to", "packets", "bytes")
        return [dict(zip(names, key + count)) for key, count in list(self.counts.items())]


def watch(interface, path):
    counter = Counter(interface)

    def finish(*_):
        with open(path, "w", encoding="ascii") as file:
            json.dump(counter.rows(), file)
        sys.exit(0)

    signal.signal(signal.SIGTERM, finish)
    print("ready", flush=True)
    counter.run()


class Asker:
    """Carries out the steps of a plan: {"ask", "hold", "again", "release"} by name, or {"command"}."""

    def __init__(self):
        self.held = {}

    def step(self, step):
        if "command" in step:
            done = subprocess.run(step["command"], capture_output=True, text=True, check=False)
            return [(done.stdout + done.stderr).strip()] if done.returncode else []
        if "again" in step:
            return [self.exchange(held, step["size"]) for held in self.held[step["again"]]]
        if "release" in step:
            for held in self.held.pop(step["release"]):
                held.close()
            return []
        answers = []
        keep = self.held.setdefault(step["hold"], []) if "hold" in step else None
        shared = self.connect(step, step["from"][0]) if step.get("one_socket") else None
        for number in range(step["count"]):
            try:
                ask = shared or self.connect(step, step["from"][number % len(step["from"])])
                answers.append(self.exchange(ask, step["size"]))
                if keep is not None:
                    keep.append(ask)
                elif not shared:
                    ask.close()
            except OSError as error:
                answers.append(type(error).__name__)
        return answers

    def connect(self, step, source):
        family = V6 if ":" in step["address"] else socket.AF_INET
        kinds = {
            "tcp": (socket.SOCK_STREAM, 0),
            "udp": (socket.SOCK_DGRAM, 0),
            "sctp": (socket.SOCK_STREAM, SCTP),
        }
        made = socket.socket(family, *kinds[step["protocol"]])
        made.settimeout(step.get("timeout", TIMEOUT))
        made.bind((source, 0))
        made.connect((step["address"], step["port"]))
        return made

    @staticmethod
    def exchange(ask, size):
        """The server's name when all bytes arrived."""
        if ask.type == socket.SOCK_DGRAM:
            ask.send(b"%d" % size)
            received = ask.recv(65536)
        else:
            ask.sendall(b"%d\n" % size)
            received = b""
            while not received.endswith(b"\n"):
                more = ask.recv(65536)
                if not more:
                    return "closed"
                received += more
            received = received[:-1]
        name, _, payload = received.partition(b" ")
        return name.decode() if payload == b"x" * size else f"{len(payload)} bytes"


def main():
    word, *rest = sys.argv[1:]
    if word == "serve":
        first, last = rest[1].split("-")
        serve(rest[0], range(int(first), int(last) + 1), rest[2:])
    elif word == "watch":
        watch(*rest)
    else:
        asker = Asker()
        print(json.dumps([asker.step(step) for step in json.load(sys.stdin)]))


main()
