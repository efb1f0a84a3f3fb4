import { readdirSync } from 'node:fs';
import { IpvsClient, type OpenOptions } from '../../ipvs/client.js';
import type { DestinationEntry, ServiceEntry, ServiceKey } from '../../ipvs/model.js';
import { isIpvsLoaded } from '../../ipvs/module.js';
import { IpvsadmError } from '../../netlink/errors.js';

/** Servers are sought in so many services at most: a completion has to be there at once. */
const mostServices = 500;

/** What the system has at this moment. Where it can't be asked, or the caller may not, there is nothing. */
export interface LiveTable {
  services(): Promise<readonly ServiceEntry[]>;
  /** The servers of a service, or those of all. */
  servers(service?: ServiceKey): Promise<readonly { service: ServiceKey; destination: DestinationEntry }[]>;
  interfaces(): readonly string[];
}

/** Asks the kernel when needed, without loading its module. */
export class KernelTable implements LiveTable {
  readonly #options: OpenOptions;
  #client: Promise<IpvsClient | undefined> | undefined;

  constructor(options: OpenOptions) {
    this.#options = { ...options, loadModule: () => Promise.resolve() };
  }

  async services(): Promise<readonly ServiceEntry[]> {
    return this.#ask((client) => client.services());
  }

  async servers(
    service?: ServiceKey,
  ): Promise<readonly { service: ServiceKey; destination: DestinationEntry }[]> {
    const services = service === undefined ? (await this.services()).slice(0, mostServices) : [service];
    const servers: { service: ServiceKey; destination: DestinationEntry }[] = [];
    for (const key of services) {
      const destinations = await this.#ask((client) => client.destinations(key));
      for (const destination of destinations) servers.push({ service: key, destination });
    }
    return servers;
  }

  interfaces(): readonly string[] {
    try {
      return readdirSync('/sys/class/net');
    } catch {
      return [];
    }
  }

  async close(): Promise<void> {
    (await this.#client)?.close();
  }

  async #ask<T>(question: (client: IpvsClient) => Promise<readonly T[]>): Promise<readonly T[]> {
    this.#client ??= isIpvsLoaded() ? IpvsClient.open(this.#options).catch(nothingKnown) : nothing;
    const client = await this.#client;
    return client === undefined ? [] : ((await question(client).catch(nothingKnown)) ?? []);
  }
}

const nothing = Promise.resolve(undefined);

function nothingKnown(error: unknown): undefined {
  if (!(error instanceof IpvsadmError)) throw error;
  return undefined;
}
