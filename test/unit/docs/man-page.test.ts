import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readWrapperArguments } from '../../../src/cli/commands/wrappers.ts';
import { CommandError } from '../../../src/cli/errors.ts';
import { helpText } from '../../../src/cli/front.ts';
import { commandRows, optionRows } from '../../../src/cli/options.ts';
import { parseCommandLine } from '../../../src/cli/parse.ts';
import { wordRows } from '../../../src/cli/words.ts';
import type { NameLookup } from '../../../src/names/lookup.ts';
import { tokenise } from '../../../src/rules/tokenise.ts';
import { manPath, readManPage, type OptionItem } from './man-page.ts';

const page = readManPage('ipvsadm.8');
const pageNames = ['ipvsadm.8', 'ipvsadm-save.8', 'ipvsadm-restore.8'];

/** Options that the page mentions and that are those of the other two programs. */
const optionsOfOthers = ['--flush'];

/** The table of commands and options as items of the page would have it. */
const tableItems: readonly Omit<OptionItem, 'section'>[] = [
  ...commandRows.map(({ short, long, value, words }) => ({
    spellings: [...Array.from(short, (letter) => `-${letter}`), `--${long}`],
    hasValue: value !== undefined || words !== undefined,
  })),
  ...optionRows.map(({ id, short, value }) => ({
    spellings: [...(short === undefined ? [] : [`-${short}`]), `--${id}`],
    hasValue: value !== undefined,
  })),
];

const tableSpellings = new Set(tableItems.flatMap(({ spellings }) => spellings));
const wordSpellings = wordRows.flatMap(({ options }) => options.flatMap(({ flags }) => longOptions(flags)));

