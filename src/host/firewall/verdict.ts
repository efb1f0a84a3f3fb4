import { AddressFamily } from '../../ipvs/address.js';
import type { Chain, Firewall, Hook, Match, Packet, Range, Rule } from './firewall.js';
import { addressNumber } from './numbers.js';

/** Whether something holds, as far as is known. */
type Truth = 'yes' | 'no' | 'maybe';

/** The chain that certainly drops a packet which passes a hook; undefined where none does for certain. */
export function droppingChain(firewall: Firewall, hook: Hook, packet: Packet): Chain | undefined {
  return firewall.find(
    (chain) =>
      chain.hook === hook &&
      seesFamily(chain, packet) &&
      (walk(firewall, chain, packet, 0) ?? (chain.acceptsByDefault ? 'kept' : 'dropped')) === 'dropped',
  );
}

/**
 * Whether any chain, of whatever hook, has a rule that gives a packet another source address: only those that can't
 * meet it don't count.
 */
export function mayMasquerade(firewall: Firewall, packet: Packet): boolean {
  return firewall.some(
    ({ rules, ...chain }) =>
      seesFamily(chain, packet) &&
      rules.some(
        (rule) => rule.actions.some(({ kind }) => kind === 'masquerade') && meets(rule, packet) !== 'no',
      ),
  );
}

/** Whether a rule gives packets this mark, or may do so. */
export function setsMark(firewall: Firewall, mark: number): boolean {
  return firewall.some(({ rules }) =>
    rules.some(({ actions }) =>
      actions.some((action) => action.kind === 'mark' && (action.mark ?? mark) === mark),
    ),
  );
}

function seesFamily({ family }: Pick<Chain, 'family'>, packet: Packet): boolean {
  return family === 'inet' || family === (packet.family === AddressFamily.ipv4 ? 'ip' : 'ip6');
}

const deepestJump = 16;

/** What becomes of a packet in a chain: undefined where it reaches the end or that can't be told. */
function walk(
  firewall: Firewall,
  chain: Chain,
  packet: Packet,
  depth: number,
): 'kept' | 'dropped' | undefined {
  for (const rule of chain.rules) {
    const met = meets(rule, packet);
    if (met === 'no') continue;
    for (const action of rule.actions) {
      if (action.kind === 'return' && met === 'yes') return undefined;
      if (action.kind === 'accept') return 'kept';
      if (action.kind === 'drop' && met === 'yes') return 'dropped';
      if (action.kind !== 'jump' || depth >= deepestJump) continue;
      const target = firewall.find((other) => isTarget(other, chain, action.chain));
      const outcome = target === undefined ? 'kept' : walk(firewall, target, packet, depth + 1);
      // What a packet meets that may not even come there is no certain end.
      if (outcome === 'kept' || (outcome === 'dropped' && met === 'yes')) return outcome;
    }
  }
  return undefined;
}

function isTarget(other: Chain, chain: Chain, name: string): boolean {
  return (
    other.name === name &&
    other.tool === chain.tool &&
    other.family === chain.family &&
    other.table === chain.table
  );
}

function meets({ matches }: Rule, packet: Packet): Truth {
  let truth: Truth = 'yes';
  for (const match of matches) {
    const met = meetsOne(match, packet);
    if (met === 'no') return 'no';
    if (met === 'maybe') truth = 'maybe';
  }
  return truth;
}

function meetsOne(match: Match, packet: Packet): Truth {
  switch (match.kind) {
    case 'source':
    case 'destination': {
      if (match.family !== packet.family) return match.negated ? 'yes' : 'no';
      const address = packet[match.kind];
      return truthOf(address === undefined ? undefined : within(match.ranges, addressNumber(address)), match);
    }
    case 'protocol': {
      const { protocol } = packet;
      return truthOf(protocol === undefined ? undefined : match.protocols.includes(protocol), match);
    }
    case 'port': {
      const { port } = packet;
      return truthOf(port === undefined ? undefined : within(match.ranges, port), match);
    }
    case 'input':
    case 'output': {
      const name = packet[match.kind];
      return truthOf(name === undefined ? undefined : sameInterface(match.name, name), match);
    }
    case 'state': {
      const { state } = packet;
      return truthOf(state === undefined ? undefined : match.states.includes(state), match);
    }
    case 'unknown':
      return 'maybe';
  }
}

function truthOf(known: boolean | undefined, { negated }: { readonly negated: boolean }): Truth {
  if (known === undefined) return 'maybe';
  return known !== negated ? 'yes' : 'no';
}

function within<T extends number | bigint>(ranges: readonly Range<T>[], value: T): boolean {
  return ranges.some(({ low, high }) => value >= low && value <= high);
}

/** A trailing `+` (iptables) or `*` (nft) stands for any rest. */
function sameInterface(pattern: string, name: string): boolean {
  return /[+*]$/.test(pattern) ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}
