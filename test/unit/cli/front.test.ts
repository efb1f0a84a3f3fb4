import { expect, test } from 'vitest';
import { CommandError, UsageError } from '../../../src/cli/errors.ts';
import { HelpWanted, parseWord } from '../../../src/cli/front.ts';
import { findWord, type WordRow } from '../../../src/cli/words.ts';

function word(name: string): WordRow {
  const row = findWord(name);
  if (row === undefined) throw new Error(`no word ${name}`);
  return row;
}

/** What a word's arguments are read as, as one line. */
function read(...[name = '', ...args]: readonly string[]): string {
  try {
    const { args: words, options } = parseWord(word(name), args);
    const parts = Array.from(options, ([option, value]) => `${option}=${JSON.stringify(value)}`);
    return [...words, ...parts].join(' ');
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return `${error.exitStatus}: ${error.message.split('\n', 1)[0] ?? ''}`;
  }
}

test.each([
  [['diff'], ''],
  [['diff', '-'], '-'],
  [['diff', 'a', 'b', '--json'], 'a b json=true'],
  [['diff', '--only', 'tcp', 'a', '--only=:80', '--except', 'udp'], 'a only=["tcp",":80"] except=["udp"]'],
  [['diff', '--', '--json'], '--json'],
  [['apply', 'a', '--no-delete'], 'a no-delete=true'],
  [['apply', 'a'], 'a'],
  [['apply', '--drain', 'a'], 'a drain=true'],
  [['apply', '--drain=30', 'a'], 'a drain="30"'],
  [['apply', '--wait', '5', '--dry-run', '--verify'], 'dry-run=true verify=true wait="5"'],
  [['set', '-t', '10.0.0.1:80', '-p'], 'tcp-service="10.0.0.1:80" persistent=true'],
  [['set', '-t', '', '-p60'], 'tcp-service="" persistent="60"'],
  [['set', '-f3', '-6', '--no-persistent'], 'fwmark-service="3" ipv6=true no-persistent=true'],
  [['set', '-t10.0.0.1:80', '-w', '-1'], 'tcp-service="10.0.0.1:80" weight="-1"'],
  [['drain', '-r', 'a', '--then', 'delete'], 'real-server="a" then="delete"'],
  [['diff', '--nope'], "2: unknown option '--nope'"],
  [['diff', '--\x1b[31m\n'], "2: unknown option '--?[31m"],
  [['diff', '--jso'], "2: unknown option '--jso'"],
  [['diff', 'a', 'b', 'c'], '2: too many arguments. Expected 2 arguments but got 3.'],
  [['diff', '--only'], "2: option '--only <selector>' argument missing"],
  [
    ['drain', '--then', 'reboot'],
    "2: option '--then <action>' argument 'reboot' is invalid. Allowed choices are delete, keep.",
  ],
  [['apply', '--help'], '0: Usage: ipvsadm apply [options] [file]'],
  [['apply', '-h'], '0: Usage: ipvsadm apply [options] [file]'],
])('%j', (args, expected) => {
  expect(read(...args)).toBe(expected);
});

test('a mistake is a usage error, help is none', () => {
  expect(() => parseWord(word('diff'), ['--nope'])).toThrow(UsageError);
  expect(() => parseWord(word('diff'), ['--help'])).toThrow(HelpWanted);
});

test('the help of a word tells its arguments and options', () => {
  let help = '';
  try {
    parseWord(word('undrain'), ['--help']);
  } catch (error) {
    if (error instanceof HelpWanted) help = error.message;
  }
  expect(help).toBe(`Usage: ipvsadm undrain [options]

give a drained server back the weight it had

Options:
  -r, --real-server <host[:port]>  the real server; at every port where none is given
  -t, --tcp-service <host[:port]>  TCP service at this address and port
  -u, --udp-service <host[:port]>  UDP service at this address and port
  --sctp-service <host[:port]>     SCTP service at this address and port
  -f, --fwmark-service <fwmark>    service of packets with this firewall mark
  -6, --ipv6                       the mark is for IPv6; comes after -f
  --everywhere                     the server in every service
  -h, --help                       display help for command
`);
});
