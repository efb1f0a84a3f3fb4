import { readdirSync, readFileSync } from 'node:fs';

/** The kernel counts in hundredths of a second. */
const ticksPerSecond = 100;

interface ProcessTimes {
  readonly parent: number;
  readonly ticks: number;
}

/** Seconds of a processor that a process and those it started have used, as the kernel of this machine counts them. */
export function processorTime(pid: number): number {
  const processes = new Map<number, ProcessTimes>();
  for (const name of readdirSync('/proc')) {
    const times = /^\d+$/.test(name) ? timesOf(name) : undefined;
    if (times !== undefined) processes.set(Number(name), times);
  }
  let ticks = 0;
  for (const [each, times] of processes) if (descends(each, pid, processes)) ticks += times.ticks;
  return ticks / ticksPerSecond;
}

function descends(pid: number, ancestor: number, processes: ReadonlyMap<number, ProcessTimes>): boolean {
  for (let each: number | undefined = pid; each !== undefined; each = processes.get(each)?.parent) {
    if (each === ancestor) return true;
  }
  return false;
}

/** Of a process with the children that it has waited for; undefined where it has just ended. */
function timesOf(pid: string): ProcessTimes | undefined {
  try {
    // The name in parentheses may have anything in it.
    const fields = readFileSync(`/proc/${pid}/stat`, 'latin1')
      .replace(/^.*\) /s, '')
      .split(' ');
    const [user, system, childUser, childSystem] = fields.slice(11, 15).map(Number);
    return {
      parent: Number(fields[1]),
      ticks: (user ?? 0) + (system ?? 0) + (childUser ?? 0) + (childSystem ?? 0),
    };
  } catch {
    return undefined;
  }
}
