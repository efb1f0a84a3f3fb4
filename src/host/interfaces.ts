import type { IpAddress } from '../ipvs/address.js';
import { Table } from '../netlink/attributes.js';
import { bytes, cstring, nested, u32 } from '../netlink/codec.js';
import { routeQuestions, type RouteNetlink } from '../netlink/route.js';
import { littleEndian } from '../netlink/writer.js';
import { addressOfBytes } from './address-bytes.js';

/** An address that an interface has. */
interface InterfaceAddress {
  readonly address: IpAddress;
  readonly prefix: number;
}

/** A network interface. */
export interface Interface {
  readonly index: number;
  readonly name: string;
  readonly mtu: number;
  /** Whether it is switched on; whether it has a link partner is another thing. */
  readonly up: boolean;
  readonly loopback: boolean;
  /** The kind of a virtual interface, as `ip -d link` calls it: `ipip`, `dummy`, …; empty for others. */
  readonly kind: string;
  readonly addresses: readonly InterfaceAddress[];
}

// `IFF_UP` and `IFF_LOOPBACK` in linux/if.h.
const upFlag = 0x1;
const loopbackFlag = 0x8;
// `RTEXT_FILTER_SKIP_STATS` in linux/rtnetlink.h.
const withoutStatistics = 1 << 3;

// `IFLA_*` in linux/if_link.h.
const linkQuestion = new Table({ extendedMask: [29, u32] });
const link = new Table({
  name: [3, cstring(64)],
  mtu: [4, u32],
  info: [18, nested({ kind: [1, cstring(64)] })],
});
const linkInfo = link.child('info');

// `IFA_*` in linux/if_addr.h. Of a link with a partner `address` is the partner's.
const addressTable = new Table({ address: [1, bytes], local: [2, bytes] });

/** Every interface of this network namespace with its addresses. Throws what {@link RouteNetlink} throws. */
export async function readInterfaces(netlink: RouteNetlink): Promise<Interface[]> {
  const addresses = new Map<number, InterfaceAddress[]>();
  const links = await netlink.list(
    routeQuestions.link,
    (writer) => {
      linkQuestion.encode(writer, { extendedMask: withoutStatistics });
    },
    decodeLink,
  );
  for (const { index, ...entry } of await netlink.list(
    routeQuestions.address,
    () => undefined,
    decodeAddress,
  )) {
    const { address, prefix } = entry;
    if (address === undefined) continue;
    const list = addresses.get(index) ?? [];
    list.push({ address, prefix });
    addresses.set(index, list);
  }
  return links.map((entry) => ({ ...entry, addresses: addresses.get(entry.index) ?? [] }));
}

function decodeLink(
  view: DataView,
  header: number,
  attributes: number,
  end: number,
): Omit<Interface, 'addresses'> {
  link.read(view, attributes, end);
  const { name, mtu, info } = link.fields;
  let kind = '';
  if (info.value !== undefined) {
    linkInfo.readSpan(view, info.value);
    kind = linkInfo.fields.kind.value ?? '';
  }
  const flags = view.getUint32(header + 8, littleEndian);
  return {
    index: view.getInt32(header + 4, littleEndian),
    name: name.required(),
    mtu: mtu.value ?? 0,
    up: (flags & upFlag) !== 0,
    loopback: (flags & loopbackFlag) !== 0,
    kind,
  };
}

function decodeAddress(
  view: DataView,
  header: number,
  attributes: number,
  end: number,
): { index: number; prefix: number; address: IpAddress | undefined } {
  addressTable.read(view, attributes, end);
  const { address, local } = addressTable.fields;
  return {
    index: view.getUint32(header + 4, littleEndian),
    prefix: view.getUint8(header + 1),
    address: addressOfBytes(local.value ?? address.value),
  };
}
