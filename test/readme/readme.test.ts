import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { programsUnderTest } from '../conformance/script.ts';
import { bootLab, shellQuote, type Lab } from '../lab/lab.ts';
import { projectRoot } from '../lab/project.ts';
import { readBlocks, readHeadings, shownCommands } from './blocks.ts';

/** Commands that are not run here, and why: all of them change the clone that the tests themselves run in. */
const runElsewhere: Readonly<Record<string, string>> = {
  'npm run demo': 'builds the program anew; the demo itself runs below',
  'npm ci': 'is how the tests got their packages',
  'npm run build': 'is what ran before the tests',
  'npm run package:deb -- x64 arm64': 'test/packaging builds these packages into a folder of its own',
  'apt-get install ./dist/package/ipvsadm-ts_*_amd64.deb':
    'test/packaging installs it on a Debian that boots',
  'npm install -g .': 'test/packaging installs what npm packs, into a folder of its own',
};

/** What is not the same in two runs, by command: the rest has to be what is shown. */
const variable: readonly { readonly command: RegExp; readonly mask: (text: string) => string }[] = [
  // The kernel's configuration says how large its table of connections is.
  { command: /-Ln$/, mask: (text) => text.replace(/\(size=\d+\)/, '(size=N)') },
  // A request takes a packet more or less; connections are exact.
  {
    command: /--stats$/,
    mask: (text) =>
      text
        .replace(/\(size=\d+\)/, '(size=N)')
        .replace(/^(TCP +\S+ +\d+| +-> [\d.:]+ +\d+)(?: +[1-9]\d*){4}$/gm, '$1 N N N N'),
  },
  // Ports are the client's choice, and the kernel lists in the order of their hashes.
  {
    command: /-Lnc/,
    mask: (text) =>
      text
        .replace(/ \d\d:\d\d /g, ' MM:SS ')
        .replace(/:\d{5} /g, ':PORT ')
        .replace(/\.5[12]:/g, '.5N:'),
  },
];

/** A reader needs a moment to get to the next command; the kernel counts every two seconds. */
const untilCounted = 'sleep 5';

const blocks = readBlocks();
let lab: Lab;

/** Output as it is compared: of what a terminal shows, blanks at the ends of lines are not seen. */
function comparable(command: string, text: string): string {
  const seen = text.replace(/ +$/gm, '');
  return variable.find((row) => row.command.test(command))?.mask(seen) ?? seen;
}

/** Runs a command on a machine of the tour's network, and gives what it prints on either stream. */
async function type(machine: string, command: string): Promise<string> {
  const path = [programsUnderTest(), dirname(process.execPath), '/usr/sbin:/usr/bin:/sbin:/bin'].join(':');
  const { stdout } = await lab.run(
    `cd ${shellQuote(join(lab.directory, 'tour'))}
exec ip netns exec ${machine} env PATH=${shellQuote(path)} bash -c ${shellQuote(command)} 2>&1`,
  );
  return stdout;
}

beforeAll(async () => {
  lab = await bootLab();
  const folder = join(lab.directory, 'tour');
  mkdirSync(join(folder, 'node_modules'), { recursive: true });
  symlinkSync(projectRoot, join(folder, 'node_modules/ipvsadm'));
  const { stderr, status } = await lab.run(`. ${shellQuote(join(projectRoot, 'test/demo/network.sh'))}
build_network`);
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
});

afterAll(async () => {
  await lab.powerOff();
});

test('the sections come in the order that a newcomer needs', () => {
  expect(readHeadings()).toEqual([
    'Try it',
    'Install',
    'A tour in five minutes',
    'What is different from ipvsadm 1.31',
    'Performance',
    'Library',
    'How it is tested',
    'Contributing',
    'Licence',
  ]);
});

test('every command of a shell is run here or somewhere else', () => {
  const commands = blocks
    .filter(({ language }) => language === 'sh')
    .flatMap(({ text }) => text.trim().split('\n'));
  expect([...new Set(commands)].sort()).toEqual(Object.keys(runElsewhere).sort());
  const others = blocks.filter(({ language }) => !['sh', 'console', 'js', 'text'].includes(language));
  expect(others).toEqual([]);
});

test('the tour prints what is shown, from its first command to the last', async () => {
  const shown: string[] = [];
  const printed: string[] = [];
  for (const { text } of blocks.filter(({ language }) => language === 'console')) {
    for (const { machine, command, output } of shownCommands(text)) {
      if (command.includes('--stats')) await type(machine, untilCounted);
      shown.push(`${machine}: ${command}`, comparable(command, output));
      printed.push(`${machine}: ${command}`, comparable(command, await type(machine, command)));
    }
  }
  expect(printed.join('\n')).toBe(shown.join('\n'));
});

test('the examples of the library print what is shown, on the table of the tour', async () => {
  const examples = blocks.filter(({ language }) => language === 'js');
  const outputs = blocks.filter(({ heading, language }) => heading === 'Library' && language === 'text');
  expect(examples).toHaveLength(2);
  expect(outputs).toHaveLength(2);
  await type('director', untilCounted);
  for (const [index, { text }] of examples.entries()) {
    const name = `example${index}.mjs`;
    writeFileSync(join(lab.directory, 'tour', name), text);
    expect(await type('director', `node ${name}`)).toBe(outputs[index]?.text);
  }
  expect(await type('director', 'ipvsadm -Sn')).toContain('-r 10.0.2.52:80 -m -w 0\n');
});

test('the demo shows what it promises', async () => {
  const { stdout, stderr, status } = await lab.run(
    `unshare --mount sh -c 'mount -t tmpfs tmpfs /run && mkdir /run/netns && cd ${shellQuote(lab.directory)} &&
DEMO_BIN=${shellQuote(programsUnderTest())} exec bash ${shellQuote(join(projectRoot, 'test/demo/demo.sh'))}'`,
  );
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  expect(stdout).toMatch(/^30 requests were answered by server1 and 10 by server2/m);
});
