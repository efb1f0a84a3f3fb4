import { IpvsClient } from '../../../src/ipvs/client.js';
import { readListing } from '../../../src/ipvs/listing.js';
import { addressService } from '../../../src/ipvs/model.js';
import { openSocket } from '../../../src/netlink/socket-node.js';
import type { NetlinkSocket } from '../../../src/netlink/socket.js';
import { parseAddress } from '../../../src/ipvs/address.js';

// Lists three services, one without servers, while another program deletes the second after the services were read
// and before its servers are. Prints what was listed.

const keys = ['10.0.0.1', '10.0.0.2', '10.0.0.3'].map((text) => {
  const address = parseAddress(text);
  if (address === undefined) throw new TypeError(text);
  return addressService(6, address, 80);
});

const other = await IpvsClient.open();
for (const key of keys) {
  const settings = { scheduler: 'rr', flags: 0, timeout: 0, netmask: 0xffff_ffff, persistenceEngine: '' };
  await other.addService({ ...key, ...settings });
}

/** Does something before the n-th message that is sent. */
function openDisturbed(sends: number, disturb: () => Promise<void>): (protocol: number) => NetlinkSocket {
  return (protocol) => {
    const socket = openSocket(protocol);
    let left = sends;
    return {
      receiveCapacity: socket.receiveCapacity,
      send: async (bytes) => {
        left--;
        if (left === 0) await disturb();
        return socket.send(bytes);
      },
      receive: () => socket.receive(),
      close: () => {
        socket.close();
      },
    };
  };
}

// The family, the kernel's version, the services; then the servers of the first service.
const client = await IpvsClient.open({
  openSocket: openDisturbed(4, async () => {
    const [, second] = keys;
    if (second !== undefined) await other.deleteService(second);
  }),
});
for (const { service } of await readListing(client, { sorted: true })) console.log(String(service.address));
client.close();
other.close();
