import { expect, it } from 'vitest';
import { complete } from '../../../src/cli/completion/complete.js';
import type { LiveTable } from '../../../src/cli/completion/live.js';
import { commandRows, optionRows } from '../../../src/cli/options.js';
import { legalGroup } from '../../../src/cli/legality.js';
import { wordRows } from '../../../src/cli/words.js';
import { parseAddress, ipv4Unspecified } from '../../../src/ipvs/address.js';
import { addressService, fwmarkService, hostNetmask, type ServiceKey } from '../../../src/ipvs/model.js';
import { candidateLines } from '../../../src/output/completion/candidates.js';

const stats = {
  connections: 0n,
  inPackets: 0n,
  outPackets: 0n,
  inBytes: 0n,
  outBytes: 0n,
  connectionRate: 0n,
  inPacketRate: 0n,
  outPacketRate: 0n,
  inByteRate: 0n,
  outByteRate: 0n,
};

function service(key: ServiceKey): Awaited<ReturnType<LiveTable['services']>>[number] {
  const netmask = hostNetmask(key.family);
  return { ...key, scheduler: 'rr', flags: 0, timeout: 0, netmask, persistenceEngine: '', stats };
}

function server(key: ServiceKey, address: string): Awaited<ReturnType<LiveTable['servers']>>[number] {
  const counts = { activeConnections: 0, inactiveConnections: 0, persistentConnections: 0 };
  const tunnel = { tunnelType: 0, tunnelPort: 0, tunnelFlags: 0 };
  const thresholds = { upperThreshold: 0, lowerThreshold: 0 };
  const place = { address: parseAddress(address) ?? ipv4Unspecified, port: 80 };
  return {
    service: key,
    destination: { ...place, forwarding: 0, weight: 1, ...thresholds, ...tunnel, ...counts, stats },
  };
}

it('offers nothing that a shell would take for more than a word, and no control characters', () => {
  const words = [
    'lo',
    '[2001:db8::1]:80',
    '$(reboot)',
    'a;b',
    '`id`',
    'a\u001b[2J',
    'a b',
    '*',
    '~',
    "'",
    'a|b',
    'eth0.5@x',
  ];
  const candidates = words.map((word) => ({ word, help: 'he\u001blp' }));
  expect(candidateLines(candidates, false)).toBe('lo\the?lp\n[2001:db8::1]:80\the?lp\neth0.5@x\the?lp\n');
});

const web = addressService(6, parseAddress('10.0.0.1') ?? ipv4Unspecified, 80);
const mail = addressService(6, parseAddress('2001:db8::1') ?? ipv4Unspecified, 25);
const servers = [server(web, '10.1.0.1'), server(web, '10.1.0.2'), server(mail, '2001:db8::2')];

const live: LiveTable = {
  services: () => Promise.resolve([service(web), service(mail), service(fwmarkService(7))]),
  servers: (key) => Promise.resolve(servers.filter((entry) => key === undefined || same(entry.service, key))),
  interfaces: () => ['lo', 'eth0'],
};

function same(a: ServiceKey, b: ServiceKey): boolean {
  return a.address.toString() === b.address.toString() && a.port === b.port && a.fwmark === b.fwmark;
}

async function words(...line: string[]): Promise<string[]> {
  const { candidates, files } = await complete(line, wordRows, live);
  return [...candidates.map(({ word }) => word), ...(files ? ['a file'] : [])];
}

it('offers words and commands first', async () => {
  expect(await words('')).toEqual([
    ...wordRows.map(({ name }) => name),
    ...commandRows.map(({ short, long }) => (short === '' ? `--${long}` : `-${short[0] ?? ''}`)),
  ]);
  expect(await words('--s')).toEqual(['--save', '--set', '--start-daemon', '--stop-daemon']);
});

