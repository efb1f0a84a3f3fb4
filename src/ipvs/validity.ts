import {
  Forwarding,
  Protocol,
  ServiceFlag,
  type Destination,
  type Service,
  type ServiceKey,
} from './model.js';

/** What is wrong, and the property that is to be blamed. */
export interface Trouble<Property extends string> {
  readonly property: Property;
  readonly reason: string;
}

/** What keeps a service from being one whatever the kernel is asked, in the words of ipvsadm 1.31. */
export function serviceTrouble(service: Service): Trouble<'port' | 'flags'> | undefined {
  const { fwmark, port, protocol, flags } = service;
  if (fwmark !== 0) return undefined;
  if (port === 0 && (flags & ServiceFlag.persistent) === 0) {
    return { property: 'port', reason: 'Zero port specified for non-persistent service' };
  }
  if ((flags & ServiceFlag.onePacket) !== 0 && protocol !== Protocol.udp) {
    return { property: 'flags', reason: 'One-Packet Scheduling is only for UDP virtual services' };
  }
  return undefined;
}

/** What keeps a server from being one of this service, in the words of ipvsadm 1.31. */
export function destinationTrouble(
  service: ServiceKey,
  destination: Pick<Destination, 'address' | 'forwarding'>,
): Trouble<'address'> | undefined {
  return destination.address.family !== service.family && destination.forwarding !== Forwarding.tunnel
    ? {
        property: 'address',
        reason: 'Different address family is allowed only for tunneling servers',
      }
    : undefined;
}

/** What the kernel refuses of thresholds: also a lower one without an upper one. */
export function thresholdTrouble({
  upperThreshold,
  lowerThreshold,
}: Pick<Destination, 'upperThreshold' | 'lowerThreshold'>): Trouble<'lowerThreshold'> | undefined {
  return lowerThreshold > upperThreshold
    ? {
        property: 'lowerThreshold',
        reason: `the lower threshold ${lowerThreshold} is above the upper one, ${upperThreshold}`,
      }
    : undefined;
}
