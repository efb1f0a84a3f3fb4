import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bootLab, type Lab } from '../lab/lab.ts';
import { projectRoot } from '../lab/project.ts';
import { readExamples } from './examples.ts';

const examples = readExamples();
const folder = mkdtempSync(join(tmpdir(), 'ipvsadm-library-'));
const consumer = join(folder, 'consumer');
const manifest = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as {
  readonly exports: Readonly<Record<string, string>>;
};
/** What can stand behind the name of the package. */
const exportPaths = Object.keys(manifest.exports)
  .filter((path) => !path.includes('*'))
  .map((path) => path.slice(1));
const tool = (name: string): string => join(projectRoot, 'node_modules/.bin', name);

let lab: Lab | undefined;
let tarball: string;

/** Runs a program and gives its standard output; an error has what it printed. */
function run(command: string, args: readonly string[], cwd = consumer): string {
  try {
    return execFileSync(command, args, { cwd, encoding: 'utf8', stdio: 'pipe' });
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { readonly stdout?: string; readonly stderr?: string };
    throw new Error(`${command} ${args.join(' ')}\n${stdout}${stderr}`, { cause: error });
  }
}

beforeAll(async () => {
  const output = run(
    'npm',
    ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder],
    projectRoot,
  );
  tarball = join(folder, output.trim());
  mkdirSync(consumer);
  writeFileSync(join(consumer, 'package.json'), '{ "type": "module", "private": true }\n');
  // The npm package netlink brings an old @types/node along.
  const packages = [tarball, join(projectRoot, 'node_modules/@types/node')];
  const options = ['--silent', '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund'];
  run('npm', ['install', ...options, ...packages]);
  const compilerOptions = {
    target: 'es2022',
    lib: ['es2023', 'esnext.disposable'],
    module: 'nodenext',
    types: ['node'],
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    skipLibCheck: false,
    outDir: 'out',
  };
  writeFileSync(join(consumer, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts'] }));
  for (const [index, { program }] of examples.entries()) {
    writeFileSync(join(consumer, `example${index}.ts`), program);
  }
  lab = await bootLab();
});

afterAll(async () => {
  await lab?.powerOff();
  rmSync(folder, { recursive: true });
});

test('the package has what it needs and nothing else', () => {
  expect(readdirSync(join(consumer, 'node_modules/ipvsadm')).sort()).toEqual([
    'CHANGELOG.md',
    'LICENSE',
    'README.md',
    'bin',
    'dist',
    'docs',
    'man',
    'package.json',
  ]);
  expect(readdirSync(join(consumer, 'node_modules/ipvsadm/dist')).sort()).toEqual([
    `ipvsadm-start-${process.version}-${process.arch}.v8`,
    `ipvsadm-work-${process.version}-${process.arch}.v8`,
    'ipvsadm.cjs',
    'library',
  ]);
});

test('publint has nothing to say', () => {
  run(tool('publint'), ['--strict', join(consumer, 'node_modules/ipvsadm')]);
});

test('the types are right for every import', () => {
  const table = run(tool('attw'), [
    tarball,
    '--profile',
    'esm-only',
    '--format',
    'table-flipped',
    '--no-color',
  ]);
  for (const path of exportPaths) expect(table).toContain(`"ipvsadm${path}"`);
});

test('every import can be imported', () => {
  // Nothing at all happens when they are.
  const imports = exportPaths.filter((path) => !path.includes('.')).map((path) => `import 'ipvsadm${path}';`);
  writeFileSync(join(consumer, 'imports.mjs'), imports.join('\n'));
  expect(run(process.execPath, ['imports.mjs'])).toBe('');
});

describe('the examples of docs/library.md', () => {
  test('are right in their types', () => {
    run(process.execPath, [join(projectRoot, 'node_modules/typescript/bin/tsc')]);
  });

  test.each(examples.map(({ title, output }, index) => ({ title, output, index })))(
    '$title ($index) prints what is shown',
    async ({ index, output }) => {
      const outcome = await lab?.run(
        `cd ${consumer} && unshare -n sh -c 'ip link set lo up; node out/example${index}.js'`,
      );
      expect(outcome).toEqual({ stdout: output, stderr: '', status: 0 });
    },
  );
});

test('watching ends at once when its signal is aborted, and does not hold the program up', async () => {
  writeFileSync(
    join(consumer, 'watch.mjs'),
    `import { IpvsClient } from 'ipvsadm';
const client = await IpvsClient.open();
let looks = 0;
for await (const { services } of client.watch({ interval: 300, signal: AbortSignal.timeout(500) })) looks += 1 + services.length;
client.close();
console.log(looks);`,
  );
  const outcome = await lab?.run(`cd ${consumer} && unshare -n node watch.mjs`);
  expect(outcome).toEqual({ stdout: '1\n', stderr: '', status: 0 });
});
