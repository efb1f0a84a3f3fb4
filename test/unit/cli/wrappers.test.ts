import { expect, test } from 'vitest';
import { readWrapperArguments } from '../../../src/cli/commands/wrappers.js';

test.each([
  ['ipvsadm-save', [], {}],
  ['ipvsadm-save', ['-n'], { numeric: true }],
  ['ipvsadm-save', ['--all', '-n', '-n'], { numeric: true, all: true }],
  ['ipvsadm-restore', [], {}],
  ['ipvsadm-restore', ['--flush'], { flush: true }],
] as const)('%s %j', (kind, args, expected) => {
  const none = { numeric: false, all: false, flush: false };
  expect(readWrapperArguments(kind, kind, args)).toEqual({ ...none, ...expected });
});

test.each([
  ['ipvsadm-save', '-h', 0, 'Usage: ipvsadm-save'],
  ['ipvsadm-save', '--help', 0, 'Usage: ipvsadm-save'],
  ['ipvsadm-save', '-x', 1, 'save-rules: Script to save the IPVS table to stdout.\n'],
  ['ipvsadm-save', '--flush', 1, 'save-rules: Script to save the IPVS table to stdout.\n'],
  ['ipvsadm-save', 'toString', 1, 'save-rules: Script to save the IPVS table to stdout.\n'],
  ['ipvsadm-restore', '-h', 0, 'Usage: ipvsadm-restore'],
  ['ipvsadm-restore', 'rules.txt', 2, 'Usage: ipvsadm-restore'],
  ['ipvsadm-restore', '-n', 2, 'Usage: ipvsadm-restore'],
] as const)('%s %s is answered with the usage', (kind, word, exitStatus, begin) => {
  const read = (): unknown => readWrapperArguments(kind, '/usr/sbin/save-rules', [word, '-n']);
  expect(read).toThrow(
    expect.objectContaining({ exitStatus, message: expect.stringContaining(begin) as string }),
  );
});
