import { Protocol } from '../ipvs/model.js';

const protocolNumbers: ReadonlyMap<string, number> = new Map(Object.entries(Protocol));

/** Ports by name and names by port, as `services(5)` has them; names include the aliases. */
export class ServicesDatabase {
  readonly #ports = new Map<string, number>();
  readonly #names = new Map<string, string>();

  /** Reads the text of a services database; lines that make no sense are passed over. */
  constructor(text: string) {
    for (const line of text.split('\n')) {
      const [name, portAndProtocol, ...aliases] = (line.split('#', 1)[0] ?? '').trim().split(/[ \t]+/);
      const match = /^([0-9]+)\/(.+)$/.exec(portAndProtocol ?? '');
      const protocol = match?.[2] === undefined ? undefined : protocolNumbers.get(match[2]);
      if (name === undefined || match === null || protocol === undefined) continue;
      const port = Number(match[1]);
      if (!this.#names.has(`${port}/${protocol}`)) this.#names.set(`${port}/${protocol}`, name);
      for (const known of [name, ...aliases]) {
        if (!this.#ports.has(`${known}/${protocol}`)) this.#ports.set(`${known}/${protocol}`, port);
      }
    }
  }

  /** The port of a service by name or alias, for an IP protocol number. */
  port(name: string, protocol: number): number | undefined {
    return this.#ports.get(`${name}/${protocol}`);
  }

  /** The first name of a port, for an IP protocol number. */
  name(port: number, protocol: number): string | undefined {
    return this.#names.get(`${port}/${protocol}`);
  }
}
