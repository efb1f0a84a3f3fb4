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
    splitting: true,
    outdir: 'unwritten',
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

test('the start loads no package, of Node only the files, not the client and nothing that lists', () => {
  const loaded = [...loadedWith('src/main.ts')];
  const dear = /node_modules|^node:(?!fs$)|^src\/(?:doctor|host|output)\/|^src\/ipvs\/(?:client|listing)/;
  expect(loaded.filter((file) => dear.test(file))).toEqual([]);
});

test('the socket loads no package but netlink and what finds its binary', () => {
  const packages = [...loadedWith('src/netlink/socket-node.ts')].filter((file) =>
    file.includes('node_modules/'),
  );
  expect(packages.filter((file) => !/^node_modules\/(?:netlink|node-gyp-build)\//.test(file))).toEqual([]);
});

test.each([
  ['-L', 'src/cli/commands/list.ts'],
  ['-Ln', 'src/cli/commands/list-plain.ts'],
  ['-Ln --stats', 'src/cli/commands/list-counters.ts'],
  ['-Lc', 'src/cli/commands/connections.ts'],
  ['-S', 'src/cli/commands/save.ts'],
  ['-R', 'src/cli/commands/restore.ts'],
  ['ipvsadm-restore', 'src/cli/commands/replace.ts'],
])('%s loads neither chalk, cli-table3 and commander nor what only new words need', (_, file) => {
  const dear =
    /node_modules\/|^src\/(?:doctor|host)\/|^src\/output\/(?:json|drawn-table|prometheus|keepalived|findings|watch|completion)/;
  expect([...loadedWith(file)].filter((loaded) => dear.test(loaded))).toEqual([]);
});
