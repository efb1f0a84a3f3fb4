import { expect, test } from 'vitest';
import { parseAddress } from '../../../src/ipvs/address.js';
import { NameService } from '../../../src/names/name-service.js';
import { readRules } from '../../../src/cli/rule-lines.js';

/** Knows one host, and counts how often it is asked to look names up. */
class Names extends NameService {
  asked: string[][] = [];

  override resolveHosts(names: Iterable<string>): Promise<void> {
    this.asked.push([...names]);
    return Promise.resolve();
  }

  override hostAddress(name: string): ReturnType<NameService['hostAddress']> {
    if (!this.asked.flat().includes(name)) return super.hostAddress(name);
    return name.startsWith('known') ? parseAddress('10.0.0.1') : undefined;
  }
}

async function read(text: string, names = new Names()): Promise<string[]> {
  const lines = await readRules({ names, programName: 'ipvsadm' }, Buffer.from(text, 'latin1'));
  return lines.map(({ number, invocation }) => `${number} ${invocation.command}`);
}

test.each([
  ['', []],
  ['\n\n', []],
  ['-C', ['1 flush']],
  ['-C\n-C', ['1 flush', '2 flush']],
  ['# one\n\n \t\r\n-C\r\n#\n-Z\n', ['4 flush', '6 zero']],
  ['ipvsadm\nipvsadm -C ipvsadm\n', ['2 flush']],
])('lines are counted: %j', async (text, expected) => {
  expect(await read(text)).toEqual(expected);
});

test.each([
  ['-C\n-C -x 1\n-q\n', "line 2: Illegal 'u-threshold' option with the 'flush' command"],
  ['\n-q\n', "line 2: Try `ipvsadm -h' or 'ipvsadm --help' for more information."],
  ['-R\n', "line 1: Try `ipvsadm -h' or 'ipvsadm --help' for more information."],
  ['-A -t nosuch.example:80\n-C -x\n', 'line 1: illegal virtual server address[:port] specified'],
  ['-A -t known.example:80\n-C -x\n', 'line 2: -x: missing argument'],
  ['-C \x1b[2J\n', 'line 1: unexpected argument ?[2J'],
  ['-A -6 -f 1\n', 'line 1: -6 used before -f\n'],
  [
    '-A -t known.example:80\n-A -t nosuch.example:80\n',
    'line 2: illegal virtual server address[:port] specified',
  ],
])('the first bad line is named: %j', async (text, expected) => {
  await expect(read(text)).rejects.toMatchObject({ message: expected, exitStatus: 2 });
});

test('host names are looked up together, each once', async () => {
  const names = new Names();
  const rules = [1, 2, 3].map(
    (i) => `-A -t known${i}.example:80\n-a -t known${i}.example:80 -r known9.example\n`,
  );
  expect((await read(rules.join(''), names)).length).toBe(6);
  expect(names.asked).toEqual([['known1.example', 'known2.example', 'known3.example'], ['known9.example']]);
});

test('a line of a million characters is read like any other', async () => {
  expect(await read(`-C${' '.repeat(1_000_000)}\n-A -t 10.0.0.1:80 -s ${'x'.repeat(1_000_000)}`)).toEqual([
    '1 flush',
    '2 add-service',
  ]);
});

test('zero bytes end words', async () => {
  expect(await read('-A\0x -t 10.0.0.1:80\0:99\n\nipvsadm\0')).toEqual(['1 add-service']);
});
