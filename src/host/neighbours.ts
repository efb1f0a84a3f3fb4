import { setTimeout as delay } from 'node:timers/promises';
import type { IpAddress } from '../ipvs/address.js';
import { Table } from '../netlink/attributes.js';
import { bytes } from '../netlink/codec.js';
import { routeQuestions, type RouteNetlink } from '../netlink/route.js';
import { littleEndian } from '../netlink/writer.js';
import { addressOfBytes } from './address-bytes.js';

/** An address of a link that the kernel has asked for (ARP, neighbour discovery). */
export interface Neighbour {
  readonly address: IpAddress;
  /** Index of the interface. */
  readonly interface: number;
  /** Whether nobody answered. */
  readonly failed: boolean;
}

// `NUD_INCOMPLETE`, `NUD_FAILED` and `NDA_DST` in linux/neighbour.h.
const incompleteState = 0x01;
const failedState = 0x20;
const neighbour = new Table({ destination: [1, bytes] });

/** So long a neighbour has to answer, in milliseconds. The kernel itself asks three times, a second apart. */
const answerTime = 1500;

/**
 * The neighbours that the kernel knows. While packets go to one that does not answer, the kernel keeps asking: where
 * it is doing so, it is looked at again a little later. Throws what {@link RouteNetlink} throws.
 */
export async function readNeighbours(netlink: RouteNetlink): Promise<Neighbour[]> {
  const first = await listNeighbours(netlink);
  const asked = first.filter(({ state }) => (state & incompleteState) !== 0);
  if (asked.length === 0) return first.map(neighbourOf);
  await delay(answerTime);
  const still = new Set(asked.map(placeOf));
  return (await listNeighbours(netlink)).map((entry) => {
    const unanswered = (entry.state & incompleteState) !== 0 && still.has(placeOf(entry));
    return { ...neighbourOf(entry), ...(unanswered ? { failed: true } : {}) };
  });
}

interface NeighbourEntry {
  readonly address: IpAddress;
  readonly interface: number;
  readonly state: number;
}

function neighbourOf({ address, interface: index, state }: NeighbourEntry): Neighbour {
  return { address, interface: index, failed: (state & failedState) !== 0 };
}

function placeOf({ address, interface: index }: NeighbourEntry): string {
  return `${address.toString()} ${index}`;
}

async function listNeighbours(netlink: RouteNetlink): Promise<NeighbourEntry[]> {
  const entries = await netlink.list(
    routeQuestions.neighbour,
    () => undefined,
    (view, header, attributes, end) => {
      neighbour.read(view, attributes, end);
      return {
        address: addressOfBytes(neighbour.fields.destination.value),
        interface: view.getInt32(header + 4, littleEndian),
        state: view.getUint16(header + 8, littleEndian),
      };
    },
  );
  return entries.flatMap(({ address, ...entry }) => (address === undefined ? [] : [{ address, ...entry }]));
}
