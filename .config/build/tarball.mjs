// Packs the stand-alone executable with its man pages and completions, and writes checksums beside the archives:
//   npm run package:tarball -- x64 arm64
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import * as staging from './staging.mjs';

const { root, version, names, putFile, put, putLink } = staging;

function pack(processor) {
  const name = `ipvsadm-${version}-linux-${processor}`;
  const folder = staging.emptyFolder(`tarball-${processor}`);
  putFile(folder, `${name}/sbin/ipvsadm`, staging.executable(processor), 0o755);
  for (const link of names.slice(1)) putLink(folder, `${name}/sbin/${link}`, 'ipvsadm');
  for (const page of names) putFile(folder, `${name}/share/man/man8/${page}.8`, join(root, `man/${page}.8`));
  for (const [shell, path] of Object.entries(staging.completionFiles))
    put(folder, `${name}/${path}`, staging.completion(shell));
  for (const document of ['LICENSE', 'CHANGELOG.md'])
    putFile(folder, `${name}/${document}`, join(root, document));
  const archive = join(staging.output, `${name}.tar.gz`);
  const owner = ['--owner=0', '--group=0', '--numeric-owner', '--sort=name'];
  execFileSync('tar', [...owner, '-I', 'gzip -1', '-cf', archive, '-C', folder, name], { stdio: 'inherit' });
  return archive;
}

for (const processor of staging.processors()) console.log(pack(processor));
console.log(staging.writeChecksums());
