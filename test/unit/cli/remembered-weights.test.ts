import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, test } from 'vitest';
import { RememberedWeights } from '../../../src/cli/state/remembered-weights.ts';
import { parseAddress, type IpAddress } from '../../../src/ipvs/address.ts';
import { addressService, Protocol } from '../../../src/ipvs/model.ts';

function address(text: string): IpAddress {
  const parsed = parseAddress(text);
  if (parsed === undefined) throw new Error(`no address: ${text}`);
  return parsed;
}

const folder = mkdtempSync(join(tmpdir(), 'remembered-weights-'));
const target = {
  service: addressService(Protocol.tcp, address('10.0.0.1'), 80),
  destination: { address: address('10.0.0.2'), port: 80 },
};
const weights = new RememberedWeights(folder);

/** The file in which a weight is remembered. */
function fileOfWeight(): string {
  weights.set(target, 5);
  const [path] = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.includes('10.0.0.2'),
  );
  return join(folder, path ?? '');
}

afterEach(() => {
  weights.forget(target);
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

test('a weight is known until it is forgotten', () => {
  weights.set(target, 2_147_483_647);
  expect(weights.get(target)).toBe(2_147_483_647);
  weights.forget(target);
  expect(weights.get(target)).toBeUndefined();
});

test.each(['', '\n', 'word\n', '-1\n', '0\n', '5', '5\n5\n', '2147483648\n', '99999999999\n'])(
  'a file with %j has no weight',
  (text) => {
    writeFileSync(fileOfWeight(), text);
    expect(weights.get(target)).toBeUndefined();
  },
);

test('a pipe in place of the file is not waited for', () => {
  const path = fileOfWeight();
  rmSync(path);
  execFileSync('/usr/bin/mkfifo', [path]);
  expect(weights.get(target)).toBeUndefined();
});

test('what an outlived namespace of the same inode remembered is not seen, and removed', () => {
  const boot = '8f1b2c3d-0000-4000-8000-000000000000';
  const shared = mkdtempSync(join(folder, 'shared-'));
  new RememberedWeights(shared, `40-7-${boot}`).set(target, 5);
  new RememberedWeights(shared, `4-7-${boot}`).set(target, 6);
  expect(new RememberedWeights(shared, `4-7-${boot}`).get(target)).toBe(6);
  expect(new RememberedWeights(shared, `4-8-${boot}`).get(target)).toBeUndefined();
  expect(new RememberedWeights(shared, `40-7-${boot}`).get(target)).toBe(5);
  expect(readdirSync(shared).sort()).toEqual([`weights-4-8-${boot}`, `weights-40-7-${boot}`]);
});