it('offers the options that a command may have, each group once', async () => {
  for (const { id, long } of commandRows) {
    const legal = optionRows.filter((row) => row.group !== undefined && legalGroup(id, row.group, new Set()));
    const offered = await words(`--${long}`, ...(id.endsWith('daemon') ? ['master'] : []), '--');
    if (id === 'help' || id === 'version' || id === 'list') continue;
    expect(offered, id).toEqual(legal.map((row) => `--${row.id}`));
  }
  expect(await words('-C', '-')).toEqual([]);
  expect(await words('-d', '-t', '10.0.0.1:80', '')).toEqual(['-r']);
  expect(await words('-D', '-f', '7', '-')).toEqual(['-6']);
  expect(await words('-L', '-c', '--d')).toEqual([]);
});

it('offers what the kernel has for values', async () => {
  expect(await words('-E', '-t', '')).toEqual(['10.0.0.1:80', '[2001:db8::1]:25']);
  expect(await words('-E', '-t', '[')).toEqual(['[2001:db8::1]:25']);
  expect(await words('-Et1')).toEqual(['-Et10.0.0.1:80']);
  expect(await words('-E', '-t=1')).toEqual(['-t=10.0.0.1:80']);
  expect(await words('-E', '--tcp-service=')).toEqual([
    '--tcp-service=10.0.0.1:80',
    '--tcp-service=[2001:db8::1]:25',
  ]);
  expect(await words('-D', '-f', '')).toEqual(['7']);
  expect(await words('-D', '-u', '')).toEqual([]);
  expect(await words('-d', '-t', '10.0.0.1:80', '-r', '')).toEqual(['10.1.0.1:80', '10.1.0.2:80']);
  expect(await words('-d', '-r', '')).toEqual(['10.1.0.1:80', '10.1.0.2:80', '[2001:db8::2]:80']);
  expect(await words('-a', '-t', '10.0.0.1:80', '-r', '')).toEqual(['[2001:db8::2]:80']);
  expect(await words('--start-daemon', 'master', '--mcast-interface', 'e')).toEqual(['eth0']);
});

it('offers what the tables have for values', async () => {
  expect(await words('--start-daemon', '')).toEqual(['master', 'backup']);
  expect(await words('-A', '-t', '10.0.0.9:80', '-s', 'w')).toEqual(['wrr', 'wlc']);
  expect(await words('-A', '-s', 'sh', '-b', 's')).toEqual(['sh-fallback', 'sh-port']);
  expect(await words('-a', '--tun-type', 'g')).toEqual(['gue', 'gre']);
  expect(await words('-A', '-p', '')).toContain('-t');
  expect(await words('-A', '-t', '10.0.0.9:80', '--bogus', '')).toEqual([]);
});

it('completes the options and arguments of words', async () => {
  expect(await words('completion', '')).toEqual(['bash', 'zsh', 'fish', 'candidates']);
  expect(await words('check', '')).toEqual(['a file']);
  expect(await words('drain', '--then', '')).toEqual(['delete', 'keep']);
  expect(await words('drain', '-t', '10.0.0.1:80', '-r', '')).toEqual(['10.1.0.1:80', '10.1.0.2:80']);
  expect(await words('undrain', '--e')).toEqual(['--everywhere']);
  for (const { name, options } of wordRows) {
    expect(await words(name, '--'), name).toEqual([
      ...options.map(({ flags }) => /--[\w-]+/.exec(flags)?.[0]),
      '--help',
    ]);
  }
});

it('offers selectors of the services that are there, and the next one behind a comma', async () => {
  expect(await words('apply', '--only', '')).toEqual([
    ...['tcp', 'udp', 'sctp', 'fwmark'],
    ...['10.0.0.1', '10.0.0.1:80', ':80', '2001:db8::1', '[2001:db8::1]:25', ':25', 'fwmark:7'],
  ]);
  expect(await words('diff', '--except', 'tcp,10')).toEqual(['tcp,10.0.0.1', 'tcp,10.0.0.1:80']);
  expect(await words('apply', '--only=udp,f')).toEqual(['--only=udp,fwmark', '--only=udp,fwmark:7']);
});

it('tells candidates a line each', () => {
  const candidates = [
    { word: '-C', help: 'clear' },
    { word: 'rr', help: '' },
  ];
  expect(candidateLines(candidates, true)).toBe('-C\tclear\nrr\n:files\n');
});
