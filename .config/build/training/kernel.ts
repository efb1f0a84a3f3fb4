import { AddressFamily } from '../../../src/ipvs/address.js';
import { destinationWith } from '../../../src/ipvs/defaults.js';
import { messageTable } from '../../../src/ipvs/message-table.js';
import * as schema from '../../../src/ipvs/schema.js';
import { Table, type Infer } from '../../../src/netlink/attributes.js';
import { cstring, u16 } from '../../../src/netlink/codec.js';
import {
  MessageCursor,
  MessageFlag,
  MessageType,
  beginRequest,
  finishRequest,
} from '../../../src/netlink/message.js';
import { ByteWriter } from '../../../src/netlink/writer.js';
import { services, type StandInServer, type StandInService } from './table.js';

const controllerId = 16;
const familyId = 33;
const everyBit = 0xffff_ffff;

const familyTable = new Table({ id: [1, u16], name: [2, cstring(16)] });
const infoTable = new Table(schema.info);
const serviceTable = messageTable.child('service');

const counters = {
  connections: 1234n,
  inPackets: 123_456n,
  outPackets: 123_456n,
  inBytes: 12_345_678n,
  outBytes: 12_345_678n,
  connectionRate: 0n,
  inPacketRate: 0n,
  outPacketRate: 0n,
  inByteRate: 0n,
  outByteRate: 0n,
};

/** Stands in for a kernel with IPVS: has a table, agrees to every change and makes none. */
export class StandInKernel {
  /** How many changes it was asked for. */
  changes = 0;

  /** The datagrams that answer one. */
  answer(datagram: Uint8Array): Buffer[] {
    const cursor = new MessageCursor();
    cursor.read(datagram);
    const answers: Buffer[] = [];
    while (cursor.next()) {
      const { type, flags, sequence } = cursor;
      if (type === MessageType.noop) {
        answers.push(numberMessage(MessageType.error, sequence));
        continue;
      }
      const rows = this.#rows(cursor);
      if (rows.length > 0) answers.push(Buffer.concat(rows));
      if ((flags & MessageFlag.dump) !== 0) answers.push(numberMessage(MessageType.done, sequence));
    }
    return answers;
  }

  /** The messages that answer a request; none for a change. */
  #rows(cursor: MessageCursor): Buffer[] {
    if (cursor.type === controllerId) {
      return [reply(cursor, familyTable, { id: familyId, name: schema.family.name })];
    }
    const { getInfo, getService, getDest } = schema.operations;
    switch (commandOf(cursor)) {
      case getInfo.command:
        return [reply(cursor, infoTable, { version: 0x010201, connectionTableSize: 4096 })];
      case getService.command:
        return asked(cursor).map((service) => reply(cursor, messageTable, { service: serviceRow(service) }));
      case getDest.command:
        return asked(cursor).flatMap(({ servers }) =>
          servers.map((server) => reply(cursor, messageTable, { destination: serverRow(server) })),
        );
      default:
        this.changes++;
        return [];
    }
  }
}

function commandOf({ view, start }: MessageCursor): number {
  return view.getUint8(start);
}

/** The service that a request names, all where it names none. */
function asked(cursor: MessageCursor): readonly StandInService[] {
  messageTable.read(cursor.view, cursor.attributes(), cursor.end);
  const span = messageTable.fields.service.value;
  if (span === undefined) return services;
  serviceTable.readSpan(cursor.view, span);
  const { address } = serviceTable.fields;
  return services.filter((service) => service.address.w0 === address.value?.w0);
}

function reply<V>(
  cursor: MessageCursor,
  table: { encode(writer: ByteWriter, value: V): void },
  attributes: V,
): Buffer {
  const writer = new ByteWriter();
  const start = beginRequest(writer, cursor.type, MessageFlag.multi, cursor.sequence);
  table.encode(writer, attributes);
  finishRequest(writer, start, commandOf(cursor), schema.family.version);
  return Buffer.from(writer.written());
}

/** A message with a zero for all it says: an acknowledgement, or the end of a listing. */
function numberMessage(type: number, sequence: number): Buffer {
  const writer = new ByteWriter();
  const start = beginRequest(writer, type, 0, sequence);
  finishRequest(writer, start, 0, 0);
  return Buffer.from(writer.written());
}

function serviceRow({ protocol, address, port }: StandInService): Infer<typeof schema.service> {
  return {
    family: AddressFamily.ipv4,
    protocol,
    address,
    port,
    scheduler: 'wlc',
    flags: 0,
    timeout: 0,
    netmask: everyBit,
    stats: counters,
    stats64: counters,
  };
}

function serverRow({ address, port }: StandInServer): Infer<typeof schema.destination> {
  return {
    ...destinationWith({ address, port }),
    family: AddressFamily.ipv4,
    activeConnections: 0,
    inactiveConnections: 0,
    persistentConnections: 0,
    stats: counters,
    stats64: counters,
  };
}
