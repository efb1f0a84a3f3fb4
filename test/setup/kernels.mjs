import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync } from 'node:fs';
import { readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { sourcesForSuite } from './apt-sources.mjs';
import { canInstall, isInstalled, run } from './run.mjs';

const cache = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'ipvsadm-lab');
const list = join(cache, 'kernels.json');

/**
 * Fetches the user-mode kernels of newer Debian suites, which run the lab several times faster, into a folder of
 * their own. They bring their C library along. Where that is not possible, the lab uses the installed kernel.
 *
 * @param {string[]} suites the preferred one first
 */
export function fetchKernels(suites) {
  if (process.env['IPVSADM_LAB_KERNEL']) return;
  for (const suite of suites) {
    if (knownKernels().some(({ name, binary }) => name === suite && existsSync(binary))) continue;
    try {
      console.log(`setup: fetching the user-mode kernel of Debian ${suite} into ${cache}`);
      const kernel = fetchKernel(suite);
      const others = knownKernels().filter(({ name }) => name !== suite);
      const order = (name) => (suites.includes(name) ? suites.indexOf(name) : suites.length);
      const kernels = [...others, kernel].sort((one, other) => order(one.name) - order(other.name));
      writeFileSync(list, `${JSON.stringify(kernels, undefined, 2)}\n`);
    } catch (error) {
      console.log(`setup: no kernel of Debian ${suite}: ${error.message}`);
    }
  }
}

/** Which kernel the lab will boot. */
export function describeKernel() {
  const given = process.env['IPVSADM_LAB_KERNEL'];
  if (given) return `the lab uses IPVSADM_LAB_KERNEL=${given}`;
  const fetched = knownKernels().find(({ binary }) => existsSync(binary));
  if (fetched) return `the lab uses Linux ${fetched.release} of Debian ${fetched.name}`;
  const installed = existsSync('/usr/bin/linux.uml');
  return installed ? 'the lab uses the installed /usr/bin/linux.uml' : 'the lab has no kernel';
}

function knownKernels() {
  return existsSync(list) ? JSON.parse(readFileSync(list, 'utf8')) : [];
}

function fetchKernel(suite) {
  if (!canInstall()) throw new Error('that needs root and apt-get');
  for (const tool of ['dpkg', 'patchelf']) if (!isInstalled(tool)) throw new Error(`that needs ${tool}`);
  const own = /^VERSION_CODENAME=(.*)$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? '';
  const sources = sourcesForSuite(own, suite);
  if (!sources) throw new Error(`no entry of ${own} main in apt's sources`);
  mkdirSync(cache, { recursive: true });
  const work = mkdtempSync(join(cache, 'fetch-'));
  const target = join(cache, suite);
  try {
    download(work, sources);
    const release = assemble(work, target);
    rmSync(target, { recursive: true, force: true });
    renameSync(join(work, 'kernel'), target);
    const binary = join(target, 'linux.uml');
    run(binary, ['--version']);
    return {
      name: suite,
      release,
      binary,
      modules: join(target, 'modules'),
    };
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Downloads with lists and cache of its own, so that the machine's apt does not notice the other suite. */
function download(work, sources) {
  const file = join(work, `suite.${sources.ending}`);
  writeFileSync(file, sources.text);
  for (const folder of ['lists/partial', 'archives/partial', 'debs']) {
    mkdirSync(join(work, folder), { recursive: true });
  }
  const settings = {
    'Dir::Etc::sourcelist': file,
    'Dir::Etc::sourceparts': '-',
    'Dir::State::lists': join(work, 'lists'),
    'Dir::Cache': work,
    'Acquire::Languages': 'none',
    'Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled': 'false',
    'APT::Sandbox::User': 'root',
  };
  const options = Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  run('apt-get', [...options, 'update']);
  run('apt-get', [...options, 'download', 'user-mode-linux', 'libc6'], { cwd: join(work, 'debs') });
}

/**
 * Unpacks the two packages and points the kernel's binary to the C library it was made for, as it will lie in the
 * folder `target`. Returns the kernel's release.
 */
function assemble(work, target) {
  const debs = join(work, 'debs');
  for (const name of readdirSync(debs)) {
    run('dpkg', ['-x', join(debs, name), join(work, name.startsWith('libc6') ? 'libc' : 'uml')]);
  }
  const kernel = join(work, 'kernel');
  mkdirSync(kernel);
  const loader = findFile(join(work, 'libc'), /^ld-linux.*\.so\.\d+$/);
  if (!loader) throw new Error('libc6 has no dynamic loader');
  renameSync(dirname(loader), join(kernel, 'libc'));
  renameSync(join(work, 'uml/usr/lib/uml/modules'), join(kernel, 'modules'));
  const binary = join(kernel, 'linux.uml');
  copyFileSync(join(work, 'uml/usr/bin/linux.uml'), binary);
  const library = join(target, 'libc');
  run('patchelf', ['--set-interpreter', join(library, basename(loader)), '--set-rpath', library, binary]);
  const [release] = readdirSync(join(kernel, 'modules'));
  return release;
}

function findFile(folder, pattern) {
  const entries = readdirSync(folder, { withFileTypes: true, recursive: true });
  const found = entries.find((entry) => entry.isFile() && pattern.test(entry.name));
  return found && join(found.parentPath, found.name);
}
