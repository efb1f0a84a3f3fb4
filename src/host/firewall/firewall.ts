import type { AddressFamily, IpAddress } from '../../ipvs/address.js';

/** Where in the kernel a chain is called. */
export type Hook = 'prerouting' | 'input' | 'forward' | 'output' | 'postrouting';

/** A range of numbers, or of addresses of one family as numbers of 32 or 128 bits; both ends belong to it. */
export interface Range<T> {
  readonly low: T;
  readonly high: T;
}

/** What a rule asks of a packet. What this program does not understand is `unknown`: it may be met or not. */
export type Match =
  | {
      readonly kind: 'source' | 'destination';
      readonly family: AddressFamily;
      readonly ranges: readonly Range<bigint>[];
      readonly negated: boolean;
    }
  | { readonly kind: 'protocol'; readonly protocols: readonly number[]; readonly negated: boolean }
  | { readonly kind: 'port'; readonly ranges: readonly Range<number>[]; readonly negated: boolean }
  | { readonly kind: 'input' | 'output'; readonly name: string; readonly negated: boolean }
  | { readonly kind: 'state'; readonly states: readonly string[]; readonly negated: boolean }
  | { readonly kind: 'unknown' };

/** What a rule does with a packet that meets it. */
export type Action =
  | { readonly kind: 'accept' | 'drop' | 'return' | 'masquerade' | 'other' }
  | { readonly kind: 'jump'; readonly chain: string }
  /** A mark that is copied from elsewhere is undefined. */
  | { readonly kind: 'mark'; readonly mark: number | undefined };

export interface Rule {
  readonly matches: readonly Match[];
  readonly actions: readonly Action[];
}

/** Programs that change firewalls. */
type FirewallTool = IptablesTool | 'nft';

/** iptables has two forms, for either part of the kernel. */
export type IptablesTool = 'iptables' | 'iptables-legacy' | 'ip6tables' | 'ip6tables-legacy';

export interface Chain {
  /** The program that changes it. */
  readonly tool: FirewallTool;
  /** As the tool names them: `inet`, `filter`, `input`. */
  readonly family: string;
  readonly table: string;
  readonly name: string;
  /** Undefined for chains that others jump to. */
  readonly hook: Hook | undefined;
  readonly acceptsByDefault: boolean;
  readonly rules: readonly Rule[];
}

/** Every chain that was found. */
export type Firewall = readonly Chain[];

/** A packet, as far as it is known: what is undefined may be anything. */
export interface Packet {
  readonly family: AddressFamily;
  readonly source?: IpAddress | undefined;
  readonly destination?: IpAddress | undefined;
  readonly protocol?: number | undefined;
  readonly port?: number | undefined;
  readonly input?: string | undefined;
  readonly output?: string | undefined;
  /** What connection tracking thinks of it: `new`, `established`, `invalid`, … */
  readonly state?: string | undefined;
}
