// The folders that the packages and the tarball are made of.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';

export const root = join(import.meta.dirname, '../..');
export const { version, description } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
export const names = ['ipvsadm', 'ipvsadm-save', 'ipvsadm-restore'];
/** Where packages are written to. */
export const output = resolve(process.env.PACKAGE_FOLDER ?? join(root, 'dist/package'));
/** Names of processors here and there. */
export const debianNames = { x64: 'amd64', arm64: 'arm64' };
export const rpmNames = { x64: 'x86_64', arm64: 'aarch64' };

/** The processors of the command line, this machine's without any. */
export function processors() {
  const wanted = process.argv.length > 2 ? process.argv.slice(2) : [process.arch];
  const unknown = wanted.find((processor) => !(processor in debianNames));
  if (unknown === undefined) return wanted;
  console.error(`No package for ${unknown}: use ${Object.keys(debianNames).join(' or ')}`);
  process.exit(1);
}

/** The stand-alone executable, made anew where it is older than what it is made of. */
export function executable(processor) {
  const folder = processor === process.arch ? 'standalone' : `standalone-${processor}`;
  const file = join(root, 'dist', folder, 'ipvsadm');
  if (!existsSync(file) || statSync(file).mtimeMs < newestSource()) {
    execFileSync(process.execPath, [join(import.meta.dirname, 'standalone.mjs'), processor], {
      stdio: 'inherit',
    });
  }
  return file;
}

function newestSource() {
  const files = ['src', '.config/build/bun'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true })
      .filter((name) => !name.startsWith('node_modules'))
      .map((name) => join(root, folder, name)),
  );
  files.push(join(root, 'package-lock.json'), join(import.meta.dirname, 'standalone.mjs'));
  return Math.max(...files.map((file) => statSync(file).mtimeMs));
}

/** Writes the checksums of all packages that are there, as `sha256sum -c` reads them, and gives the file's name. */
export function writeChecksums() {
  const lines = readdirSync(output)
    .filter((name) => /\.(deb|rpm|tar\.gz)$/.test(name))
    .sort()
    .map(
      (name) =>
        `${createHash('sha256')
          .update(readFileSync(join(output, name)))
          .digest('hex')}  ${name}\n`,
    );
  const file = join(output, 'SHA256SUMS');
  writeFileSync(file, lines.join(''));
  return file;
}

export function put(folder, path, content, mode = 0o644) {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
  chmodSync(file, mode);
}

export function putFile(folder, path, source, mode) {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  copyFileSync(source, file);
  chmodSync(file, mode ?? 0o644);
}

export function putLink(folder, path, target) {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  symlinkSync(target, join(folder, path));
}

/** An empty folder beside the packages. */
export function emptyFolder(name) {
  const folder = join(output, name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return folder;
}

export function compressed(text) {
  return gzipSync(text, { level: 9 });
}

/** The completion script of a shell, as the program prints it. */
export function completion(shell) {
  return execFileSync(process.execPath, [join(root, 'bin/ipvsadm'), 'completion', shell]);
}

/**
 * Puts what every package has into a folder that becomes `/`; distributions differ in where units lie.
 *
 * @param {string} folder
 * @param {string} processor
 * @param {{ units: string }} places
 */
export function putSystem(folder, processor, { units }) {
  const files = join(root, 'packaging');
  putFile(folder, 'usr/libexec/ipvsadm-ts/ipvsadm', executable(processor), 0o755);
  putFile(folder, 'usr/libexec/ipvsadm-ts/table', join(files, 'table.sh'), 0o755);
  for (const name of names) {
    putLink(folder, `usr/sbin/${name}`, '../libexec/ipvsadm-ts/ipvsadm');
    put(folder, `usr/share/man/man8/${name}.8.gz`, compressed(readFileSync(join(root, `man/${name}.8`))));
  }
  for (const [shell, path] of Object.entries(completionFiles)) put(folder, `usr/${path}`, completion(shell));
  putFile(folder, `${units}/ipvsadm.service`, join(files, 'ipvsadm.service'));
}

/** The seconds since 1970 that stand for the time of a package and all its files. */
export function packageTime() {
  const { SOURCE_DATE_EPOCH } = process.env;
  return (
    SOURCE_DATE_EPOCH ??
    execFileSync('git', ['log', '-1', '--format=%ct'], { cwd: root, encoding: 'utf8' }).trim()
  );
}

/** Who packs it, by the variables that Debian's own tools read. */
export function packager() {
  const { DEBFULLNAME = 'The ipvsadm authors', DEBEMAIL = 'ipvsadm@localhost.localdomain' } = process.env;
  return `${DEBFULLNAME} <${DEBEMAIL}>`;
}

export const summary = 'administration of the IPVS load balancer in the Linux kernel';

/** Lines of what packages say about themselves. */
export const about = [
  'A drop-in replacement for ipvsadm 1.31 with the same commands, options and',
  'output, for TCP, UDP, SCTP and firewall-mark services of the Linux Virtual',
  'Server. Beyond that it compares tables, applies them all or nothing, drains',
  'servers and prints JSON.',
];

/** Where the shells look for completion scripts, below the prefix. */
export const completionFiles = {
  bash: 'share/bash-completion/completions/ipvsadm',
  zsh: 'share/zsh/vendor-completions/_ipvsadm',
  fish: 'share/fish/vendor_completions.d/ipvsadm.fish',
};