describe('the options of ipvsadm(8)', () => {
  test('are those of the table, each described once, with its spellings and its value', () => {
    const described = page.options.map(({ spellings, hasValue }) => ({ spellings, hasValue }));
    expect(inOrder(described)).toEqual(inOrder(tableItems));
  });

  test('are those of -h', () => {
    const inHelp = helpText().match(/(?<=^ {2})(?:-\w, )?--[a-z0-9-]+/gm) ?? [];
    const also = helpText().match(/(?<=\(also )-\w/g) ?? [];
    const spellings = inHelp.flatMap((text) => text.split(', ')).concat(also);
    expect(spellings.sort()).toEqual(page.options.flatMap((item) => item.spellings).sort());
  });

  test('are the only ones that its text mentions, beside those of words and of the other programs', () => {
    const known = new Set([...tableSpellings, ...wordSpellings, ...optionsOfOthers]);
    const unknown = page.prose.flatMap(({ text }) => longOptions(text)).filter((name) => !known.has(name));
    expect(unknown).toEqual([]);
  });

  test('are all in the synopsis', () => {
    const synopsis = page.prose
      .filter(({ section }) => section === 'SYNOPSIS')
      .flatMap(({ text }) => text.match(/(?<![\w-])--?[a-zA-Z0-9][a-z0-9-]*/g) ?? []);
    const missing = tableItems.filter(({ spellings }) => !spellings.some((name) => synopsis.includes(name)));
    expect(missing).toEqual([]);
  });
});

describe('the words of ipvsadm(8)', () => {
  test('are those of the program', () => {
    const described = page.tags.filter(({ section }) => section === 'WORDS').map(({ text }) => text);
    const names = described.map((text) => text.split(' ', 1)[0] ?? '');
    expect(names.sort()).toEqual(wordRows.map(({ name }) => name).sort());
  });

  test('are described with every option that is not a classic one', () => {
    const mentioned = page.prose
      .filter(({ section }) => section === 'WORDS')
      .flatMap(({ text }) => longOptions(text));
    const missing = wordSpellings.filter((name) => !tableSpellings.has(name) && !mentioned.includes(name));
    expect(missing).toEqual([]);
  });
});

test.each(['ipvsadm-save', 'ipvsadm-restore'] as const)(
  'the options of %s(8) are those of its usage',
  (kind) => {
    const inUsage = usageOf(kind).match(/(?<=^ {2}|^ {2}-\w, )--?[a-z]+/gm) ?? [];
    const described = readManPage(`${kind}.8`).options.flatMap(({ spellings }) => spellings);
    expect(described.sort()).toEqual(inUsage.sort());
  },
);

test('the command lines of every example are legal', () => {
  const lines = pageNames
    .flatMap((name) => readManPage(name).blocks)
    .flatMap(({ lines }) => lines.join('\n').replaceAll('\\\n', ' ').split('\n'))
    .filter((line) => /^(?:ipvsadm |-[Aa] )/.test(line))
    .filter((line) => !wordRows.some(({ name }) => line.startsWith(`ipvsadm ${name}`)))
    .map((line) => line.replace(/ [|<>].*/, ''));
  expect(lines.length).toBeGreaterThan(20);
  const refused = lines.flatMap((line) => {
    try {
      parseCommandLine(tokenise(line), 'ipvsadm', noNames);
      return [];
    } catch (error) {
      return [`${line}: ${String(error)}`];
    }
  });
  expect(refused).toEqual([]);
});

test.each(pageNames)('%s has the sections of a complete page', (name) => {
  const sections: readonly string[] = readFileSync(manPath(name), 'utf8').match(/(?<=^\.SH ).*/gm) ?? [];
  const wanted = [
    'NAME',
    'SYNOPSIS',
    'DESCRIPTION',
    'OPTIONS',
    'EXIT STATUS',
    'FILES',
    'EXAMPLES',
    'COMPATIBILITY',
  ];
  expect(wanted.filter((section) => !sections.includes(section))).toEqual([]);
});

test.each([
  [
    'Network address translation',
    ['net.ipv4.ip_forward=1', 'ipvsadm -a', ' -m '],
    ['ip route replace default'],
  ],
  [
    'Direct routing',
    ['net.ipv4.ip_forward=1', 'send_redirects=0', 'ipvsadm -a', ' -g '],
    ['arp_ignore=1', 'arp_announce=2', 'ip address add'],
  ],
  [
    'Tunnelling with IPIP',
    ['net.ipv4.ip_forward=1', 'ipvsadm -a', ' -i'],
    ['arp_ignore=1', 'arp_announce=2', 'rp_filter=2', 'ip address add', 'tunl0 up'],
  ],
])(
  'the example %s has commands for the director and for the servers, with their settings',
  (example, onDirector, onServers) => {
    const blocks = page.blocks.filter(({ section }) => section === example);
    expect(blocks.map(({ label }) => label)).toEqual(['On the director:', 'On each real server:']);
    for (const [index, settings] of [onDirector, onServers].entries()) {
      const text = blocks[index]?.lines.join('\n') ?? '';
      expect(settings.filter((setting) => !text.includes(setting))).toEqual([]);
    }
    const lines = blocks.flatMap((block) => block.lines);
    expect(lines.filter((line) => !/^(?:ip|ipvsadm|modprobe|sysctl) /.test(line))).toEqual([]);
  },
);

test('the deviations from 1.31 are numbered', () => {
  const numbers = page.tags.filter(({ section, text }) => section === 'COMPATIBILITY' && /^\d/.test(text));
  expect(numbers.map(({ text }) => text)).toEqual(Array.from({ length: 15 }, (_, index) => `${index + 1}.`));
});

describe.each(pageNames)('%s is rendered without a warning', (name) => {
  test('by mandoc', () => {
    expect(render('mandoc', ['-Tlint', manPath(name)], 'mandoc')).toEqual({
      text: '',
      trouble: '',
    });
  });

  test('by groff', () => {
    expect(render('groff', ['-man', '-ww', '-z', manPath(name)], 'groff-base')).toEqual({
      text: '',
      trouble: '',
    });
  });

  test('by man, with commands that can be copied', () => {
    const { text, trouble } = render('man', ['--warnings', '--local-file', manPath(name)], 'man-db');
    expect(trouble).toBe('');
    const shown = new Set(text.split('\n').map((line) => line.trim()));
    const missing = readManPage(name)
      .blocks.flatMap(({ lines }) => lines)
      .filter((line) => !shown.has(line.trim()));
    expect(missing).toEqual([]);
  });
});

/** What a program prints about a page; throws when it is not there. */
function render(
  program: string,
  args: readonly string[],
  debianPackage: string,
): { text: string; trouble: string } {
  const { error, stdout, stderr } = spawnSync(program, args, {
    encoding: 'utf8',
    env: {
      PATH: process.env['PATH'],
      LC_ALL: 'C.UTF-8',
      MANWIDTH: '120',
      MANROFFOPT: '-c',
      GROFF_NO_SGR: '1',
    },
  });
  if (error !== undefined) {
    throw new Error(
      `${program} can't be run: install the Debian package ${debianPackage}, or run \`node test/setup.mjs\` as root`,
      { cause: error },
    );
  }
  return { text: stdout.replaceAll(/.\u0008/g, ''), trouble: stderr };
}

function usageOf(kind: 'ipvsadm-save' | 'ipvsadm-restore'): string {
  try {
    readWrapperArguments(kind, kind, ['--help']);
  } catch (error) {
    if (error instanceof CommandError) return error.message;
    throw error;
  }
  return '';
}

function longOptions(text: string): readonly string[] {
  return text.match(/(?<![\w-])--[a-z][a-z0-9-]*/g) ?? [];
}

function inOrder(items: readonly Omit<OptionItem, 'section'>[]): Omit<OptionItem, 'section'>[] {
  return items.toSorted((a, b) => (a.spellings.join() < b.spellings.join() ? -1 : 1));
}

const noNames: NameLookup = { hostAddress: () => undefined, servicePort: () => undefined };
