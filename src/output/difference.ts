import { Chalk, type ChalkInstance } from 'chalk';
import { AddressFamily, ipv4Text, type IpAddress } from '../ipvs/address.js';
import type { DestinationDifference, ServiceDifference, SettingDifference } from '../ipvs/difference.js';
import {
  Forwarding,
  hostNetmask,
  ServiceFlag,
  TunnelFlag,
  TunnelType,
  type Destination,
  type Service,
  type ServiceKey,
  type SyncDaemon,
  type Timeouts,
} from '../ipvs/model.js';
import { schedulerFlagText } from '../ipvs/scheduler-flags.js';
import { forwardingName } from './classic.js';
import { daemonMembers, destinationMembers, serviceMembers, timeoutsMembers } from './json.js';
import { jsonPieces, type JsonData, type JsonLayout } from './json-text.js';
import { daemonName, destinationName, serviceName } from './plain-names.js';
import { printableText } from './printable-text.js';

/** What can be set, as people read it. */
interface Field<T> {
  readonly label: string;
  readonly text: (item: T) => string;
  /** What goes without saying where a new or removed entry is described. */
  readonly usual?: string;
  /** Described without its label. */
  readonly plain?: true;
}

const none = 'none';
/** Left to the kernel. */
const anything = 'any';

const serviceFields: readonly Field<Service>[] = [
  { label: 'scheduler', text: ({ scheduler }) => printableText(scheduler), plain: true },
  {
    label: 'flags',
    text: ({ flags, scheduler }) => orNone(schedulerFlagText(flags, scheduler)),
    usual: none,
  },
  {
    label: 'persistence',
    text: (service) => (isPersistent(service) ? `${service.timeout} s` : none),
    usual: none,
  },
  { label: 'netmask', text: (service) => (isPersistent(service) ? maskText(service) : none), usual: none },
  { label: 'engine', text: ({ persistenceEngine }) => orNone(printableText(persistenceEngine)), usual: none },
  {
    label: 'one-packet',
    text: ({ flags }) => ((flags & ServiceFlag.onePacket) === 0 ? 'no' : 'yes'),
    usual: 'no',
  },
];

const destinationFields: readonly Field<Destination>[] = [
  { label: 'forwarding', text: ({ forwarding }) => forwardingName(forwarding), plain: true },
  { label: 'tunnel', text: tunnelText, usual: none },
  { label: 'weight', text: ({ weight }) => String(weight) },
  { label: 'upper threshold', text: ({ upperThreshold }) => String(upperThreshold), usual: '0' },
  { label: 'lower threshold', text: ({ lowerThreshold }) => String(lowerThreshold), usual: '0' },
];

function orNone(text: string): string {
  return text === '' ? none : text;
}

function isPersistent({ flags }: Service): boolean {
  return (flags & ServiceFlag.persistent) !== 0;
}

function maskText({ family, netmask }: Service): string {
  if (netmask === hostNetmask(family)) return none;
  return family === AddressFamily.ipv4 ? ipv4Text(netmask) : `/${netmask}`;
}

const tunnelNames: Readonly<Record<number, string | undefined>> = {
  [TunnelType.ipip]: 'ipip',
  [TunnelType.gue]: 'gue',
  [TunnelType.gre]: 'gre',
};

function tunnelText({ forwarding, tunnelType, tunnelPort, tunnelFlags }: Destination): string {
  if (forwarding !== Forwarding.tunnel) return none;
  const words = [tunnelNames[tunnelType] ?? String(tunnelType)];
  if (tunnelType === TunnelType.gue) words.push(`port ${tunnelPort}`);
  if ((tunnelFlags & TunnelFlag.csum) !== 0) words.push('csum');
  if ((tunnelFlags & TunnelFlag.remcsum) !== 0) words.push('remcsum');
  return words.join(' ');
}

