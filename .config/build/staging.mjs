// The folders that the Debian package and the tarball are made of.
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';

export const root = join(import.meta.dirname, '../..');
export const { version, description } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
export const names = ['ipvsadm', 'ipvsadm-save', 'ipvsadm-restore'];
/** Names of processors here and there. */
export const debianNames = { x64: 'amd64', arm64: 'arm64' };

/** The processors of the command line, this machine's without any. */
export function processors() {
  const wanted = process.argv.length > 2 ? process.argv.slice(2) : [process.arch];
  const unknown = wanted.find((processor) => !(processor in debianNames));
  if (unknown === undefined) return wanted;
  console.error(`No package for ${unknown}: use ${Object.keys(debianNames).join(' or ')}`);
  process.exit(1);
}

/** The stand-alone executable, which `npm run build:standalone` makes. */
export function executable(processor) {
  const folder = processor === process.arch ? 'standalone' : `standalone-${processor}`;
  const file = join(root, 'dist', folder, 'ipvsadm');
  if (!existsSync(file)) {
    execFileSync(process.execPath, [join(import.meta.dirname, 'standalone.mjs'), processor], {
      stdio: 'inherit',
    });
  }
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

/** An empty folder below dist. */
export function emptyFolder(name) {
  const folder = join(root, 'dist', name);
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

/** Where the shells look for completion scripts, below the prefix. */
export const completionFiles = {
  bash: 'share/bash-completion/completions/ipvsadm',
  zsh: 'share/zsh/vendor-completions/_ipvsadm',
  fish: 'share/fish/vendor_completions.d/ipvsadm.fish',
};
