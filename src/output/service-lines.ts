import { AddressFamily } from '../ipvs/address.js';
import { blank } from '../ipvs/proc-text.js';
import type { Service } from '../ipvs/model.js';
import { protocolName, serviceProperties } from './classic.js';
import type { TextBuffer } from './text-buffer.js';
import { putEndpoint, putText } from './text-bytes.js';

const protocolWidth = 4;
/** More than a protocol, an address and a port take. */
const nameRoom = 64;

/** Makes the lines of services by IPv4 address in the numeric plain listing. */
export class ServiceLines {
  readonly #text: TextBuffer;
  /** The latest service, and what its line ends with: many services of a table are configured alike. */
  #latest: Service | undefined;
  #properties = Buffer.alloc(0);

  /** Appends to `text`. */
  constructor(text: TextBuffer) {
    this.#text = text;
  }

  /** Appends a service's line; false, and nothing is appended, for one by mark or IPv6 address. */
  put(service: Service): boolean {
    const { family, fwmark, protocol, address, port } = service;
    if (family !== AddressFamily.ipv4 || fwmark !== 0) return false;
    if (this.#latest === undefined || !isConfiguredAs(service, this.#latest)) {
      this.#properties = Buffer.from(` ${serviceProperties(service)}\n`);
      this.#latest = service;
    }
    const text = this.#text;
    text.makeRoom(nameRoom + this.#properties.length);
    const out = text.bytes;
    let to = putText(out, text.length, protocolName(protocol).padEnd(protocolWidth));
    out[to++] = blank;
    to = putEndpoint(out, to, address.w0, port);
    out.set(this.#properties, to);
    text.length = to + this.#properties.length;
    return true;
  }
}

function isConfiguredAs(a: Service, b: Service): boolean {
  return (
    a.scheduler === b.scheduler &&
    a.flags === b.flags &&
    a.timeout === b.timeout &&
    a.netmask === b.netmask &&
    a.persistenceEngine === b.persistenceEngine
  );
}
