import { expect, test } from 'vitest';
import { UsageError } from '../../../src/cli/errors.js';
import type { Invocation } from '../../../src/cli/invocation.js';
import { parseCommandLine } from '../../../src/cli/parse.js';
import { NameService } from '../../../src/names/name-service.js';

function parse(line: string): Invocation {
  return parseCommandLine(line.split(' '), 'ipvsadm', new NameService());
}

function troubleOf(line: string): string {
  try {
    parse(line);
  } catch (error) {
    if (error instanceof UsageError) return `${error.exitStatus} ${error.message}`;
    throw error;
  }
  return 'none';
}

const json = { format: 'json', pretty: false, names: false };
const table = { command: 'list', format: 'plain', numeric: false, exact: false, sorted: true };

test.each([
  ['-L --json', { ...table, output: json }],
  ['-L --format json --pretty --names', { ...table, output: { ...json, pretty: true, names: true } }],
  ['-L --format=plain', table],
  ['-Ln --format table --stats', { ...table, format: 'stats', numeric: true, output: { format: 'table' } }],
  ['-L --format prometheus --nosort', { ...table, sorted: false, output: { format: 'prometheus' } }],
  ['-Lc --json', { command: 'list-connections', numeric: false, engineData: false, output: json }],
  ['-L --timeout --json', { command: 'list-timeouts', output: json }],
  [
    '-L --daemon --json --pretty',
    { command: 'list-daemons', output: { format: 'json', pretty: true, names: false } },
  ],
  ['-S --json', { command: 'save', numeric: false, all: false, output: json }],
  ['-Sn --format plain', { command: 'save', numeric: true, all: false }],
])('%s', (line, invocation) => {
  expect(parse(line)).toEqual(invocation);
});

test.each([
  ['-L --format yaml', '2 illegal format specified'],
  ['-L --json --json', "2 multiple 'format' options specified"],
  ['-L --json --format json', "2 multiple 'format' options specified"],
  ['-L --pretty', "2 You need to supply the 'json' option for the 'pretty' option"],
  ['-S --pretty', "2 You need to supply the 'json' option for the 'pretty' option"],
  ['-L --format table --names', "2 You need to supply the 'json' option for the 'names' option"],
  ['-Ln --json --names', "2 The option 'names' conflicts with the 'numeric' option in the 'list' command"],
  ['-Lc --format table', "2 The format 'table' conflicts with the 'connection' option in the 'list' command"],
  [
    '-L --daemon --format prometheus',
    "2 The format 'prometheus' conflicts with the 'daemon' option in the 'list' command",
  ],
  ['-S --format prometheus', "2 The format 'prometheus' conflicts with the 'save' command"],
  ['-S --json --names', "2 Illegal 'names' option with the 'save' command"],
  ['-C --json', "2 Illegal 'format' option with the 'flush' command"],
  ['-L --timeout --stats --json', '2 options conflicts in the list command'],
  ['-L --json=x', '255 --json=x: option does not take an argument'],
])('%s is refused', (line, message) => {
  expect(troubleOf(line)).toBe(message);
});
