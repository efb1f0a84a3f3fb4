import type { Action, Chain, Hook, Match, Range, Rule } from './firewall.js';
import { networkRange, protocolNumbers } from './numbers.js';

const hooks: readonly string[] = ['prerouting', 'input', 'forward', 'output', 'postrouting'];

/** Tables that iptables itself keeps in nftables; `iptables-save` shows them. */
const iptablesTables = /^(?:filter|nat|mangle|raw|security)$/;

type Json = Readonly<Record<string, unknown>>;

/**
 * Reads what `nft -j list ruleset` prints (`libnftables-json(5)`). What makes no sense is passed over, and tables of
 * iptables where `withoutIptables` says that they are known otherwise.
 */
export function parseNftRuleset(text: string, withoutIptables: boolean): Chain[] {
  const chains = new Map<string, Chain & { readonly rules: Rule[] }>();
  for (const item of listOf(objectOf(parsed(text))?.['nftables'])) {
    const entry = objectOf(item);
    const chain = objectOf(entry?.['chain']);
    if (chain !== undefined) {
      const made = chainOf(chain);
      if (withoutIptables && iptablesTables.test(made.table) && /^ip6?$/.test(made.family)) continue;
      chains.set(`${made.family} ${made.table} ${made.name}`, made);
    }
    const rule = objectOf(entry?.['rule']);
    if (rule !== undefined) {
      const place = `${String(rule['family'])} ${String(rule['table'])} ${String(rule['chain'])}`;
      chains.get(place)?.rules.push(ruleOf(listOf(rule['expr'])));
    }
  }
  return [...chains.values()];
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function objectOf(value: unknown): Json | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function chainOf(chain: Json): Chain & { readonly rules: Rule[] } {
  const hook = chain['hook'];
  return {
    tool: 'nft',
    family: String(chain['family']),
    table: String(chain['table']),
    name: String(chain['name']),
    hook: isHook(hook) ? hook : undefined,
    acceptsByDefault: chain['policy'] !== 'drop',
    rules: [],
  };
}

function isHook(value: unknown): value is Hook {
  return typeof value === 'string' && hooks.includes(value);
}

/** Statements that neither ask anything of a packet nor decide about it. */
const indifferent: ReadonlySet<string> = new Set(['counter', 'log', 'notrack', 'comment']);

function ruleOf(expressions: readonly unknown[]): Rule {
  const matches: Match[] = [];
  const actions: Action[] = [];
  for (const item of expressions) {
    const expression = objectOf(item);
    const [name] = Object.keys(expression ?? {});
    if (expression === undefined || name === undefined) continue;
    const value = objectOf(expression[name]);
    if (name === 'match') matches.push(...protocolOf(value?.['left']), matchOf(value));
    else if (name === 'limit') matches.push({ kind: 'unknown' });
    else if (!indifferent.has(name)) actions.push(...actionsOf(name, value));
    // What is not understood may send the packet anywhere: a map of verdicts, a table of iptables.
    if (name === 'vmap' || name === 'xt') {
      matches.push(...protocolOf(value?.['key']), { kind: 'unknown' });
    }
  }
  return { matches, actions };
}

function actionsOf(name: string, value: Json | undefined): Action[] {
  switch (name) {
    case 'accept':
    case 'drop':
    case 'return':
    case 'masquerade':
      return [{ kind: name }];
    case 'reject':
      return [{ kind: 'drop' }];
    case 'snat':
      return [{ kind: 'masquerade' }];
    case 'jump':
    case 'goto':
      return [{ kind: 'jump', chain: String(value?.['target']) }];
    case 'vmap':
      return [{ kind: 'accept' }];
    case 'mangle': {
      const mark = value?.['value'];
      const isMark = objectOf(objectOf(value?.['key'])?.['meta'])?.['key'] === 'mark';
      if (!isMark) return [{ kind: 'other' }];
      return [{ kind: 'mark', mark: typeof mark === 'number' ? mark : undefined }];
    }
    default:
      return [{ kind: 'other' }];
  }
}

/** A field of a protocol can only be met by its packets, which nft leaves unsaid. */
function protocolOf(field: unknown): Match[] {
  const protocol = objectOf(objectOf(field)?.['payload'])?.['protocol'];
  if (typeof protocol !== 'string' || !/^(?:tcp|udp|sctp|icmp|icmpv6)$/.test(protocol)) return [];
  return [protocolMatch(protocol, false)];
}

function matchOf(match: Json | undefined): Match {
  const operator = match?.['op'];
  const right = match?.['right'];
  if (match !== undefined && objectOf(objectOf(match['left'])?.['ct'])?.['key'] === 'state') {
    const states = (Array.isArray(right) ? right : membersOf(right)).map(String);
    return { kind: 'state', states, negated: operator === '!=' };
  }
  if (match === undefined || (operator !== '==' && operator !== '!=')) return { kind: 'unknown' };
  const negated = operator === '!=';
  const left = objectOf(match['left']);
  const meta = objectOf(left?.['meta'])?.['key'];
  const payload = objectOf(left?.['payload']);
  const field = payload?.['field'];
  if (field === 'saddr' || field === 'daddr') {
    return addressMatch(field === 'saddr' ? 'source' : 'destination', right, negated);
  }
  if (field === 'dport') return portMatch(right, negated);
  if (field === 'protocol' || field === 'nexthdr' || meta === 'l4proto') return protocolMatch(right, negated);
  if (
    (meta === 'iifname' || meta === 'oifname' || meta === 'iif' || meta === 'oif') &&
    typeof right === 'string'
  ) {
    return { kind: meta.startsWith('i') ? 'input' : 'output', name: right, negated };
  }
  return { kind: 'unknown' };
}

/** The members of an anonymous set, or the one value. */
function membersOf(right: unknown): readonly unknown[] {
  const set = objectOf(right)?.['set'];
  return set === undefined ? [right] : listOf(set);
}

function addressMatch(kind: 'source' | 'destination', right: unknown, negated: boolean): Match {
  const networks = membersOf(right).map((member) => {
    const prefix = objectOf(objectOf(member)?.['prefix']);
    if (prefix !== undefined) return networkRange(`${String(prefix['addr'])}/${String(prefix['len'])}`);
    return typeof member === 'string' ? networkRange(member) : rangeOfAddresses(member);
  });
  const [first] = networks;
  if (first === undefined || !networks.every((network) => network !== undefined)) return { kind: 'unknown' };
  return { kind, family: first.family, ranges: networks.map(({ range }) => range), negated };
}

function rangeOfAddresses(member: unknown): ReturnType<typeof networkRange> {
  const [low, high] = listOf(objectOf(member)?.['range']).map((end) => networkRange(String(end)));
  if (low === undefined || high === undefined) return undefined;
  return { family: low.family, range: { low: low.range.low, high: high.range.high } };
}

function portMatch(right: unknown, negated: boolean): Match {
  const ranges = membersOf(right).map((member): Range<number> | undefined => {
    if (typeof member === 'number') return { low: member, high: member };
    const [low, high] = listOf(objectOf(member)?.['range']);
    return typeof low === 'number' && typeof high === 'number' ? { low, high } : undefined;
  });
  return ranges.every((range) => range !== undefined)
    ? { kind: 'port', ranges, negated }
    : { kind: 'unknown' };
}

function protocolMatch(right: unknown, negated: boolean): Match {
  const protocols = membersOf(right).map((member) =>
    typeof member === 'number' ? [member] : protocolNumbers(String(member)),
  );
  return protocols.every((numbers) => numbers !== undefined)
    ? { kind: 'protocol', protocols: protocols.flat(), negated }
    : { kind: 'unknown' };
}
