import type { IpvsClient } from '../ipvs/client.js';

/** What is needed of the kernel to read and change its table: an `IpvsClient`, or what stands in for one. */
export type Kernel = Pick<
  IpvsClient,
  'serviceConfigs' | 'destinationConfigs' | 'timeouts' | 'daemons' | 'batch'
>;
