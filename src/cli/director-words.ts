import type { WordOption, WordRow } from './words.js';

const json: WordOption = { flags: '--json', help: 'print JSON, an object a line' };

/** The words that look at the director. */
export const directorWordRows: readonly WordRow[] = [
  {
    name: 'watch',
    help: 'show services and servers with their rates as they change',
    args: [],
    options: [
      { flags: '--interval <seconds>', help: 'time between two looks; 1 if not given' },
      { flags: '--count <n>', help: 'end after so many looks' },
      { flags: '--sort <column>', help: 'sort by a column, by its title or key' },
      { flags: '--filter <text>', help: 'only services and servers with this in their names' },
      { flags: '--names', help: 'host and port names where there are any' },
      {
        flags: '--json',
        help: 'a line of JSON for each look and each change, as without a terminal',
      },
    ],
    load: () => import('./commands/watch.js'),
  },
  {
    name: 'conns',
    help: 'list or count the connections that are asked for',
    args: [],
    options: [
      {
        flags: '--client <selector>',
        repeatable: true,
        help: 'from this address, network or port: 192.0.2.0/24, [2001:db8::]/32, :1024-2047; commas between several',
      },
      { flags: '--vip <selector>', repeatable: true, help: 'to this virtual address, network or port' },
      { flags: '--server <selector>', repeatable: true, help: 'at this real server, network or port' },
      {
        flags: '--protocol <name>',
        repeatable: true,
        choices: ['tcp', 'udp', 'sctp'],
        help: 'of this protocol',
      },
      { flags: '--state <state>', repeatable: true, help: 'in this state, as -L -c shows it' },
      { flags: '--count', help: 'print how many there are' },
      {
        flags: '--by <what>',
        repeatable: true,
        choices: ['client', 'server', 'service', 'state'],
        help: 'count them by client, server, service or state; commas between several',
      },
      { flags: '--top <n>', help: 'only the largest n of --by' },
      { flags: '--names', help: 'host and port names where there are any' },
      json,
    ],
    load: () => import('./commands/conns.js'),
  },
  {
    name: 'convert',
    help: 'print a configuration of keepalived as rules, or rules as one of keepalived',
    args: [{ name: 'file', optional: true, help: 'the file to convert; standard input without it or for -' }],
    options: [
      { flags: '--from <format>', choices: ['keepalived'], help: 'what the file is' },
      { flags: '--to <format>', choices: ['keepalived'], help: 'what rules or JSON are to be' },
      { flags: '--config-id <name>', help: 'take the lines for this configuration, as keepalived -i does' },
      { flags: '--json', help: 'print JSON' },
      { flags: '--pretty', help: 'JSON in lines, for people' },
    ],
    load: () => import('./commands/convert.js'),
  },
  {
    name: 'doctor',
    help: 'find what keeps a director or a real server from working, and the command that mends it',
    args: [],
    options: [
      {
        flags: '--real-server <vip>',
        help: 'examine this machine as a real server of direct routing or a tunnel for this virtual address',
      },
      {
        flags: '--rules <file>',
        help: 'the rules that are to be in the kernel; the file that is restored at the start if not given',
      },
      json,
    ],
    load: () => import('./commands/doctor.js'),
  },
  {
    name: 'completion',
    help: 'print the completion script of a shell',
    args: [
      {
        name: 'shell',
        choices: ['bash', 'zsh', 'fish', 'candidates'],
        help: 'the shell; candidates is what the scripts call to complete the last word',
      },
      { name: 'word', optional: true, variadic: true, help: 'the words after ipvsadm, for candidates' },
    ],
    options: [],
    load: () => import('./commands/completion.js'),
  },
];
