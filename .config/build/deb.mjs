// Builds the Debian packages of the stand-alone executable with dpkg-deb, for this machine's processor or those named:
//   npm run package:deb -- x64 arm64
import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import * as staging from './staging.mjs';

const { root, version, put, putFile, compressed } = staging;
const files = join(root, 'packaging');
const revision = `${version}-${process.env.DEBIAN_REVISION ?? '1'}`;
/** As `dpkg-deb -Z` takes it: `none` is quick, for tests. */
const compression = process.env.PACKAGE_COMPRESSION ?? 'xz';
const maintainer = staging.packager();
const time = staging.packageTime();
const date = new Date(Number(time) * 1000).toUTCString().replace('GMT', '+0000');

function stage(processor) {
  const folder = staging.emptyFolder(`deb-${processor}`);
  staging.putSystem(folder, processor, { units: 'lib/systemd/system' });
  putFile(folder, 'usr/share/ipvsadm-ts/ipvsadm.default', join(files, 'ipvsadm.default'));
  const documents = 'usr/share/doc/ipvsadm-ts';
  const licence = readFileSync(join(root, 'LICENSE'), 'utf8').trimEnd().split('\n').slice(4);
  const indented = licence.map((line) => (line === '' ? ' .' : ` ${line}`)).join('\n');
  put(
    folder,
    `${documents}/copyright`,
    `${readFileSync(join(files, 'debian/copyright'), 'utf8')}License: MIT\n${indented}\n`,
  );
  put(folder, `${documents}/changelog.gz`, compressed(readFileSync(join(root, 'CHANGELOG.md'))));
  const changes = `ipvsadm-ts (${revision}) unstable; urgency=medium\n\n  * See changelog.gz.\n\n -- ${maintainer}  ${date}\n`;
  put(folder, `${documents}/changelog.Debian.gz`, compressed(changes));
  putFile(folder, 'usr/share/lintian/overrides/ipvsadm-ts', join(files, 'debian/lintian-overrides'));
  for (const name of ['postinst', 'postrm'])
    putFile(folder, `DEBIAN/${name}`, join(files, 'debian', name), 0o755);
  put(
    folder,
    'DEBIAN/control',
    control(staging.debianNames[processor], statSync(staging.executable(processor)).size),
  );
  return folder;
}

function control(architecture, size) {
  return `Package: ipvsadm-ts
Version: ${revision}
Architecture: ${architecture}
Maintainer: ${maintainer}
Installed-Size: ${Math.ceil(size / 1024) + 128}
Depends: libc6 (>= 2.17)
Suggests: keepalived
Provides: ipvsadm (= 1:1.31)
Conflicts: ipvsadm, lvs
Replaces: ipvsadm
Section: net
Priority: optional
Description: ${staging.summary}
${staging.about.map((line) => ` ${line}`).join('\n')}
`;
}

for (const processor of staging.processors()) {
  const folder = stage(processor);
  const file = join(staging.output, `ipvsadm-ts_${revision}_${staging.debianNames[processor]}.deb`);
  execFileSync('dpkg-deb', ['--root-owner-group', `-Z${compression}`, '-z1', '--build', folder, file], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, SOURCE_DATE_EPOCH: time },
  });
  console.log(file);
}
staging.writeChecksums();