function describe<T>(fields: readonly Field<T>[], item: T): string {
  const parts: string[] = [];
  for (const { label, text, usual, plain } of fields) {
    const value = text(item);
    if (value !== usual) parts.push(plain === true ? value : `${label} ${value}`);
  }
  return parts.join(', ');
}

function describeEdit<T>(fields: readonly Field<T>[], before: T, after: T): string {
  const parts: string[] = [];
  for (const { label, text } of fields) {
    const [old, now] = [text(before), text(after)];
    if (old !== now) parts.push(`${label} ${old} -> ${now}`);
  }
  return parts.join(', ');
}

/** All that is different. */
export interface AllDifferences {
  readonly settings: readonly SettingDifference[];
  readonly differences: readonly ServiceDifference[];
}

type Change = 'add' | 'edit' | 'remove';

const signs: Readonly<Record<Change, string>> = { add: '+', edit: '~', remove: '-' };

const plainStyle = new Chalk({ level: 0 });
const colouredStyle = new Chalk({ level: 1 });

function colourOf(style: ChalkInstance, change: Change): ChalkInstance {
  if (change === 'add') return style.green;
  return change === 'edit' ? style.yellow : style.red;
}

function changeOf(before: unknown, after: unknown): Change {
  if (before === undefined) return 'add';
  return after === undefined ? 'remove' : 'edit';
}

const timeoutFields: readonly Field<Timeouts>[] = [
  { label: 'tcp', text: ({ tcp }) => `${tcp} s` },
  { label: 'tcpfin', text: ({ tcpFin }) => `${tcpFin} s` },
  { label: 'udp', text: ({ udp }) => `${udp} s` },
];

const daemonFields: readonly Field<SyncDaemon>[] = [
  { label: 'interface', text: (daemon) => printableText(daemon.interface) },
  { label: 'syncid', text: ({ syncId }) => String(syncId) },
  { label: 'maxlen', text: ({ maxLength }) => textOrAny(maxLength), usual: anything },
  { label: 'group', text: ({ group }) => textOrAny(group), usual: anything },
  { label: 'port', text: ({ port }) => textOrAny(port), usual: anything },
  { label: 'ttl', text: ({ ttl }) => textOrAny(ttl), usual: anything },
];

function textOrAny(value: number | IpAddress | undefined): string {
  return value === undefined ? anything : value.toString();
}

/**
 * Differences as text, a line for each: `+` for what is added, `-` for what is removed, `~` for what is set otherwise,
 * with old and new values. Servers stand below their service; one that is not different itself has a blank before it.
 */
export function differenceText(
  { differences, settings }: AllDifferences,
  { colour }: { readonly colour: boolean },
): string {
  const style = colour ? colouredStyle : plainStyle;
  let text = '';
  for (const difference of settings) text += settingText(difference, style);
  for (const difference of differences) {
    text += serviceText(difference, style);
    for (const destination of difference.destinations) text += destinationText(destination, style);
  }
  return text;
}

function settingText(difference: SettingDifference, style: ChalkInstance): string {
  if (difference.kind === 'timeouts') {
    const values = describeEdit(timeoutFields, difference.before, difference.after);
    return `${style.yellow(`~ timeouts  ${values}`)}\n`;
  }
  const { before, after } = difference;
  const change = changeOf(before, after);
  const values =
    before === undefined ? describe(daemonFields, after) : describeEdit(daemonFields, before, after);
  return `${colourOf(style, change)(`${signs[change]} ${daemonName(after)}  ${values}`)}\n`;
}

function serviceText(difference: ServiceDifference, style: ChalkInstance): string {
  const { service, before, after, serviceChanged } = difference;
  const name = serviceName(service);
  if (!serviceChanged) return `  ${name}\n`;
  const change = changeOf(before, after);
  const values =
    before !== undefined && after !== undefined
      ? describeEdit(serviceFields, before, after)
      : describe(serviceFields, before ?? after ?? notBoth());
  return `${colourOf(style, change)(`${signs[change]} ${name}  ${values}`)}\n`;
}

