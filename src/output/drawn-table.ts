import { Chalk, type ChalkInstance } from 'chalk';
import Table from 'cli-table3';
import { AddressFamily } from '../ipvs/address.js';
import type { ListedService } from '../ipvs/listing.js';
import type { DestinationEntry, ServiceEntry, Stats } from '../ipvs/model.js';
import {
  counter,
  forwardingName,
  protocolName,
  serviceProperties,
  tunnelText,
  type classicFormats,
} from './classic.js';
import { endpointText, type EntryNames } from './entry-names.js';

export interface DrawnOptions {
  /** Which columns: those of this classic listing. */
  readonly format: keyof typeof classicFormats;
  readonly names: EntryNames;
  /** Counters in full instead of in thousands, millions and so on. */
  readonly exact: boolean;
  readonly colour: boolean;
}

/** A column of numbers or words; `service` is what stands in the line of a service. */
interface Column {
  readonly title: string;
  readonly alignLeft?: true;
  readonly server: (entry: DestinationEntry, exact: boolean) => string | number;
  readonly service?: (entry: ServiceEntry, exact: boolean) => string;
}

const forward: Column = {
  title: 'Forward',
  alignLeft: true,
  server: ({ forwarding }) => forwardingName(forwarding),
};
const weight: Column = { title: 'Weight', server: (entry) => entry.weight };
const active: Column = { title: 'Active', server: (entry) => entry.activeConnections };
const inactive: Column = { title: 'Inactive', server: (entry) => entry.inactiveConnections };

function statsColumn(title: string, key: keyof Stats): Column {
  const text = ({ stats }: ServiceEntry | DestinationEntry, exact: boolean): string =>
    counter(stats[key], exact).trim();
  return { title, server: text, service: text };
}

const columnsByFormat: Readonly<Record<keyof typeof classicFormats, readonly Column[]>> = {
  plain: [forward, weight, active, inactive],
  stats: [
    statsColumn('Conns', 'connections'),
    statsColumn('InPkts', 'inPackets'),
    statsColumn('OutPkts', 'outPackets'),
    statsColumn('InBytes', 'inBytes'),
    statsColumn('OutBytes', 'outBytes'),
  ],
  rate: [
    statsColumn('CPS', 'connectionRate'),
    statsColumn('InPPS', 'inPacketRate'),
    statsColumn('OutPPS', 'outPacketRate'),
    statsColumn('InBPS', 'inByteRate'),
    statsColumn('OutBPS', 'outByteRate'),
  ],
  thresholds: [
    { title: 'Upper', server: (entry) => entry.upperThreshold },
    { title: 'Lower', server: (entry) => entry.lowerThreshold },
    active,
    inactive,
  ],
  'persistent-conn': [
    weight,
    { title: 'Persistent', server: (entry) => entry.persistentConnections },
    active,
    inactive,
  ],
  'tun-info': [forward, { title: 'Tunnel', alignLeft: true, server: tunnelText }, weight, active, inactive],
};

const plainStyle = new Chalk({ level: 0 });
const colouredStyle = new Chalk({ level: 1 });

/** The table of services and servers, drawn for people. */
export function drawnTable(entries: readonly ListedService[], options: DrawnOptions): string {
  const columns = columnsByFormat[options.format];
  const style = options.colour ? colouredStyle : plainStyle;
  const titles = ['Service and servers', ...columns.map(({ title }) => title), 'State'];
  const table = new Table({
    head: titles.map((title) => style.bold(title)),
    colAligns: ['left', ...columns.map(({ alignLeft }) => (alignLeft === true ? 'left' : 'right')), 'left'],
    style: { head: [], border: [], compact: true },
  });
  for (const { service, destinations } of entries) {
    table.push(serviceRow(service, destinations.length, columns, style, options));
    for (const destination of destinations) {
      table.push(serverRow(destination, service, columns, style, options));
    }
  }
  return `${table.toString()}\n`;
}

function serviceRow(
  service: ServiceEntry,
  servers: number,
  columns: readonly Column[],
  style: ChalkInstance,
  { names, exact }: DrawnOptions,
): Table.Cell[] {
  const name = style.bold(serviceName(service, names));
  const state = servers === 0 ? style.yellow('no servers') : '';
  if (columns.every((column) => column.service === undefined)) {
    return [{ content: `${name}  ${serviceProperties(service)}`, colSpan: columns.length + 1 }, state];
  }
  return [name, ...columns.map((column) => column.service?.(service, exact) ?? ''), state];
}

function serverRow(
  destination: DestinationEntry,
  { protocol }: ServiceEntry,
  columns: readonly Column[],
  style: ChalkInstance,
  { names, exact }: DrawnOptions,
): Table.Cell[] {
  const { text, colour } = serverState(destination, style);
  const name = `  ${endpointText(destination.address, destination.port, protocol, names)}`;
  return [name, ...columns.map((column) => String(column.server(destination, exact))), text].map((cell) =>
    colour(cell),
  );
}

interface State {
  readonly text: string;
  readonly colour: (text: string) => string;
}

/** What keeps new connections from a server: its weight, or as many connections as it may have. */
function serverState(destination: DestinationEntry, style: ChalkInstance): State {
  const { upperThreshold, activeConnections, inactiveConnections } = destination;
  if (upperThreshold !== 0 && activeConnections + inactiveConnections >= upperThreshold) {
    return { text: 'over threshold', colour: style.red };
  }
  if (destination.weight === 0) return { text: 'weight 0', colour: style.yellow };
  return { text: '', colour: (text) => text };
}

function serviceName(service: ServiceEntry, names: EntryNames): string {
  if (service.fwmark !== 0) {
    return `FWM ${service.fwmark}${service.family === AddressFamily.ipv6 ? ' IPv6' : ''}`;
  }
  const { address, port, protocol } = service;
  return `${protocolName(protocol)} ${endpointText(address, port, protocol, names)}`;
}
