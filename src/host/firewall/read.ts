import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { readTextFile } from '../text-file.js';
import type { Chain, Firewall, IptablesTool } from './firewall.js';
import { parseIptablesSave } from './iptables.js';
import { parseNftRuleset } from './nft.js';

const folders = ['/usr/sbin', '/sbin'];

const longestRun = 10_000;
const largestOutput = 64 << 20;

const execute = promisify(execFile);

/**
 * The rules of iptables and nftables in this network namespace, as their own programs print them, which change
 * nothing. Where a program or its part of the kernel is not there, its rules are none.
 */
export async function readFirewall(): Promise<Firewall> {
  // A program whose part of the kernel is not there would have it loaded.
  const hasNft = existsSync('/sys/module/nf_tables');
  const [nft, ...iptables] = await Promise.all([
    hasNft ? output('nft', ['-j', 'list', 'ruleset']) : undefined,
    ...(['iptables', 'ip6tables'] as const).flatMap((name) => readIptables(name, hasNft)),
  ]);
  return [...iptables.flat(), ...parseNftRuleset(nft ?? '', iptables.flat().some(isCompatible))];
}

/** Chains of iptables that are nftables below are listed by both programs. */
function isCompatible({ tool }: Chain): boolean {
  return !tool.endsWith('-legacy');
}

/** Both forms: the newer one keeps its rules in nftables, the older one in tables of its own. */
function readIptables(name: 'iptables' | 'ip6tables', hasNft: boolean): Promise<Chain[]>[] {
  const prefix = name === 'iptables' ? 'ip' : 'ip6';
  const hasLegacy = (readTextFile(`/proc/net/${prefix}_tables_names`) ?? '') !== '';
  const readers: Promise<Chain[]>[] = [];
  if (hasLegacy && isInstalled(`${name}-legacy-save`)) {
    readers.push(saved(`${name}-legacy-save`, `${name}-legacy`));
  } else if (hasLegacy && !isInstalled(`${name}-nft-save`)) {
    readers.push(saved(`${name}-save`, name));
  }
  if (hasNft && isInstalled(`${name}-nft-save`)) readers.push(saved(`${name}-nft-save`, name));
  return readers;
}

async function saved(program: string, tool: IptablesTool): Promise<Chain[]> {
  return parseIptablesSave((await output(program, [])) ?? '', tool);
}

function isInstalled(program: string): boolean {
  return folders.some((folder) => existsSync(`${folder}/${program}`));
}

async function output(program: string, args: readonly string[]): Promise<string | undefined> {
  const folder = folders.find((each) => existsSync(`${each}/${program}`));
  if (folder === undefined) return undefined;
  try {
    const { stdout } = await execute(`${folder}/${program}`, args, {
      env: {},
      cwd: '/',
      timeout: longestRun,
      maxBuffer: largestOutput,
    });
    return stdout;
  } catch {
    return undefined;
  }
}

/** The form of iptables by which a rule is to be added beside those that are there; undefined where there is none. */
export function iptablesTool(name: 'iptables' | 'ip6tables'): IptablesTool | undefined {
  const prefix = name === 'iptables' ? 'ip' : 'ip6';
  const hasLegacy = (readTextFile(`/proc/net/${prefix}_tables_names`) ?? '') !== '';
  if (hasLegacy && isInstalled(`${name}-legacy`)) return `${name}-legacy`;
  return isInstalled(name) ? name : undefined;
}