function destinationText({ before, after }: DestinationDifference, style: ChalkInstance): string {
  const change = changeOf(before, after);
  const values =
    before !== undefined && after !== undefined
      ? describeEdit(destinationFields, asAsked(before, after), asAsked(after, before))
      : describe(destinationFields, before ?? after ?? notBoth());
  const name = destinationName(before ?? after ?? notBoth());
  return `${colourOf(style, change)(`${signs[change]}   ${name}  ${values}`)}\n`;
}

/** A server that the kernel found to be local, with the method that was asked for. */
function asAsked(destination: Destination, other: Destination): Destination {
  return destination.forwarding === Forwarding.local && other.forwarding !== Forwarding.masquerade
    ? { ...destination, forwarding: other.forwarding }
    : destination;
}

function notBoth(): never {
  throw new RangeError('a difference between nothing and nothing');
}

/** Differences as JSON, in pieces: an object for each change, with what was and what will be. */
export function differenceJson(all: AllDifferences, layout: JsonLayout): Generator<string, void, undefined> {
  return jsonPieces({}, 'changes', changeMembers(all), layout);
}

function* changeMembers({ differences, settings }: AllDifferences): Generator<JsonData, void, undefined> {
  for (const setting of settings) yield settingChange(setting);
  for (const { service, before, after, serviceChanged, destinations } of differences) {
    if (serviceChanged) {
      yield {
        change: changeOf(before, after),
        entry: 'service',
        service: serviceName(service),
        before: before === undefined ? undefined : serviceMembers(before),
        after: after === undefined ? undefined : serviceMembers(after),
      };
    }
    for (const destination of destinations) yield destinationChange(service, destination);
  }
}

function destinationChange(service: ServiceKey, { before, after }: DestinationDifference): JsonData {
  return {
    change: changeOf(before, after),
    entry: 'destination',
    service: serviceName(service),
    before: before === undefined ? undefined : destinationMembers(before, service),
    after: after === undefined ? undefined : destinationMembers(after, service),
  };
}

function settingChange(difference: SettingDifference): JsonData {
  if (difference.kind === 'timeouts') {
    const { before, after } = difference;
    return {
      change: 'edit',
      entry: 'timeouts',
      before: timeoutsMembers(before),
      after: timeoutsMembers(after),
    };
  }
  const { before, after } = difference;
  return {
    change: changeOf(before, after),
    entry: 'daemon',
    before: before === undefined ? undefined : daemonMembers(before),
    after: daemonMembers(after),
  };
}

const changeWords: Readonly<Record<Change, string>> = { add: 'added', edit: 'edited', remove: 'removed' };

/** How much was changed, as a sentence. */
export function changesSummary({ differences, settings }: AllDifferences): string {
  const services = counter('service', 'services');
  const servers = counter('server', 'servers');
  const others = counter('setting', 'settings');
  for (const { before, after, serviceChanged, destinations } of differences) {
    if (serviceChanged) services.count(changeOf(before, after));
    for (const destination of destinations) servers.count(changeOf(destination.before, destination.after));
  }
  for (const { before, after } of settings) others.count(changeOf(before, after));
  const parts = [services, servers, others].flatMap((kind) => kind.parts());
  return parts.length === 0 ? 'Nothing to change.' : `${parts.join(', ')}.`;
}

/** Counts changes of one kind of entry. */
function counter(one: string, many: string): { count(change: Change): void; parts(): string[] } {
  const counts: Record<Change, number> = { add: 0, edit: 0, remove: 0 };
  return {
    count: (change) => {
      counts[change]++;
    },
    parts: () =>
      (['add', 'edit', 'remove'] as const)
        .filter((change) => counts[change] > 0)
        .map((change) => `${counts[change]} ${counts[change] === 1 ? one : many} ${changeWords[change]}`),
  };
}
