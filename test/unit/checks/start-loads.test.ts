import { join } from 'node:path';
import { build } from 'esbuild';
import { beforeAll, expect, test } from 'vitest';

const root = new URL('../../..', import.meta.url).pathname;
/** By file: what it imports when it is loaded itself. What it imports later is not among them. */
let imports: ReadonlyMap<string, readonly string[]>;

beforeAll(async () => {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [join(root, 'src/main.ts')],
    bundle: true,
    platform: 'node',
    format: 'esm',
    write: false,
    metafile: true,
    external: ['netlink/prebuilds/*', 'netlink/package.json'],
  });
  imports = new Map(
    Object.entries(metafile.inputs).map(([file, { imports: all }]) => [
      file,
      all.filter(({ kind }) => kind !== 'dynamic-import').map(({ path }) => path),
    ]),
  );
});

/** The files that are loaded with a file. */
function loadedWith(start: string): Set<string> {
  if (!imports.has(start)) throw new Error(`${start} is not in the program`);
  const seen = new Set<string>();
  const waiting = [start];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (seen.has(file)) continue;
    seen.add(file);
    waiting.push(...(imports.get(file) ?? []));
  }
  return seen;
}

/** The packages, and what only new words need. */
const costly =
  /node_modules\/|^src\/(?:doctor|host)\/|^src\/output\/(?:json|drawn-table|prometheus|keepalived|findings|watch|completion)/;

test('the start loads no package, of Node only node:fs, not the client and nothing that lists', () => {
  const loaded = [...loadedWith('src/main.ts')];
  const unwanted = /node_modules|^node:(?!fs$)|^src\/(?:doctor|host|output)\/|^src\/ipvs\/(?:client|listing)/;
  expect(loaded.filter((file) => unwanted.test(file))).toEqual([]);
});

test('the socket loads no package but netlink and what finds its binary', () => {
  const packages = [...loadedWith('src/netlink/socket-node.ts')].flatMap(
    (file) => /^node_modules\/(?<name>[^/]+)/.exec(file)?.groups?.['name'] ?? [],
  );
  expect(new Set(packages)).toEqual(new Set(['netlink', 'node-gyp-build']));
});

test.each([
  'src/cli/commands/list.ts',
  'src/cli/commands/list-plain.ts',
  'src/cli/commands/list-counters.ts',
  'src/cli/commands/connections.ts',
  'src/cli/commands/save.ts',
  'src/cli/commands/restore.ts',
  'src/cli/commands/restore-atomically.ts',
  'src/cli/commands/replace.ts',
  'src/cli/commands/wrappers.ts',
  'src/cli/whole-text.ts',
  'src/ipvs/client.ts',
])('%s, for classic commands, loads no package and nothing that only new words need', (file) => {
  expect([...loadedWith(file)].filter((loaded) => costly.test(loaded))).toEqual([]);
});

test.each([
  ['src/cli/front.ts', 'node_modules/commander/'],
  ['src/cli/commands/draw-table.ts', 'node_modules/cli-table3/'],
])('what loads a package is seen: %s', (file, wanted) => {
  expect([...loadedWith(file)].some((loaded) => loaded.startsWith(wanted))).toBe(true);
});
