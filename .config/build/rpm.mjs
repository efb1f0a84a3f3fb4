// Builds RPM packages of the stand-alone executable with rpmbuild, for this machine's processor or those named:
//   npm run package:rpm -- x64 arm64
import { execFileSync } from 'node:child_process';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import * as staging from './staging.mjs';

const { root, version, names, put, putFile } = staging;
const release = process.env.DEBIAN_REVISION ?? '1';
const time = staging.packageTime();

const paths = [
  '/usr/libexec/ipvsadm-ts',
  ...names.map((name) => `/usr/sbin/${name}`),
  ...names.map((name) => `/usr/share/man/man8/${name}.8.gz`),
  ...Object.values(staging.completionFiles).map((path) => `/usr/${path}`),
  '/usr/lib/systemd/system/ipvsadm.service',
  '%config(noreplace) /etc/default/ipvsadm',
  '%license /usr/share/licenses/ipvsadm-ts/LICENSE',
];

// What rpmbuild does to executables on its own would cut off what they carry behind their last section.
const specification = (tree) => `
%global __os_install_post %{nil}
%global debug_package %{nil}
%global _build_id_links none
%global _binary_payload w9T0.zstdio
Name: ipvsadm-ts
Version: ${version}
Release: ${release}
Summary: ${staging.summary}
License: MIT
Packager: ${staging.packager()}
Provides: ipvsadm = 1.31
Conflicts: ipvsadm
AutoReqProv: no
Requires: glibc >= 2.17

%description
${staging.about.join('\n')}

%install
cp -a ${tree}/. %{buildroot}/

%files
%defattr(-,root,root)
${paths.join('\n')}
`;

function build(processor) {
  const work = staging.emptyFolder(`rpm-${processor}`);
  const tree = join(work, 'tree');
  staging.putSystem(tree, processor, { units: 'usr/lib/systemd/system' });
  putFile(tree, 'etc/default/ipvsadm', join(root, 'packaging/ipvsadm.default'));
  putFile(tree, 'usr/share/licenses/ipvsadm-ts/LICENSE', join(root, 'LICENSE'));
  put(work, 'ipvsadm-ts.spec', specification(tree));
  const target = staging.rpmNames[processor];
  execFileSync(
    'rpmbuild',
    [
      ...['--quiet', '-bb', '--target', `${target}-linux`, '--define', `_topdir ${work}`],
      ...['--define', 'clamp_mtime_to_source_date_epoch 1', '--define', '_buildhost localhost'],
      join(work, 'ipvsadm-ts.spec'),
    ],
    { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, SOURCE_DATE_EPOCH: time } },
  );
  const name = `ipvsadm-ts-${version}-${release}.${target}.rpm`;
  const file = join(staging.output, name);
  copyFileSync(join(work, 'RPMS', target, name), file);
  return file;
}

for (const processor of staging.processors()) console.log(build(processor));
staging.writeChecksums();
