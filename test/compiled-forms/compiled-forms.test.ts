import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundleForGuest } from '../lab/bundle.ts';
import { bootLab, shellQuote, type Lab } from '../lab/lab.ts';
import { projectRoot } from '../lab/project.ts';

const loader = join(projectRoot, 'bin/program.js');
const { compiledForms, formFor } = createRequire(import.meta.url)(loader) as {
  readonly compiledForms: Readonly<Record<'start' | 'work', string>>;
  readonly formFor: (args: readonly string[]) => string;
};

test.each(['-v', '--version', '-h', '--help'])('%s takes the small form', (word) => {
  expect(formFor([word])).toBe(compiledForms.start);
});

test.each([[[]], [['-Ln']], [['-L', '-n']], [['-v', '-v']], [['--atomic', '-R']], [['diff', '--help']]])(
  '%j takes the large form',
  (args) => {
    expect(formFor(args)).toBe(compiledForms.work);
  },
);

describe('with a kernel', () => {
  const rules = [
    '-A -t 192.0.2.1:80 -s wlc',
    '-a -t 192.0.2.1:80 -r 192.0.2.11:80 -m -w 1',
    '-a -t 192.0.2.1:80 -r 192.0.2.12:80 -m -w 1',
    '-A -u 192.0.2.2:53 -s rr',
    '-a -u 192.0.2.2:53 -r 192.0.2.21:53 -m -w 1',
  ].join('\n');
  let lab: Lab;
  let program: string;

  beforeAll(async () => {
    lab = await bootLab();
    program = await bundleForGuest('test/compiled-forms/guest/compile-more.ts');
  });
  afterAll(() => lab.powerOff());

  /** How many bytes a form gets larger by what a command compiles on top of it. */
  async function missing(form: 'start' | 'work', command: string, input: string): Promise<number> {
    const result = join(lab.directory, 'result.json');
    const script = `
ip link set lo up
ipvsadm -R <<'END'
${rules}
END
node ${program} ${loader} ${form} ${result} ${command} <<'END' >/dev/null
${input}
END
`;
    const { status, stderr } = await lab.run(`unshare -n bash -c ${shellQuote(script)}`);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const { rejected, missing } = JSON.parse(readFileSync(result, 'utf8')) as {
      readonly rejected: boolean | undefined;
      readonly missing: number;
    };
    expect(rejected).toBe(false);
    return missing;
  }

  test('the small form has all that -v calls', async () => {
    expect(await missing('start', 'ipvsadm -v', '')).toBeLessThan(1000);
  });

  test.each([
    ['ipvsadm -Ln'],
    ['ipvsadm -Ln --stats'],
    ['ipvsadm -Ln -t 192.0.2.1:80'],
    ['ipvsadm -Sn'],
    ['ipvsadm-save -n'],
    ['ipvsadm -A -t 192.0.2.3:80 -s rr'],
    ['ipvsadm -a -t 192.0.2.1:80 -r 192.0.2.13:80 -m'],
    ['ipvsadm -R', '-A -t 192.0.2.3:80 -s rr\n-a -t 192.0.2.3:80 -r 192.0.2.31:80 -m -w 1'],
    ['ipvsadm -R', '-A -t 192.0.2.3:80 -s wlc -p 300\n-a -t 192.0.2.3:80 -r 192.0.2.31:8080 -m -x 100'],
    ['ipvsadm-restore', rules.replace('-w 1', '-w 2')],
  ])('the large form has nearly all that %s calls', async (command, input = '') => {
    const withSmall = await missing('start', command, input);
    const withLarge = await missing('work', command, input);
    expect(withSmall).toBeGreaterThan(50_000);
    expect(withLarge).toBeLessThan(withSmall / 20);
  });
});

test('a program that fails in the training gets no form', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ipvsadm-training-'));
  try {
    for (const name of ['bin', 'dist']) mkdirSync(join(folder, name));
    const loaderHere = join(folder, 'bin/program.js');
    copyFileSync(loader, loaderHere);
    writeFileSync(
      join(folder, 'dist/ipvsadm.cjs'),
      '(function (exports) { exports.run = () => process.exit(1); })',
    );
    const training = join(projectRoot, 'node_modules/.cache/ipvsadm/training.mjs');
    const { status, stderr } = spawnSync(process.execPath, [training, loaderHere, 'work'], {
      encoding: 'utf8',
    });
    expect(stderr).toContain(
      'training with /opt/sbin/ipvsadm -Ln: status 1, 0 lines instead of 18, 0 changes instead of 0',
    );
    expect(status).toBe(1);
    expect(readdirSync(join(folder, 'dist'))).toEqual(['ipvsadm.cjs']);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
