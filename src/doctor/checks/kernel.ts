import { shellWord } from '../commands.js';
import type { Director } from '../director.js';
import type { FoundTrouble } from '../rule.js';

/** The kernel tells the table only to those who may administer the network. */
export function missingPrivileges({ host }: Director): FoundTrouble[] {
  if (host.privileged) return [];
  return [
    {
      trouble: 'without CAP_NET_ADMIN the kernel tells nothing of the table',
      evidence: ['this process does not have that capability in its network namespace'],
      remedy: { command: 'sudo ipvsadm doctor' },
    },
  ];
}

/** The kernel has no IPVS. */
export function missingModule({ host: { modules, privileged }, table }: Director): FoundTrouble[] {
  if (table !== undefined || !privileged) return [];
  const folder = `/lib/modules/${modules.release}`;
  return [
    {
      trouble: 'the kernel module ip_vs is not loaded',
      evidence: [
        modules.isOnDisk('ip_vs')
          ? `it is in ${folder}`
          : `${folder} does not have it: install the modules of this kernel first`,
      ],
      remedy: { command: 'modprobe ip_vs' },
    },
  ];
}

/** Each network namespace has a table of its own: in a container one easily looks at the wrong one. */
export function emptyNamespace({ host, table }: Director): FoundTrouble[] {
  if (host.inHostNamespace !== false || table?.services.length !== 0) return [];
  return [
    {
      trouble: 'this network namespace has a table of its own, which is empty',
      evidence: ['/proc/self/ns/net is another namespace than /proc/1/ns/net'],
      remedy: { command: 'nsenter --target 1 --net ipvsadm doctor' },
    },
  ];
}

/** Rules were saved, and nobody restored them. */
export function rulesNotRestored({ host, table, savedRules }: Director): FoundTrouble[] {
  if (host.inHostNamespace === false || table?.services.length !== 0) return [];
  if (savedRules === undefined || savedRules.services === 0) return [];
  return [
    {
      trouble: 'the table is empty, but rules are saved',
      evidence: [`${savedRules.path} has services: ${savedRules.services}`],
      remedy: { command: `ipvsadm-restore <${shellWord(savedRules.path)}` },
    },
  ];
}

/** Saved rules name schedulers that the kernel will not find. */
export function missingSchedulers({ host: { modules }, savedRules }: Director): FoundTrouble[] {
  const findings: FoundTrouble[] = [];
  for (const scheduler of savedRules?.schedulers ?? []) {
    const module = `ip_vs_${scheduler}`;
    const path = savedRules?.path ?? '';
    const onDisk = modules.isOnDisk(module);
    if (modules.isLoaded(module) || (onDisk && modules.loadedOnDemand)) continue;
    if (onDisk) {
      findings.push({
        trouble: `the scheduler ${scheduler} is not loaded, and the kernel can't load it by itself`,
        evidence: [`${path} uses it`, 'kernel.modprobe names no program, or kernel.modules_disabled is 1'],
        remedy: { command: `modprobe ${module}` },
      });
    } else {
      findings.push({
        trouble: `the kernel does not have the scheduler ${scheduler}`,
        evidence: [
          `${path} uses it`,
          `/lib/modules/${modules.release} has no ${module}`,
          'the command puts the default scheduler in its place',
        ],
        remedy: { command: `sed -i 's/-s ${scheduler}\\b/-s wlc/' ${shellWord(path)}` },
      });
    }
  }
  return findings;
}
