"""A name server that answers reverse look-ups well or badly, over UDP on 127.0.0.1.

name-server.py KIND LOG   appends the name of every question to LOG

KIND is one of `kinds` below; what it answers to a question stands there.
"""
import os
import random
import socket
import struct
import sys
import threading
import time

PTR = 12
QUESTION = 12


def parts(question):
    """The labels of a question, and where it ends."""
    labels, at = [], QUESTION
    while question[at] != 0:
        labels.append(question[at + 1 : at + 1 + question[at]])
        at += 1 + question[at]
    return labels, at + 5


def answer(question, name, identity=None, flags=0x8180, length=None):
    labels, end = parts(question)
    data = b"".join(bytes([len(label)]) + label for label in name) + b"\0"
    record = struct.pack(">HHHIH", 0xC00C, PTR, 1, 60, len(data) if length is None else length) + data
    head = struct.pack(">HHHHH", flags, 1, 1, 0, 0)
    return (identity or question[:2]) + head + question[QUESTION:end] + record


def name_of(question):
    labels, _ = parts(question)
    return [b"web" + labels[0], b"example"]


def other_identity(question):
    return bytes([question[0] ^ 0x55, question[1] ^ 0xAA])


def late(question):
    time.sleep(0.3)
    return answer(question, name_of(question))


kinds = {
    "good": lambda question: answer(question, name_of(question)),
    # Where nobody listens and packets are dropped.
    "dead": lambda question: None,
    "slow": late,
    "random": lambda question: os.urandom(random.randrange(600)),
    "other identity": lambda question: answer(question, name_of(question), other_identity(question)),
    # Asks for the question to be repeated over TCP, where nobody listens.
    "truncated": lambda question: answer(question, name_of(question), flags=0x8380)[:40],
    "cut": lambda question: answer(question, name_of(question))[:-4],
    "wrong length": lambda question: answer(question, name_of(question), length=4000),
    "loop": lambda question: answer(question, [])[:-1] + b"\xc0" + bytes([len(answer(question, [])) - 1]),
    "control characters": lambda question: answer(question, [b"\x1b[2Jweb\r\n", b"exa\x07mple"]),
    "spaces": lambda question: answer(question, [b"a b", b"c\td"]),
    "no name": lambda question: question[:2] + struct.pack(">HHHHH", 0x8183, 1, 0, 0, 0) + question[QUESTION:],
}


def serve(kind, log):
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", 53))

    def respond(question, peer):
        reply = kinds[kind](question)
        if reply is not None:
            server.sendto(reply, peer)

    with open(log, "ab", buffering=0) as questions:
        while True:
            question, peer = server.recvfrom(2048)
            labels, _ = parts(question)
            questions.write(b".".join(labels) + b"\n")
            threading.Thread(target=respond, args=(question, peer), daemon=True).start()


serve(sys.argv[1], sys.argv[2])
