import { ServiceFlag } from './model.js';

/** Names of the scheduler flags, those of a scheduler of its own first (`linux/ip_vs.h`, `ipvsadm(8)`). */
export const schedulerFlagNames: readonly {
  readonly name: string;
  readonly bit: number;
  readonly scheduler?: string;
}[] = [
  { name: 'sh-fallback', bit: ServiceFlag.sched1, scheduler: 'sh' },
  { name: 'sh-port', bit: ServiceFlag.sched2, scheduler: 'sh' },
  { name: 'mh-fallback', bit: ServiceFlag.sched1, scheduler: 'mh' },
  { name: 'mh-port', bit: ServiceFlag.sched2, scheduler: 'mh' },
  { name: 'flag-1', bit: ServiceFlag.sched1 },
  { name: 'flag-2', bit: ServiceFlag.sched2 },
  { name: 'flag-3', bit: ServiceFlag.sched3 },
];

const schedulerBits = [ServiceFlag.sched1, ServiceFlag.sched2, ServiceFlag.sched3];

/** The scheduler flags set in `flags`, by the names of the scheduler. */
export function schedulerFlagList(flags: number, scheduler: string): string[] {
  const names: string[] = [];
  for (const bit of schedulerBits) {
    if ((flags & bit) === 0) continue;
    const row = schedulerFlagNames.find(
      (flag) => flag.bit === bit && (flag.scheduler === undefined || flag.scheduler === scheduler),
    );
    if (row !== undefined) names.push(row.name);
  }
  return names;
}

/** The scheduler flags set in `flags`, comma-separated, by the names of the scheduler; empty for none. */
export function schedulerFlagText(flags: number, scheduler: string): string {
  return schedulerFlagList(flags, scheduler).join(',');
}
