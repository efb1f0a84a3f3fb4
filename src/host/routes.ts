import type { IpAddress } from '../ipvs/address.js';
import { AddressFamily } from '../ipvs/address.js';
import { Table } from '../netlink/attributes.js';
import { bytes, nested, u32 } from '../netlink/codec.js';
import { NetlinkError } from '../netlink/errors.js';
import { routeQuestions, type RouteNetlink } from '../netlink/route.js';
import { addressBytes, addressOfBytes } from './address-bytes.js';

/** Where the kernel would send a packet. */
export interface Route {
  /** Whether it would keep it for itself. */
  readonly local: boolean;
  /** Index of the interface it would leave by. */
  readonly interface: number;
  /** The router it would be given to, if not to its destination. */
  readonly gateway: IpAddress | undefined;
  /** The address it would come from if nobody says otherwise. */
  readonly source: IpAddress | undefined;
  /** MTU of the route in bytes where it differs from the interface's. */
  readonly mtu: number | undefined;
}

/**
 * Why there is no route: the name of an error number, as `ENETUNREACH`. For a packet that comes in, `EXDEV` (newer
 * kernels: `EINVAL`) where its source is refused.
 */
export interface NoRoute {
  readonly refusal: string;
}

// `RTN_UNICAST` and `RTN_LOCAL` in linux/rtnetlink.h.
const unicast = 1;
const local = 2;

// `RTA_*` in linux/rtnetlink.h, and `RTAX_MTU` within the metrics.
const route = new Table({
  destination: [1, bytes],
  source: [2, bytes],
  input: [3, u32],
  output: [4, u32],
  gateway: [5, bytes],
  preferredSource: [7, bytes],
  metrics: [8, nested({ mtu: [2, u32] })],
});
const metrics = route.child('metrics');

/** Asks the kernel for its route to an address. Throws what {@link RouteNetlink} throws, but for refusals. */
export async function lookUpRoute(netlink: RouteNetlink, destination: IpAddress): Promise<Route | NoRoute> {
  return ask(netlink, destination, { destination: addressBytes(destination) });
}

/**
 * Asks the kernel what it would do with a packet that comes in by an interface. IPv4 only: the kernel then checks the
 * packet's source too (`rp_filter`).
 */
export async function lookUpInputRoute(
  netlink: RouteNetlink,
  source: IpAddress,
  destination: IpAddress,
  input: number,
): Promise<Route | NoRoute> {
  return ask(netlink, destination, {
    destination: addressBytes(destination),
    source: addressBytes(source),
    input,
  });
}

async function ask(
  netlink: RouteNetlink,
  destination: IpAddress,
  attributes: {
    readonly destination: Uint8Array;
    readonly source?: Uint8Array;
    readonly input?: number;
  },
): Promise<Route | NoRoute> {
  try {
    return await netlink.one(
      routeQuestions.route,
      (writer, header) => {
        const bits = destination.family === AddressFamily.ipv4 ? 32 : 128;
        writer.view.setUint8(header, destination.family);
        writer.view.setUint8(header + 1, bits);
        if (attributes.source !== undefined) writer.view.setUint8(header + 2, bits);
        route.encode(writer, attributes);
      },
      decodeRoute,
    );
  } catch (error) {
    if (!(error instanceof NetlinkError)) throw error;
    return { refusal: error.code };
  }
}

function decodeRoute(view: DataView, header: number, attributes: number, end: number): Route | NoRoute {
  const type = view.getUint8(header + 7);
  if (type !== unicast && type !== local) return { refusal: 'EHOSTUNREACH' };
  route.read(view, attributes, end);
  const { output, gateway, preferredSource, metrics: span } = route.fields;
  let mtu: number | undefined;
  if (span.value !== undefined) {
    metrics.readSpan(view, span.value);
    mtu = metrics.fields.mtu.value;
  }
  return {
    local: type === local,
    interface: output.value ?? 0,
    gateway: addressOfBytes(gateway.value),
    source: addressOfBytes(preferredSource.value),
    mtu,
  };
}
