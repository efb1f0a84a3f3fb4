// Builds dist/ipvsadm.cjs, the program for Node, and beside it V8's compiled form of it (see bin/program.js).
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { build } from 'esbuild';

const root = join(import.meta.dirname, '../..');
const output = join(root, 'dist/ipvsadm.cjs');

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

// One run compiles what every run needs.
execFileSync(process.execPath, [join(import.meta.dirname, 'compiled-form.mjs')], { stdio: 'ignore' });
