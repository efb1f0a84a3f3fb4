// Builds the stand-alone executables: dist/standalone for this machine's processor; with arguments for others as well:
//   npm run build:standalone -- x64 arm64
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { build } from 'esbuild';

const root = join(import.meta.dirname, '../..');
const runtimes = join(import.meta.dirname, 'bun');
const packages = { x64: '@oven/bun-linux-x64', arm64: '@oven/bun-linux-aarch64' };

function installRuntimes() {
  const { dependencies } = JSON.parse(readFileSync(join(runtimes, 'package.json'), 'utf8'));
  const there = Object.entries(dependencies).every(([name, version]) => {
    const manifest = join(runtimes, 'node_modules', name, 'package.json');
    return existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).version === version;
  });
  // Each package is for one processor: --force takes the other ones' along.
  if (!there) {
    execFileSync('npm', ['ci', '--force', '--loglevel=error'], { cwd: runtimes, stdio: 'inherit' });
  }
}

const runtimePath = (processor) => join(runtimes, 'node_modules', packages[processor], 'bin/bun');

/**
 * Makes scripts of the program with the system calls of the stand-alone executable in place of Node's and the npm
 * package's. What loads only when it is needed stays a file of its own. Returns the one to start with.
 */
async function bundle(folder) {
  rmSync(folder, { recursive: true, force: true });
  await build({
    entryPoints: [join(root, 'src/main-standalone.ts')],
    outdir: folder,
    bundle: true,
    splitting: true,
    platform: 'node',
    target: 'es2023',
    format: 'esm',
    minify: true,
    external: ['bun:ffi'],
    logLevel: 'warning',
    plugins: [
      {
        name: 'system-calls',
        setup({ onResolve }) {
          onResolve(
            { filter: /\/(socket|write|proc-file|compilation)-node\.js$/ },
            ({ path, resolveDir }) => ({
              path: join(resolveDir, path.replace(/-node\.js$/, '-bun.ts')),
            }),
          );
        },
      },
    ],
  });
  return join(folder, 'main-standalone.js');
}

function compile(script, processor, folder) {
  mkdirSync(folder, { recursive: true });
  const outfile = join(folder, 'ipvsadm');
  const options = [
    '--compile',
    '--bytecode',
    '--format=esm',
    '--splitting',
    '--minify',
    '--target=bun',
    // Processes are over before much of what is optimised early has paid for itself; see src/cli/compilation-bun.ts.
    '--compile-jit-policy=400',
    `--compile-executable-path=${runtimePath(processor)}`,
    // It runs as root: nothing in the current folder may have a say.
    ...['dotenv', 'bunfig', 'tsconfig', 'package-json'].map((what) => `--no-compile-autoload-${what}`),
  ];
  execFileSync(runtimePath(process.arch), ['build', ...options, script, '--outfile', outfile], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  for (const name of ['ipvsadm-save', 'ipvsadm-restore']) {
    rmSync(join(folder, name), { force: true });
    symlinkSync(basename(outfile), join(folder, name));
  }
  console.log(`${outfile} (${Math.round(statSync(outfile).size / 1e6)} MB)`);
}

const processors = process.argv.length > 2 ? process.argv.slice(2) : [process.arch];
const unknown = processors.find((processor) => !(processor in packages));
if (unknown !== undefined) {
  console.error(`No runtime for ${unknown}: use ${Object.keys(packages).join(' or ')}`);
  process.exit(1);
}
installRuntimes();
const script = await bundle(join(root, 'node_modules/.cache/ipvsadm/standalone'));
for (const processor of processors) {
  compile(
    script,
    processor,
    join(root, processor === process.arch ? 'dist/standalone' : `dist/standalone-${processor}`),
  );
}
