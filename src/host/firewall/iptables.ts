import type { Action, Chain, Hook, IptablesTool, Match, Range, Rule } from './firewall.js';
import { networkRange, protocolNumbers } from './numbers.js';

const hooks: ReadonlyMap<string, Hook> = new Map([
  ['PREROUTING', 'prerouting'],
  ['INPUT', 'input'],
  ['FORWARD', 'forward'],
  ['OUTPUT', 'output'],
  ['POSTROUTING', 'postrouting'],
]);

/** Reads what `iptables-save` or `ip6tables-save` prints. Lines that make no sense are passed over. */
export function parseIptablesSave(text: string, tool: IptablesTool): Chain[] {
  const chains = new Map<string, Chain & { readonly rules: Rule[] }>();
  let table = '';
  for (const line of text.split('\n')) {
    if (line.startsWith('*')) table = line.slice(1).trim();
    const chain = /^:(\S+) (\S+)/.exec(line);
    if (chain !== null) {
      const [, name = '', policy] = chain;
      chains.set(`${table} ${name}`, {
        tool,
        family: tool.startsWith('ip6') ? 'ip6' : 'ip',
        table,
        name,
        hook: policy === '-' ? undefined : hooks.get(name),
        acceptsByDefault: policy !== 'DROP',
        rules: [],
      });
    }
    const rule = /^(?:\[\d+:\d+\] )?-A (\S+) ?(.*)$/.exec(line);
    if (rule !== null) chains.get(`${table} ${rule[1] ?? ''}`)?.rules.push(parseRule(rule[2] ?? ''));
  }
  return [...chains.values()];
}

/** Options that only announce a set of others, or explain. */
const announcing: ReadonlySet<string> = new Set(['-m', '--comment', '--reject-with']);

function parseRule(text: string): Rule {
  const words = text.match(/"(?:[^"\\]|\\.)*"|\S+/g) ?? [];
  const matches: Match[] = [];
  const actions: Action[] = [];
  for (let at = 0; at < words.length; at++) {
    const negated = words[at] === '!';
    if (negated) at++;
    const option = words[at] ?? '';
    const value = words[at + 1] ?? '';
    if (option === '-j' || option === '-g') {
      actions.push(parseTarget(value, words.slice(at + 2)));
      break;
    }
    if (!announcing.has(option)) matches.push(parseMatch(option, value, negated));
    while (at + 1 < words.length && !/^(?:!|-.*)$/.test(words[at + 1] ?? '')) at++;
  }
  return { matches, actions };
}

function parseMatch(option: string, value: string, negated: boolean): Match {
  switch (option) {
    case '-s':
    case '-d': {
      const network = networkRange(value);
      if (network === undefined) return { kind: 'unknown' };
      return {
        kind: option === '-s' ? 'source' : 'destination',
        family: network.family,
        ranges: [network.range],
        negated,
      };
    }
    case '-p': {
      const protocols = protocolNumbers(value);
      return protocols === undefined ? { kind: 'unknown' } : { kind: 'protocol', protocols, negated };
    }
    case '--dport':
    case '--dports': {
      const ranges = value.split(',').map(portRange);
      return ranges.every((range) => range !== undefined)
        ? { kind: 'port', ranges, negated }
        : { kind: 'unknown' };
    }
    case '--ctstate':
    case '--state':
      return { kind: 'state', states: value.toLowerCase().split(','), negated };
    case '-i':
    case '-o':
      return { kind: option === '-i' ? 'input' : 'output', name: value, negated };
    default:
      return { kind: 'unknown' };
  }
}

function portRange(text: string): Range<number> | undefined {
  const match = /^(\d+)(?::(\d+))?$/.exec(text);
  if (match === null) return undefined;
  return { low: Number(match[1]), high: Number(match[2] ?? match[1]) };
}

function parseTarget(target: string, rest: readonly string[]): Action {
  switch (target) {
    case 'ACCEPT':
      return { kind: 'accept' };
    case 'DROP':
    case 'REJECT':
      return { kind: 'drop' };
    case 'RETURN':
      return { kind: 'return' };
    case 'MASQUERADE':
    case 'SNAT':
      return { kind: 'masquerade' };
    case 'MARK': {
      const mark = /^(0x[0-9a-f]+|\d+)(?:\/|$)/i.exec(
        rest[rest.findIndex((word) => word.startsWith('--set')) + 1] ?? '',
      );
      return { kind: 'mark', mark: mark === null ? undefined : Number(mark[1]) };
    }
    case 'CONNMARK':
      return rest.includes('--restore-mark') ? { kind: 'mark', mark: undefined } : { kind: 'other' };
    default:
      return /^[A-Z0-9]+$/.test(target) && knownTargets.has(target)
        ? { kind: 'other' }
        : { kind: 'jump', chain: target };
  }
}

/** Targets that let a packet go on. */
const knownTargets: ReadonlySet<string> = new Set([
  'LOG',
  'NFLOG',
  'TCPMSS',
  'DNAT',
  'REDIRECT',
  'NOTRACK',
  'CT',
  'TOS',
  'DSCP',
  'CLASSIFY',
  'SET',
  'TRACE',
  'AUDIT',
]);
