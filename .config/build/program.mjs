// Builds dist/ipvsadm.cjs, the program for Node, and beside it V8's compiled forms of it (see bin/program.js).
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { build } from 'esbuild';

const root = join(import.meta.dirname, '../..');
const dist = join(root, 'dist');
const output = join(dist, 'ipvsadm.cjs');
const loader = join(root, 'bin/program.js');
const { compiledForms } = createRequire(import.meta.url)(loader);

/**
 * The npm package `netlink` looks for its binary with node-gyp-build, which reads folders and package.json for 3 ms.
 * The binary that it brings along is tried first.
 */
const nodeGypBuild = `
  module.exports = () => {
    try {
      return require('netlink/prebuilds/linux-' + process.arch + '/node.napi.node');
    } catch {
      const manifest = require.resolve('netlink/package.json');
      const { createRequire } = require('node:module');
      return createRequire(manifest)('node-gyp-build')(require('node:path').dirname(manifest));
    }
  };`;

// V8 would take a form that is left over for another text of the same length.
mkdirSync(dist, { recursive: true });
for (const name of readdirSync(dist)) if (name.endsWith('.v8')) rmSync(join(dist, name));

await build({
  entryPoints: [join(root, 'src/main.ts')],
  outfile: output,
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  // A script that is run by node:vm can't import, only require.
  supported: { 'dynamic-import': false },
  minify: true,
  // With the function of a module around it the text needs no copy when it is loaded.
  banner: { js: '(function (exports, require, module, __dirname) {' },
  footer: { js: '})' },
  external: ['netlink/prebuilds/*', 'netlink/package.json'],
  logLevel: 'warning',
  plugins: [
    {
      name: 'netlink-binary',
      setup({ onResolve, onLoad }) {
        onResolve({ filter: /^node-gyp-build$/ }, ({ path }) => ({ path, namespace: 'netlink-binary' }));
        onLoad({ filter: /.*/, namespace: 'netlink-binary' }, () => ({
          contents: nodeGypBuild,
          resolveDir: root,
        }));
      },
    },
  ],
});

// The training has the wire format from the program's own modules.
const training = join(root, 'node_modules/.cache/ipvsadm/training.mjs');
await build({
  entryPoints: [join(import.meta.dirname, 'training/train.ts')],
  outfile: training,
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  logLevel: 'warning',
});
for (const form of Object.keys(compiledForms)) {
  execFileSync(process.execPath, [training, loader, form], {
    stdio: ['ignore', 'inherit', 'inherit'],
    // V8 takes a form only with the flags that it was made with, so those of the build must not count.
    env: { ...process.env, NODE_OPTIONS: '', IPVSADM_DEBUG: '' },
  });
}
