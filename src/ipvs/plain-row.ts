import type { Places } from '../netlink/forms.js';
import { littleEndian } from '../netlink/writer.js';
import { AddressFamily } from './address.js';
import { DestinationRow } from './destination-rows.js';
import { destinationPaths } from './formed.js';
import { TunnelType, type DestinationState } from './model.js';
import { decodeDestinationState } from './wire.js';

/** How a server is configured: IPv4, without thresholds and options of a tunnel. */
export class PlainRow extends DestinationRow<DestinationState, keyof typeof destinationPaths> {
  readonly paths = destinationPaths;
  forwarding = 0;
  weight = 0;

  read(view: DataView, start: number, places: Places<keyof typeof destinationPaths>): boolean {
    if (view.getUint16(start + places.family, littleEndian) !== AddressFamily.ipv4) return false;
    if (view.getUint32(start + places.upperThreshold) !== 0) return false;
    if (view.getUint32(start + places.lowerThreshold) !== 0) return false;
    if (view.getUint8(start + places.tunnelType) !== TunnelType.ipip) return false;
    if (view.getUint16(start + places.tunnelPort) !== 0) return false;
    if (view.getUint16(start + places.tunnelFlags) !== 0) return false;
    this.w0 = view.getUint32(start + places.address);
    this.port = view.getUint16(start + places.port);
    this.forwarding = view.getUint32(start + places.forwarding, littleEndian);
    this.weight = view.getInt32(start + places.weight, littleEndian);
    return true;
  }

  decode(view: DataView, start: number, end: number, family: AddressFamily): DestinationState {
    return decodeDestinationState(view, start, end, family);
  }
}
