import { AddressFamily, IpAddress } from '../ipvs/address.js';
import { largestPort } from '../ipvs/limits.js';
import {
  addressService,
  Forwarding,
  hostNetmask,
  Protocol,
  TunnelType,
  type ServiceKey,
} from '../ipvs/model.js';
import type { Invocation } from './invocation.js';
import { destinationPort } from './values.js';

const zero = 0x30;
const nine = 0x39;
const space = 0x20;
const lowerA = 0x61;
const lowerZ = 0x7a;
const longestScheduler = 15;
const largestWeight = 999_999_999;

const protocolByLetter: Readonly<Record<string, Protocol | undefined>> = {
  t: Protocol.tcp,
  u: Protocol.udp,
};
const forwardingByLetter: Readonly<Record<string, number | undefined>> = {
  g: Forwarding.route,
  i: Forwarding.tunnel,
  m: Forwarding.masquerade,
};

/** A service, and the text that named it. */
interface KnownService {
  readonly protocol: Protocol;
  readonly text: string;
  readonly key: ServiceKey;
}

/** Rules name the same service line after line. */
let latestService: KnownService | undefined;

/**
 * Reads a line of the two forms that saved rules mostly have, by IPv4 address, as `parseCommandLine` reads its words,
 * in a fraction of the time and without the strings of its parts. Undefined for every other line and for those with a
 * mistake:
 *
 *     -A -t|-u ADDRESS:PORT -s SCHEDULER
 *     -a -t|-u ADDRESS:PORT -r ADDRESS:PORT -g|-i|-m -w WEIGHT
 */
export function parseCommonRule(line: string): Invocation | undefined {
  const isServer = line.startsWith('-a -');
  if (!isServer && !line.startsWith('-A -')) return undefined;
  const protocol = protocolByLetter[line.charAt(4)];
  if (protocol === undefined || line.charCodeAt(5) !== space) return undefined;
  return new CommonRule(line).read(protocol, isServer);
}

class CommonRule {
  readonly #line: string;
  /** The place of the next character; beyond the line after what does not belong there. */
  #at = 6;

  constructor(line: string) {
    this.#line = line;
  }

  read(protocol: Protocol, isServer: boolean): Invocation | undefined {
    const service = this.#service(protocol);
    if (service === undefined) return undefined;
    return isServer ? this.#addServer(service) : this.#addService(service);
  }

  #addService(key: ServiceKey): Invocation | undefined {
    this.#skip(' -s ');
    const scheduler = this.#line.slice(this.#at);
    if (key.port === 0 || !isSchedulerName(scheduler)) return undefined;
    const netmask = hostNetmask(key.family);
    const service = { ...key, scheduler, flags: 0, timeout: 0, netmask, persistenceEngine: '' };
    return { command: 'add-service', service };
  }

  #addServer(service: ServiceKey): Invocation | undefined {
    this.#skip(' -r ');
    const word = this.#dotted();
    this.#skip(':');
    const port = this.#number(largestPort);
    this.#skip(' -');
    const forwarding = forwardingByLetter[this.#line.charAt(this.#at++)];
    this.#skip(' -w ');
    const weight = this.#number(largestWeight);
    if (forwarding === undefined || this.#at !== this.#line.length) return undefined;
    return {
      command: 'add-server',
      service,
      destination: {
        address: new IpAddress(AddressFamily.ipv4, word),
        port: destinationPort(service, forwarding, port),
        forwarding,
        weight,
        upperThreshold: 0,
        lowerThreshold: 0,
        tunnelType: TunnelType.ipip,
        tunnelPort: 0,
        tunnelFlags: 0,
      },
    };
  }

  /** `ADDRESS:PORT` up to a blank. */
  #service(protocol: Protocol): ServiceKey | undefined {
    const line = this.#line;
    const start = this.#at;
    if (latestService?.protocol === protocol && line.startsWith(latestService.text, start)) {
      this.#at = start + latestService.text.length;
      if (line.charCodeAt(this.#at) === space) return latestService.key;
      this.#at = start;
    }
    const word = this.#dotted();
    this.#skip(':');
    const port = this.#number(largestPort);
    if (line.charCodeAt(this.#at) !== space) return undefined;
    const key = addressService(protocol, new IpAddress(AddressFamily.ipv4, word), port);
    latestService = { protocol, text: line.slice(start, this.#at), key };
    return key;
  }

  #skip(text: string): void {
    if (this.#line.startsWith(text, this.#at)) this.#at += text.length;
    else this.#fail();
  }

  /** A dotted IPv4 address of four decimal parts. */
  #dotted(): number {
    let word = this.#number(255);
    for (let part = 1; part < 4; part++) {
      this.#skip('.');
      word = word * 256 + this.#number(255);
    }
    return word;
  }

  /** A decimal number without leading zeros. */
  #number(highest: number): number {
    const line = this.#line;
    const start = this.#at;
    let at = start;
    let value = 0;
    for (let code = line.charCodeAt(at); code >= zero && code <= nine; code = line.charCodeAt(++at)) {
      value = value * 10 + code - zero;
      if (value > highest) return this.#fail();
    }
    if (at === start || (at > start + 1 && line.charCodeAt(start) === zero)) return this.#fail();
    this.#at = at;
    return value;
  }

  #fail(): number {
    this.#at = this.#line.length + 1;
    return 0;
  }
}

function isSchedulerName(text: string): boolean {
  if (text.length === 0 || text.length > longestScheduler) return false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < lowerA || code > lowerZ) return false;
  }
  return true;
}
