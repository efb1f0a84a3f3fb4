import {
  commandRows,
  groupRows,
  optionRows,
  tunnelGroups,
  tunnelRows,
  type CommandId,
  type CommandRow,
  type GroupId,
  type GroupRow,
  type OptionRow,
} from '../../src/cli/options.ts';
import type { ConformanceCase } from './case.ts';

/** Groups that ipvsadm 1.31 does not have, and so no reference for. */
const extensions: readonly GroupId[] = ['format', 'pretty', 'names', 'atomic', 'all'];

/** A value that each option takes. */
const goodValues: Readonly<Partial<Record<OptionRow['id'], string>>> = {
  'tcp-service': '10.0.0.1:80',
  'udp-service': '10.0.0.1:80',
  'sctp-service': '10.0.0.1:80',
  'fwmark-service': '7',
  'real-server': '10.0.2.51',
  scheduler: 'rr',
  'sched-flags': 'flag-1',
  persistent: '60',
  netmask: '255.255.255.0',
  pe: 'sip',
  'tun-type': 'ipip',
  'tun-port': '6080',
  weight: '3',
  'u-threshold': '9',
  'l-threshold': '4',
  syncid: '5',
  'sync-maxlen': '1400',
  'mcast-interface': 'lo',
  'mcast-group': '239.1.2.3',
  'mcast-port': '9000',
  'mcast-ttl': '2',
};

/** A number that an option takes, with the option that stand before it and after it. */
interface NumberRow {
  readonly option: string;
  readonly command: string;
  readonly smallest: number;
  readonly largest: number;
}

const server = '-a -t 10.0.0.1:80 -r 10.0.2.51';
const daemon = '--start-daemon master';

const numberRows: readonly NumberRow[] = [
  { option: '-w', command: server, smallest: 0, largest: 2_147_483_647 },
  { option: '-x', command: server, smallest: 0, largest: 2_147_483_647 },
  { option: '-y', command: server, smallest: 0, largest: 2_147_483_647 },
  { option: '--tun-port', command: `${server} -i --tun-type gue`, smallest: 1, largest: 65_535 },
  { option: '-p', command: '-A -t 10.0.0.2:80', smallest: 1, largest: 2_678_400 },
  // A larger mark is one that 1.31 prints as a negative number.
  { option: '-f', command: '-A', smallest: 1, largest: 2_147_483_647 },
  { option: '--syncid', command: daemon, smallest: 0, largest: 255 },
  { option: '--sync-maxlen', command: daemon, smallest: 1, largest: 65_507 },
  { option: '--mcast-port', command: daemon, smallest: 1, largest: 65_535 },
  { option: '--mcast-ttl', command: daemon, smallest: 1, largest: 255 },
];

/** How a number can be written, well and badly. */
const numberForms: readonly string[] = [
  "' 9'",
  "'9 '",
  '+9',
  '-9',
  '09',
  '0x9',
  '9.0',
  "''",
  "' '",
  '9x',
  '--9',
  '99999999999999999999',
];

const emptyLines = { masks: [], isTableSorted: false, isGenerated: true, line: 0 } as const;

/** The cases that follow from the table of options, for every cell of it; nobody wrote their lines by hand. */
export function generateCases(): ConformanceCase[] {
  return [...matrixCases(), ...groupCases(), ...listingCases(), ...tunnelCases(), ...numberCases()];
}

function makeCase(topic: string, title: string, commands: readonly string[]): ConformanceCase {
  const steps = commands.map((command) => ({ command, line: 0 }));
  return { topic, title, ...emptyLines, steps };
}

/** Every command with every option, with and without the options that the command must have. */
function matrixCases(): ConformanceCase[] {
  return classicCommands().flatMap((command) =>
    classicGroups().map((group) => {
      const option = spell(rowsOf(group)[0]);
      const compulsory = compulsoryOf(command.id).filter((other) => other !== group);
      const lines = [`${spellCommand(command)} ${compulsory.map((row) => spell(rowsOf(row)[0])).join(' ')}`];
      if (compulsory.length > 0) lines.push(spellCommand(command));
      const commands = lines.map((line) => `ipvsadm ${line.trim()} ${option} </dev/null`);
      // By the reference on both sides: it is not what is tested, and starts faster.
      const service = '/usr/sbin/ipvsadm -A -t 10.0.0.1:80 -s wlc';
      const isOnEntry = compulsory.length > 0 && command.id !== 'add-service';
      return makeCase('matrix', `${command.id} with ${group}`, isOnEntry ? [service, ...commands] : commands);
    }),
  );
}

