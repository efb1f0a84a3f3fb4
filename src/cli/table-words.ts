import { optionRows, type OptionId } from './options.js';
import type { WordArgument, WordOption, WordRow } from './words.js';

const tableFile: WordArgument = {
  name: 'file',
  optional: true,
  help: 'rules as ipvsadm-save prints them, or JSON; standard input without it or for -',
};

const limits: readonly WordOption[] = [
  {
    flags: '--only <selector>',
    repeatable: true,
    help: 'only services that this means, as tcp, 10.0.0.0/8, :80, udp/10.0.0.1:53, fwmark:1-5; commas between several',
  },
  { flags: '--except <selector>', repeatable: true, help: 'not the services that this means' },
  { flags: '--keep-weights', help: 'servers that are there keep their weights' },
  { flags: '--no-delete', help: 'remove nothing' },
];

const json: readonly WordOption[] = [
  { flags: '--json', help: 'print JSON' },
  { flags: '--pretty', help: 'JSON in lines, for people' },
];

const serviceOptionIds = ['tcp-service', 'udp-service', 'sctp-service', 'fwmark-service', 'ipv6'] as const;

const setOptionIds = [
  'scheduler',
  'sched-flags',
  'persistent',
  'netmask',
  'pe',
  'ops',
  'real-server',
  'gatewaying',
  'ipip',
  'masquerading',
  'tun-type',
  'tun-port',
  'tun-nocsum',
  'tun-csum',
  'tun-remcsum',
  'weight',
  'u-threshold',
  'l-threshold',
] as const;

/** Classic options as a word takes them. To make them is a fifth of a start: only words that have them ask for it. */
function classicOptions(ids: readonly OptionId[]): WordOption[] {
  return ids
    .flatMap((id) => optionRows.filter((row) => row.id === id))
    .map((row) => {
      const letter = row.short === undefined ? '' : `-${row.short}, `;
      const value =
        row.value === undefined
          ? ''
          : row.value.optional === true
            ? ` [${row.value.name}]`
            : ` <${row.value.name}>`;
      return {
        flags: `${letter}--${row.id}${value}`,
        help: row.help.replace(/; \S+ if not given$| \(default\)$/, ''),
      };
    });
}

const everywhere: WordOption = { flags: '--everywhere', help: 'the server in every service' };

const server: WordOption = {
  flags: '-r, --real-server <host[:port]>',
  help: 'the real server; at every port where none is given',
};

const drainOptions: readonly WordOption[] = [
  { flags: '--timeout <seconds>', help: 'give up after so long; without it waits as long as it takes' },
  {
    flags: '--then <action>',
    choices: ['delete', 'keep'],
    help: 'what to do when it is drained; keep if not given',
  },
  { flags: '--idle', help: 'wait for inactive connections too' },
];

const setOptions: readonly WordOption[] = [
  { flags: '--no-persistent', help: 'end the persistence' },
  { flags: '--no-netmask', help: 'every client counts by itself for persistence' },
  { flags: '--no-pe', help: 'take the persistence engine away' },
  { flags: '--no-sched-flags', help: 'take every scheduler flag away' },
  { flags: '--no-ops', help: 'schedule connections again, not packets' },
];

function serverOptions(): WordOption[] {
  return [server, ...classicOptions(serviceOptionIds), everywhere];
}

/** The words that compare and change the table. */
export const tableWordRows: readonly WordRow[] = [
  {
    name: 'diff',
    help: 'show what would change if the table were as a file says, or between two files',
    args: [tableFile, { name: 'other', optional: true, help: 'compare with this file, not with the kernel' }],
    options: [...json, ...limits],
    load: () => import('./commands/diff.js'),
  },
  {
    name: 'check',
    help: 'check a file without the kernel',
    args: [tableFile],
    options: [],
    load: () => import('./commands/check.js'),
  },
  {
    name: 'apply',
    help: 'make the table as a file says, with the fewest changes, all or nothing',
    args: [tableFile],
    options: [
      { flags: '--dry-run', help: 'show what would change, and change nothing' },
      ...limits,
      {
        flags: '--drain [seconds]',
        attached: true,
        help: 'give servers that are removed the weight 0 and wait for their connections, at most so long',
      },
      { flags: '--verify', help: 'read everything back in the end' },
      { flags: '--wait <seconds>', help: 'wait so long for another apply to end; 60 if not given' },
      ...json,
    ],
    load: () => import('./commands/apply.js'),
  },
  {
    name: 'drain',
    help: 'take a server out of service without cutting its connections',
    args: [],
    get options(): WordOption[] {
      return [...serverOptions(), ...drainOptions];
    },
    load: () => import('./commands/drain.js'),
  },
  {
    name: 'undrain',
    help: 'give a drained server back the weight it had',
    args: [],
    get options(): WordOption[] {
      return serverOptions();
    },
    load: () => import('./commands/undrain.js'),
  },
  {
    name: 'set',
    help: 'edit only what is named of a service, or of a server with -r',
    args: [],
    get options(): WordOption[] {
      return [...classicOptions([...serviceOptionIds, ...setOptionIds]), ...setOptions];
    },
    load: () => import('./commands/set.js'),
  },
];
