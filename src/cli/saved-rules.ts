import type { SavedRules } from '../doctor/director.js';
import { NameService } from '../names/name-service.js';
import { isJson } from '../rules/json/source.js';
import { serviceId } from '../rules/table.js';
import { CommandError, ExitStatus, UsageError } from './errors.js';
import { readRules, type RuleLine } from './rule-lines.js';
import type { Terminal } from './session.js';
import { readTableText } from './table-file.js';

/**
 * What restoring a file would leave in the kernel. Whatever a restore takes is taken here, clearing the table too; what
 * it refuses is told as a mistake. Throws `CommandError` for a file that can't be read.
 */
export async function readSavedRules(terminal: Terminal, path: string): Promise<SavedRules> {
  const { name, text } = await readTableText(terminal, path);
  const form = isJson(text) ? 'json' : 'rules';
  try {
    const lines = await readRules(
      { names: new NameService(), programName: 'ipvsadm' },
      Buffer.from(text, 'latin1'),
    );
    const schedulers = schedulersAfter(lines);
    return {
      path,
      form,
      services: schedulers.size,
      schedulers: [...new Set(schedulers.values())],
      mistake: undefined,
    };
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    if (path === '-') throw new CommandError(`${name}: ${error.message}`, ExitStatus.usage, { cause: error });
    const [, line, reason = error.message] = /^line (\d+): (.*)$/s.exec(error.message) ?? [];
    return {
      path,
      form,
      services: 0,
      schedulers: [],
      mistake: { line: line === undefined ? undefined : Number(line), reason: reason.trimEnd() },
    };
  }
}

/** The schedulers by service, as they are when the last line is carried out. */
function schedulersAfter(lines: readonly RuleLine[]): Map<string, string> {
  const schedulers = new Map<string, string>();
  for (const { invocation } of lines) {
    if (invocation.command === 'add-service' || invocation.command === 'edit-service') {
      schedulers.set(serviceId(invocation.service), invocation.service.scheduler);
    } else if (invocation.command === 'delete-service') {
      schedulers.delete(serviceId(invocation.service));
    } else if (invocation.command === 'flush') {
      schedulers.clear();
    }
  }
  return schedulers;
}
