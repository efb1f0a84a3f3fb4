import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { programsUnderTest, type Programs } from '../conformance/script.ts';
import { type Lab, shellQuote } from './lab.ts';

export interface TranscriptOptions {
  /** Lines of bash that run before, in the same shell and namespace; what they print is not shown. */
  readonly before?: string;
  readonly timeoutMs?: number;
  /** The programs of the session; those for Node, or the ones named by `IPVSADM_PROGRAMS`, if not given. */
  readonly programs?: Programs;
}

let folders = 0;

/**
 * Runs the commands of a session, which are its lines behind `$ ` with those behind `> ` below, in a fresh network
 * namespace and folder of a guest. Gives what a person would have seen: the commands, what they printed on either
 * stream, and their status where it is not 0. A session that is a transcript comes back unchanged.
 */
export async function transcript(
  lab: Lab,
  session: string,
  { before = '', timeoutMs = 300_000, programs = programsUnderTest() }: TranscriptOptions = {},
): Promise<string> {
  folders += 1;
  const folder = join(lab.directory, `transcript-${folders}`);
  mkdirSync(folder);
  const path = [programs, dirname(process.execPath), '/usr/sbin', '/usr/bin', '/sbin', '/bin'];
  const script = [
    `export PATH=${shellQuote(path.join(':'))} LC_ALL=C`,
    'ip link set lo up',
    `{ ${before === '' ? ':' : before}\n} >/dev/null 2>&1`,
    'exec >output 2>&1',
    ...commandsOf(session).flatMap((command) => [
      `printf '%s\\n' ${shellQuote(`$ ${command.replaceAll('\n', '\n> ')}`)}`,
      command,
      `status=$?; [ $status = 0 ] || echo "[$status]"`,
    ]),
    'exec >/dev/null 2>&1',
    'jobs -p | xargs -r kill -KILL',
  ].join('\n');
  writeFileSync(join(folder, 'script'), script);
  // Mounts and processes of their own: what a session starts and mounts ends with it.
  const inside = 'mount -t tmpfs tmpfs /run && mkdir /run/netns && exec bash script';
  const job = [
    `cd ${shellQuote(folder)} || exit`,
    `unshare --net --pid --fork --mount-proc bash -c ${shellQuote(inside)}`,
    'cat output',
  ].join('\n');
  const { stdout, stderr, status } = await lab.run(job, { timeoutMs });
  if (status !== 0 || stderr !== '') throw new Error(`the session ended with ${status}: ${stderr}${stdout}`);
  return stdout;
}

/** The commands of a session: the lines, those behind `> ` with the one above. */
function commandsOf(session: string): string[] {
  const commands: string[] = [];
  for (const line of session.trim().split('\n')) {
    const last = commands.at(-1);
    if (line.startsWith('$ ')) commands.push(line.slice(2));
    else if (line.startsWith('> ') && last !== undefined) commands.splice(-1, 1, `${last}\n${line.slice(2)}`);
  }
  return commands;
}
