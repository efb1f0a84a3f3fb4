import { numericNames } from '../../output/entry-names.js';
import { configurationJson } from '../../output/json.js';
import { timeoutsText, virtualServerText } from '../../output/keepalived.js';
import { destinationRule, serviceRule, timeoutsRule } from '../../output/rules.js';
import { readConfiguration, type KeepalivedTable } from '../../rules/keepalived/read-configuration.js';
import { ConfigurationError } from '../../rules/keepalived/source.js';
import { CommandError, ExitStatus, UsageError } from '../errors.js';
import { includedFiles } from '../keepalived-files.js';
import { printable } from '../printable.js';
import type { Terminal } from '../session.js';
import { readTableFile, readTableText } from '../table-file.js';
import type { RunWord, WordValues } from '../words.js';

/** `ipvsadm convert`: a keepalived configuration as rules or JSON, or the other way. */
export const run: RunWord = async ({ terminal }, values) => {
  const { options, args } = values;
  if (options.has('from') === options.has('to')) {
    throw new UsageError('one of --from keepalived and --to keepalived is needed');
  }
  const [path = '-'] = args;
  await (options.has('from') ? fromKeepalived(terminal, path, values) : toKeepalived(terminal, path));
  terminal.flush();
  return ExitStatus.ok;
};

async function fromKeepalived(terminal: Terminal, path: string, { options }: WordValues): Promise<void> {
  const source = await readTableText(terminal, path);
  const configId = options.get('config-id');
  const { table, timeouts, notices } = read(
    { name: path, text: source.text },
    typeof configId === 'string' ? configId : undefined,
  );
  for (const { place, kind, count } of notices) {
    const more = count === 1 ? '' : ` (${count} times)`;
    const name = place.name === path ? source.name : place.name;
    terminal.writeError(`${printable(name)}:${place.line}: ${printable(kind)}${more}\n`);
  }
  const entries = Array.from(table.values(), ({ service, destinations }) => ({
    service,
    destinations: [...destinations.values()],
  }));
  if (options.has('json') || options.has('pretty')) {
    const settings = timeouts === undefined ? undefined : { timeouts, daemons: [] };
    for (const piece of configurationJson(entries, { settings, pretty: options.has('pretty') })) {
      terminal.write(piece);
    }
    return;
  }
  for (const { service, destinations } of entries) {
    terminal.write(serviceRule(service, numericNames));
    for (const destination of destinations) {
      terminal.write(destinationRule(destination, service, numericNames));
    }
  }
  if (timeouts !== undefined) terminal.write(timeoutsRule(timeouts));
}

function read(source: { readonly name: string; readonly text: string }, configId?: string): KeepalivedTable {
  try {
    return readConfiguration(source, includedFiles, configId);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    const { name, line } = error.place;
    const file = name === '-' ? 'standard input' : name;
    throw new CommandError(`${printable(file)}:${line}: ${printable(error.reason)}`, ExitStatus.usage, {
      cause: error,
    });
  }
}

async function toKeepalived(terminal: Terminal, path: string): Promise<void> {
  const { table, timeouts, daemons } = await readTableFile(terminal, path);
  const losses =
    daemons.length === 0 ? [] : ['sync daemons belong to VRRP in keepalived: see lvs_sync_daemon there'];
  if (timeouts !== undefined) terminal.write(timeoutsText(timeouts));
  for (const { service, destinations } of table.values()) {
    const block = virtualServerText(service, [...destinations.values()]);
    terminal.write(block.text);
    for (const loss of block.losses) losses.push(loss);
  }
  for (const loss of losses) terminal.writeError(`ipvsadm convert: ${loss}\n`);
}
