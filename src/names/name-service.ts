import { parseIpv4, type IpAddress } from '../ipvs/address.js';
import { parseHostsFile } from './hosts-file.js';
import { UnresolvedHost, type NameLookup } from './lookup.js';
import { ServicesDatabase } from './services-database.js';

/** How long to wait for names in all, in milliseconds; what has no name by then is printed as a number. */
export const reverseLookupBound = 4000;
/** How long one question to a name server may take, in milliseconds, and how often it is asked. */
const questionTimeout = 1500;
const questionTries = 2;
/** Questions to the name server under way at once. */
const concurrentQuestions = 64;

/** What a name may consist of: anything else from a name server or a file could disturb a terminal. */
const printableName = /^[A-Za-z0-9._-]+$/;

/**
 * Host and port names both ways, from `/etc/hosts`, DNS and `/etc/services`. Each file is read once, when first
 * needed; each name is asked for once.
 */
export class NameService implements NameLookup {
  readonly #addresses = new Map<string, readonly IpAddress[]>();
  readonly #hosts = new Map<string, string | undefined>();
  #services: ServicesDatabase | undefined;

  hostAddress(name: string): IpAddress | undefined {
    const addresses = this.#addresses.get(name);
    if (addresses === undefined) throw new UnresolvedHost(name);
    return addresses[0];
  }

  /** The IPv4 address of a host that has just one, as far as {@link resolveHosts} knows. */
  soleAddress(name: string): IpAddress | undefined {
    const addresses = this.#addresses.get(name);
    return addresses?.length === 1 ? addresses[0] : undefined;
  }

  servicePort(name: string, protocol: number): number | undefined {
    return this.#servicesDatabase().port(name, protocol);
  }

  portName(port: number, protocol: number): string | undefined {
    return this.#servicesDatabase().name(port, protocol);
  }

  hostName(address: IpAddress): string | undefined {
    return this.#hosts.get(address.toString());
  }

  /** Looks up the IPv4 addresses of each host, all at once; {@link hostAddress} knows the first afterwards. */
  async resolveHosts(names: Iterable<string>): Promise<void> {
    const { lookup } = await import('node:dns/promises');
    await Promise.all(
      Array.from(names, async (name) => {
        this.#addresses.set(name, []);
        // Bun takes it for this machine; no host is called so.
        if (name === '*') return;
        try {
          const found = await lookup(name, { family: 4, all: true });
          const addresses = found.map(({ address }) => parseIpv4(address));
          this.#addresses.set(
            name,
            addresses.filter((address) => address !== undefined),
          );
        } catch {
          // No such host: the command line says so in its own words.
        }
      }),
    );
  }

  /**
   * Looks up the names of addresses, each once, many at once, in bounded time; {@link hostName} knows them
   * afterwards.
   */
  async resolveAddresses(addresses: Iterable<IpAddress>): Promise<void> {
    const known = parseHostsFile(readText('/etc/hosts'));
    const unknown: string[] = [];
    for (const address of addresses) {
      const text = address.toString();
      if (this.#hosts.has(text)) continue;
      const name = known.get(text);
      this.#hosts.set(text, name !== undefined && printableName.test(name) ? name : undefined);
      if (name === undefined) unknown.push(text);
    }
    if (unknown.length > 0) await this.#askNameServers(unknown);
  }

  async #askNameServers(addresses: readonly string[]): Promise<void> {
    const { Resolver } = await import('node:dns/promises');
    const resolver = new Resolver({ timeout: questionTimeout, tries: questionTries });
    const bound = setTimeout(() => {
      resolver.cancel();
      next = addresses.length;
    }, reverseLookupBound);
    let next = 0;
    const askInTurn = async (): Promise<void> => {
      for (let address = addresses[next++]; address !== undefined; address = addresses[next++]) {
        const name = await resolver.reverse(address).then(
          ([first]) => first,
          () => undefined,
        );
        if (name !== undefined && printableName.test(name)) this.#hosts.set(address, name);
      }
    };
    await Promise.all(Array.from({ length: Math.min(concurrentQuestions, addresses.length) }, askInTurn));
    clearTimeout(bound);
  }

  #servicesDatabase(): ServicesDatabase {
    this.#services ??= new ServicesDatabase(readText('/etc/services'));
    return this.#services;
  }
}

function readText(path: string): string {
  try {
    return process.getBuiltinModule('node:fs').readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
