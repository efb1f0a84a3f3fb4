import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from './project.ts';

/** A user-mode kernel that the lab can boot. */
export interface LabKernel {
  /** How messages call it: the Debian suite it comes from, `installed`, or the path given. */
  readonly name: string;
  readonly binary: string;
  /** Folder which contains `<release>/` with the modules. */
  readonly modules: string;
  /** Arguments for the kernel's command line beyond the lab's own. */
  readonly arguments: readonly string[];
}

const installedModules = '/usr/lib/uml/modules';

/** The folder in which `test/setup.mjs` keeps the kernels it fetched. */
export function cacheFolder(): string {
  const base = process.env['XDG_CACHE_HOME'] ?? '';
  return join(base === '' ? join(homedir(), '.cache') : base, 'ipvsadm-lab');
}

/**
 * Chooses the kernel to boot.
 *
 * `IPVSADM_LAB_KERNEL` is the path of a binary (with `IPVSADM_LAB_MODULES`, and `IPVSADM_LAB_ARGUMENTS` separated
 * by blanks) or the name of one that is known: `installed`, or the suite of one that the setup fetched. Without it
 * the first fetched one is taken, else the installed one.
 */
export function chooseKernel(): LabKernel {
  const wanted = process.env['IPVSADM_LAB_KERNEL'] ?? '';
  const installed = installedKernel();
  const known = [...fetchedKernels(), installed];
  if (wanted.includes('/')) {
    const words = (process.env['IPVSADM_LAB_ARGUMENTS'] ?? '').split(/\s+/).filter((word) => word !== '');
    const modules = process.env['IPVSADM_LAB_MODULES'] ?? installedModules;
    return present({ name: wanted, binary: wanted, modules, arguments: words });
  }
  if (wanted !== '') {
    const kernel = known.find(({ name }) => name === wanted);
    if (kernel) return present(kernel);
    const names = known.map(({ name }) => name).join(', ');
    throw new Error(`IPVSADM_LAB_KERNEL=${wanted}: not one of ${names}, and not a path`);
  }
  return present(known.find(({ binary }) => existsSync(binary)) ?? installed);
}

/**
 * Chooses a kernel that has a module: the one that {@link chooseKernel} chooses if it has, else any that is known.
 * Some kernels lack the part that the older form of iptables needs.
 */
export function kernelWithModule(module: string): LabKernel {
  const kernel = [chooseKernel(), ...fetchedKernels(), installedKernel()].find(({ binary, modules }) => {
    if (!existsSync(binary) || !existsSync(modules)) return false;
    const lists = readdirSync(modules).map((release) => join(modules, release, 'modules.dep'));
    return lists.some((list) => existsSync(list) && readFileSync(list, 'utf8').includes(`/${module}.ko:`));
  });
  if (kernel) return kernel;
  throw new Error(`No kernel of the lab has the module ${module}.\n${howToInstall()}`);
}

/** What to do on a machine where the lab can't start. */
export function howToInstall(): string {
  const packages = JSON.parse(readFileSync(join(projectRoot, 'test/lab/packages.json'), 'utf8')) as string[];
  return [
    'The lab boots a user-mode Linux kernel with IPVS. It needs these Debian packages:',
    `  apt-get update && apt-get install -y --no-install-recommends ${packages.join(' ')}`,
    'or run `node test/setup.mjs` as root, which does that.',
  ].join('\n');
}

function present(kernel: LabKernel): LabKernel {
  if (!existsSync(kernel.binary)) {
    throw new Error(`The kernel ${kernel.binary} is not there.\n${howToInstall()}`);
  }
  if (!existsSync(kernel.modules)) {
    throw new Error(`The kernel's module folder ${kernel.modules} is not there.\n${howToInstall()}`);
  }
  return kernel;
}

function installedKernel(): LabKernel {
  const [release = ''] = existsSync(installedModules) ? readdirSync(installedModules) : [];
  const place = { binary: '/usr/bin/linux.uml', modules: installedModules };
  return { name: 'installed', ...place, arguments: argumentsFor(release) };
}

function fetchedKernels(): LabKernel[] {
  const list = join(cacheFolder(), 'kernels.json');
  if (!existsSync(list)) return [];
  const kernels = JSON.parse(readFileSync(list, 'utf8')) as (LabKernel & { release: string })[];
  return kernels
    .filter(({ binary }) => existsSync(binary))
    .map((kernel) => ({ ...kernel, arguments: argumentsFor(kernel.release) }));
}

/** From 6.16 on the kernel can run its processes under seccomp, which is several times faster than ptrace. */
function argumentsFor(release: string): string[] {
  const [major = 0, minor = 0] = release.split('.').map(Number);
  return major > 6 || (major === 6 && minor >= 16) ? ['seccomp=auto'] : [];
}
