import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { projectRoot } from './project.ts';

/** Which of the program's sockets a bundle gets, and with it which runtime it is for. */
type Runtime = 'node' | 'standalone';

/** The stand-alone executable's socket in the place of Node's. */
const socketOfStandalone: Plugin = {
  name: 'socket',
  setup: (building) => {
    building.onResolve({ filter: /\/socket-node\.[jt]s$/ }, () => ({
      path: join(projectRoot, 'src/netlink/socket-bun.ts'),
    }));
  },
};

/**
 * Makes a program for the guest from a TypeScript file of the checkout, and gives its path. It is for Node, or for the
 * runtime within the stand-alone executable.
 */
export async function bundleForGuest(file: string, runtime: Runtime = 'node'): Promise<string> {
  const name = file.replaceAll('/', '-').replace(/\.ts$/, runtime === 'node' ? '' : `-${runtime}`);
  const outfile = join(projectRoot, 'node_modules/.cache/ipvsadm', `${name}.mjs`);
  await build({
    entryPoints: [join(projectRoot, file)],
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    external: ['netlink', 'bun:ffi'],
    plugins: runtime === 'node' ? [] : [socketOfStandalone],
    outfile,
    logLevel: 'warning',
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
  });
  return outfile;
}
