import { Table } from '../netlink/attributes.js';
import type { Schema } from '../netlink/codec.js';
import { debugTracer } from '../netlink/debug.js';
import type { Tracer } from '../netlink/tracer.js';
import { info, message, operations } from './schema.js';

/** A tracer for `IpvsClient.open` that writes every message as lines of text, with the names of attributes. */
export function ipvsTracer(write: (line: string) => void): Tracer {
  const messageTable: Table<Schema> = new Table<Schema>(message);
  const infoTable: Table<Schema> = new Table<Schema>(info);
  const names = new Map<number, string>(
    Object.values(operations).map(({ command, label }) => [command, label]),
  );
  return debugTracer(write, (command) => {
    const name = names.get(command);
    if (name === undefined) return undefined;
    return { name, table: command === operations.setInfo.command ? infoTable : messageTable };
  });
}
