import { readJsonTable } from '../rules/json/read-table.js';
import { decodeJson } from '../rules/json/source.js';
import { RuleError } from '../rules/rule-error.js';
import { UsageError } from './errors.js';
import type { RuleLine } from './rule-lines.js';

/**
 * The commands that make what a JSON text says, each with its line. `text` is a string of bytes. Throws
 * {@link UsageError}.
 */
export function readJsonRules(text: string): RuleLine[] {
  try {
    return rulesOf(decodeJson(text));
  } catch (error) {
    if (error instanceof RuleError) throw new UsageError(error.message);
    throw error;
  }
}

function rulesOf(text: string): RuleLine[] {
  const { entries, timeouts, daemons, lineOf } = readJsonTable(text);
  const lines: RuleLine[] = [];
  for (const { service, destinations } of entries) {
    lines.push({ number: lineOf(service) ?? 0, invocation: { command: 'add-service', service } });
    for (const destination of destinations) {
      lines.push({
        number: lineOf(destination) ?? 0,
        invocation: { command: 'add-server', service, destination },
      });
    }
  }
  // In the order of ipvsadm-save: sync daemons can't be started beside some tables.
  for (const daemon of daemons) {
    lines.push({ number: lineOf(daemon) ?? 0, invocation: { command: 'start-daemon', daemon } });
  }
  if (timeouts !== undefined) {
    lines.push({ number: lineOf(timeouts) ?? 0, invocation: { command: 'set', timeouts } });
  }
  return lines;
}
