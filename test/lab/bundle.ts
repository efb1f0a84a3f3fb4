import { join } from 'node:path';
import { build } from 'esbuild';
import { projectRoot } from './project.ts';

/** Makes a program for the guest's Node from a TypeScript file of the checkout, and gives its path. */
export async function bundleForGuest(file: string): Promise<string> {
  const outfile = join(
    projectRoot,
    'node_modules/.cache/ipvsadm',
    `${file.replaceAll('/', '-').replace(/\.ts$/, '')}.mjs`,
  );
  await build({
    entryPoints: [join(projectRoot, file)],
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    external: ['netlink'],
    outfile,
    logLevel: 'warning',
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
  });
  return outfile;
}
