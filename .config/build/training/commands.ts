import { rules, services, type StandInServer } from './table.js';

/** A run of one of the programs. */
export interface TrainedCommand {
  readonly program: 'ipvsadm' | 'ipvsadm-save' | 'ipvsadm-restore';
  readonly args: readonly string[];
  readonly input?: string;
  /** How many lines it prints and how many changes it asks the kernel for, 0 if not given. */
  readonly lines?: number;
  readonly changes?: number;
}

const titleLines = 3;
const tableLines = services.reduce((sum, { servers }) => sum + 1 + servers.length, 0);
/** A listing of one service has no line for the version. */
const serviceLines = titleLines - 1 + 1 + (services[0]?.servers.length ?? 0);

const service = ['-t', '192.0.2.1:80'];
const server = [...service, '-r', '10.0.1.10:80'];

/** One server differs from the kernel's. */
function otherWeight({ address }: StandInServer): number {
  return String(address) === '10.0.1.10' ? 2 : 1;
}

/** Lines that are read word by word, unlike the forms that saved rules mostly have. */
const otherLines = '-A -t 192.0.2.9:80 -s wlc -p 300\n-a -t 192.0.2.9:80 -r 10.0.9.10 -m -x 100\n';

/** What is run for each of the compiled forms of bin/program.js. What is left out is compiled when it is called. */
export const trainedCommands: Readonly<Record<string, readonly TrainedCommand[]>> = {
  start: [{ program: 'ipvsadm', args: ['-v'], lines: 1 }],
  work: [
    { program: 'ipvsadm', args: ['-Ln'], lines: titleLines + tableLines },
    { program: 'ipvsadm', args: ['-Ln', '--stats'], lines: titleLines + tableLines },
    { program: 'ipvsadm', args: ['-Ln', ...service], lines: serviceLines },
    { program: 'ipvsadm', args: ['-L'], lines: titleLines + tableLines },
    { program: 'ipvsadm', args: ['-Sn'], lines: tableLines },
    { program: 'ipvsadm-save', args: ['-n'], lines: tableLines },
    { program: 'ipvsadm', args: ['-A', ...service, '-s', 'rr'], changes: 1 },
    { program: 'ipvsadm', args: ['-D', ...service], changes: 1 },
    { program: 'ipvsadm', args: ['-a', ...server, '-m', '-w', '1'], changes: 1 },
    { program: 'ipvsadm', args: ['-e', ...server, '-m', '-w', '0'], changes: 1 },
    { program: 'ipvsadm', args: ['-d', ...server], changes: 1 },
    { program: 'ipvsadm', args: ['-C'], changes: 1 },
    { program: 'ipvsadm', args: ['-R'], input: rules(() => 1), changes: tableLines },
    { program: 'ipvsadm', args: ['-R'], input: otherLines, changes: 2 },
    { program: 'ipvsadm-restore', args: [], input: rules(otherWeight), changes: 1 },
  ],
};
