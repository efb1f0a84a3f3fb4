/** A line of `-L --stats` or `-L --rate`, of a service or of one of its servers. */
interface CounterLine {
  /** As printed: `TCP 203.0.113.10:80`, `FWM 5`, or a server's address. */
  readonly name: string;
  readonly connections: number;
  readonly inPackets: number;
  readonly outPackets: number;
  readonly inBytes: number;
  readonly outBytes: number;
}

export interface ServiceCounters extends CounterLine {
  readonly servers: readonly CounterLine[];
}

/** Reads a listing of counters, without its three lines of head. */
export function readCounters(text: string): ServiceCounters[] {
  const services: (CounterLine & { readonly servers: CounterLine[] })[] = [];
  for (const line of text.split('\n').slice(3)) {
    const words = line.trim().split(/ +/);
    const [connections, inPackets, outPackets, inBytes, outBytes] = words.slice(-5).map(Number);
    if (connections === undefined || inPackets === undefined || outPackets === undefined) continue;
    if (inBytes === undefined || outBytes === undefined) continue;
    const isServer = words[0] === '->';
    const name = words.slice(isServer ? 1 : 0, -5).join(' ');
    const counters = { name, connections, inPackets, outPackets, inBytes, outBytes };
    if (isServer) services.at(-1)?.servers.push(counters);
    else services.push({ ...counters, servers: [] });
  }
  return services;
}

/** A line of `-L -c`. */
export interface ConnectionLine {
  readonly protocol: string;
  readonly state: string;
  readonly source: string;
  readonly virtual: string;
  readonly server: string;
}

/** Reads the connections, without the two lines of head. */
export function readConnections(text: string): ConnectionLine[] {
  return text
    .split('\n')
    .slice(2)
    .flatMap((line) => {
      const [protocol, , state, source, virtual, server] = line.split(/ +/);
      if (protocol === undefined || state === undefined || source === undefined) return [];
      if (virtual === undefined || server === undefined) return [];
      return [{ protocol, state, source, virtual, server }];
    });
}