/** Two options of one group. */
function groupCases(): ConformanceCase[] {
  const groups = classicGroups().filter((group) => rowsOf(group).length > 1);
  return groups.map((group) => {
    const pairs = rowsOf(group).flatMap((one) =>
      rowsOf(group).map((other) => `${spell(one)} ${spell(other)}`),
    );
    const command = group === 'service-address' ? '-D' : '-a -t 10.0.0.1:80 -r 10.0.2.51';
    return makeCase(
      'pairs',
      `two of ${group}`,
      pairs.map((pair) => `ipvsadm ${command} ${pair}`),
    );
  });
}

/** Every two options of a listing, in both orders. */
function listingCases(): ConformanceCase[] {
  const groups = classicGroups().filter((group) => useOf(group, 'list') !== undefined);
  return groups.flatMap((one, index) =>
    groups.slice(index + 1).map((other) => {
      const words = [one, other].map((group) => spell(rowsOf(group)[0]));
      const lines = [`ipvsadm -L ${words.join(' ')}`, `ipvsadm ${words.reverse().join(' ')} -L`];
      return makeCase('pairs', `list with ${one} and ${other}`, lines);
    }),
  );
}

/** Every set of tunnel options with every tunnel type, and with the other ways of forwarding. */
function tunnelCases(): ConformanceCase[] {
  const sets = tunnelGroups.reduce<string[][]>(
    (all, group) => [...all, ...all.map((set) => [...set, spell(rowsOf(group)[0])])],
    [[]],
  );
  const types = tunnelRows.map(({ name }) => `-i --tun-type ${name}`);
  const cases = [...types, '-i', '-g', '-m', '--tun-type gue'].map((type) => {
    const lines = sets.map(
      (set, index) => `ipvsadm -a -t 10.0.0.1:80 -r 10.0.2.${index + 1} ${[type, ...set].join(' ')}`,
    );
    return makeCase('tunnels', `every set of tunnel options with ${type}`, [
      'ipvsadm -A -t 10.0.0.1:80',
      ...lines,
    ]);
  });
  return cases;
}

/** Numbers at both ends of their ranges, and their spellings. */
function numberCases(): ConformanceCase[] {
  return numberRows.flatMap(({ option, command, smallest, largest }) => {
    const edges = [smallest - 1, smallest, largest, largest + 1].map(String);
    const setUp = ['ip link add eth0 type dummy && ip link set eth0 up', 'ipvsadm -A -t 10.0.0.1:80'];
    const lines = (words: readonly string[]): string[] =>
      words.flatMap((word) => [
        `ipvsadm ${command} ${option} ${word}`,
        'print_table | sort',
        ...undo(command),
      ]);
    return [
      makeCase('numbers', `the ends of ${option}`, [...setUp, ...lines(edges)]),
      makeCase('numbers', `spellings of ${option}`, [...setUp, ...lines(numberForms)]),
    ];
  });
}

/** Takes back what a number's command did, with the reference, so that the next one finds the same table. */
function undo(command: string): string[] {
  if (command === daemon) return ['/usr/sbin/ipvsadm --stop-daemon master'];
  return ['/usr/sbin/ipvsadm -C', '/usr/sbin/ipvsadm -A -t 10.0.0.1:80'];
}

function classicCommands(): CommandRow[] {
  return commandRows.filter(({ id }) => id !== 'help' && id !== 'version');
}

function classicGroups(): GroupId[] {
  return groupRows.map(({ id }) => id).filter((id) => !extensions.includes(id));
}

function rowsOf(group: GroupId): OptionRow[] {
  return optionRows.filter((row) => row.group === group);
}

function useOf(group: GroupId, command: CommandId): string | undefined {
  const row: GroupRow | undefined = groupRows.find(({ id }) => id === group);
  return row?.use[command];
}

function compulsoryOf(command: CommandId): GroupId[] {
  return classicGroups().filter((group) => useOf(group, command) === 'must');
}

function spellCommand({ short, long, value, words }: CommandRow): string {
  const name = short === '' ? `--${long}` : `-${short.slice(0, 1)}`;
  return [name, value && 'master', words && '3 2 1'].filter((word) => word !== undefined).join(' ');
}

function spell(row: OptionRow | undefined): string {
  if (!row) throw new Error('a group without options');
  const name = row.short === undefined ? `--${row.id}` : `-${row.short}`;
  return [name, goodValues[row.id]].filter((word) => word !== undefined).join(' ');
}
