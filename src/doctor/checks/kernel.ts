import { shellWord } from '../commands.js';
import type { Director, SavedRules } from '../director.js';
import type { FoundTrouble } from '../rule.js';

/** The kernel tells the table only to those who may administer the network. */
export function missingPrivileges({ host, refused }: Director): FoundTrouble[] {
  if (host.privileged && !refused) return [];
  return [
    {
      trouble: 'without CAP_NET_ADMIN the kernel tells nothing of the table',
      evidence: [
        host.privileged
          ? 'this process has that capability only in a user namespace of its own'
          : 'this process does not have that capability in its network namespace',
      ],
      remedy: { command: 'sudo ipvsadm doctor' },
    },
  ];
}

/** The kernel has no IPVS. */
export function missingModule({ host: { modules, privileged }, table, refused }: Director): FoundTrouble[] {
  if (table !== undefined || !privileged || refused) return [];
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
  const form = savedRules?.form ?? 'rules';
  for (const scheduler of savedRules?.schedulers ?? []) {
    const module = `ip_vs_${scheduler}`;
    const path = savedRules?.path ?? '';
    const onDisk = modules.isOnDisk(module);
    if (modules.isLoaded(module) || (onDisk && modules.loadedOnDemand)) continue;
    if (onDisk) {
      findings.push({
        trouble: `the scheduler ${scheduler} is not loaded, and the kernel can't load it by itself`,
        evidence: [`${path} uses it`, 'kernel.modprobe names no program, or kernel.modules_disabled is 1'],
        remedy: { command: `modprobe ${shellWord(module)}` },
      });
    } else {
      findings.push({
        trouble: `the kernel does not have the scheduler ${scheduler}`,
        evidence: [
          `${path} uses it`,
          `/lib/modules/${modules.release} has no ${module}`,
          'the command puts the default scheduler in its place',
        ],
        remedy: { command: `sed -Ei ${shellWord(replacement(scheduler, form))} ${shellWord(path)}` },
      });
    }
  }
  return findings;
}

/** What `sed` puts the default scheduler in the place of another with. */
function replacement(scheduler: string, form: SavedRules['form']): string {
  const name = scheduler.replace(/[^\w-]/g, '[$&]').replaceAll(/\[([\\^/])\]/g, '\\$1');
  return form === 'json'
    ? `s/("scheduler": *")${name}"/\\1wlc"/`
    : `s/(-s ?|--scheduler[= ])${name}( |$)/\\1wlc\\2/`;
}

/** Rules that a restore refuses leave the director without any at the next start. */
export function brokenRules({ savedRules }: Director): FoundTrouble[] {
  if (savedRules?.mistake === undefined) return [];
  const { path, mistake, form } = savedRules;
  const { line, reason } = mistake;
  const file = shellWord(path);
  const takesOut = line !== undefined && form === 'rules';
  return [
    {
      trouble: 'saved rules have a mistake, and are refused when they are restored',
      evidence: [
        `${path}${line === undefined ? '' : `, line ${line}`}: ${reason}`,
        takesOut
          ? `the command takes the line out, and keeps ${path}.broken`
          : 'the command puts the file aside',
      ],
      remedy: {
        command: takesOut ? `sed -i.broken ${line}d ${file}` : `mv ${file} ${shellWord(`${path}.broken`)}`,
      },
    },
  ];
}
