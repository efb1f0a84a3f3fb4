import { IpvsClient, type OpenOptions } from '../../ipvs/client.js';
import { parseAddress, type IpAddress } from '../../ipvs/address.js';
import { connectionBlocks } from '../../ipvs/connections.js';
import { readListing } from '../../ipvs/listing.js';
import { FamilyMissingError, NetlinkError } from '../../netlink/errors.js';
import type { Director, DirectorTable, SavedRules } from '../../doctor/director.js';
import { examine } from '../../doctor/rule.js';
import { directorRules, realServerRules } from '../../doctor/rules.js';
import { openHost, type OpenHost } from '../../host/host.js';
import { findingJson, findingText, type Finding } from '../../output/findings.js';
import { ExitStatus, UsageError } from '../errors.js';
import { printable } from '../printable.js';
import { readSavedRules } from '../saved-rules.js';
import type { RunWord, WordContext, WordValues } from '../words.js';

/** Exit status when something was found; 2 is trouble, as everywhere. */
const somethingFound = 1;

/** Where the system keeps the rules that it restores at its start: Debian's place, and Fedora's. */
const usualFiles = ['/etc/ipvsadm.rules', '/etc/sysconfig/ipvsadm'];

/** `ipvsadm doctor`: what keeps this director, or real server, from working, and how to mend it. */
export const run: RunWord = async (context, values) => {
  const vip = realServerAddress(values);
  if (vip !== undefined && values.options.has('rules')) {
    throw new UsageError('--rules is about a director, --real-server about a real server');
  }
  const { openSocket = (await import('../../netlink/socket-node.js')).openSocket } = context.openOptions;
  const host = await openHost(openSocket);
  try {
    const findings =
      vip === undefined
        ? await examine(directorRules, await readDirector(context, values, host))
        : await examine(realServerRules, { host, vip });
    const text: (finding: Finding) => string = values.options.has('json') ? findingJson : findingText;
    for (const finding of findings) context.terminal.write(text(finding));
    return findings.length === 0 ? ExitStatus.ok : somethingFound;
  } finally {
    host.close();
  }
};

function realServerAddress({ options }: WordValues): IpAddress | undefined {
  const text = options.get('real-server');
  if (typeof text !== 'string') return undefined;
  const vip = parseAddress(text.replace(/^\[(.*)\]$/, '$1'));
  if (vip === undefined) {
    throw new UsageError(
      `--real-server ${printable(text)}: the virtual address is needed, as 10.0.0.1 or 2001:db8::1`,
    );
  }
  return vip;
}

async function readDirector(context: WordContext, values: WordValues, host: OpenHost): Promise<Director> {
  const table = host.modules.isLoaded('ip_vs') ? await readTable(context.openOptions) : undefined;
  return {
    host,
    table: table === 'refused' ? undefined : table,
    refused: table === 'refused',
    savedRules: await savedRules(context, values, host),
    connections: connectionBlocks,
  };
}

/** Asking for IPVS where it is not loaded would have the kernel load it, and looking is to change nothing. */
async function readTable(openOptions: OpenOptions): Promise<DirectorTable | 'refused' | undefined> {
  let client: IpvsClient | undefined;
  try {
    client = await IpvsClient.open({ ...openOptions, loadModule: () => Promise.resolve() });
    return {
      services: await readListing(client, { sorted: true }),
      timeouts: await client.timeouts(),
      daemons: await client.daemons(),
    };
  } catch (error) {
    if (error instanceof FamilyMissingError) return undefined;
    if (error instanceof NetlinkError && error.code === 'EPERM') return 'refused';
    throw error;
  } finally {
    client?.close();
  }
}

/** What the file named by `--rules` says, else a usual one that is there. */
async function savedRules(
  { terminal }: WordContext,
  { options }: WordValues,
  host: OpenHost,
): Promise<SavedRules | undefined> {
  const named = options.get('rules');
  const path =
    typeof named === 'string' ? named : usualFiles.find((file) => host.textFile(file) !== undefined);
  return path === undefined ? undefined : readSavedRules(terminal, path);
}
