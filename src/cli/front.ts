import { Argument, Command, CommanderError, Option } from 'commander';
import { CommandError, ExitStatus, UsageError } from './errors.js';
import {
  commandRows,
  optionRows,
  type CommandRow,
  type HelpSection,
  type OptionRow,
  type ValueRow,
} from './options.js';
import { printable } from './printable.js';
import { wordRows, type WordRow, type WordValues } from './words.js';

const sectionTitles: Readonly<Record<HelpSection, string>> = {
  service: 'Virtual service:',
  option: 'Options:',
  daemon: 'Sync daemon options:',
  output: 'Output options, not in ipvsadm 1.31:',
};

const usage = [
  '-A|-E SERVICE [-s scheduler] [-p [timeout]] [-M netmask] [--pe engine] [-b flags] [-o]',
  '-D SERVICE',
  '-C',
  '-R [--atomic]',
  '-S [-n] [--all] [output options]',
  '-a|-e SERVICE -r host[:port] [-g|-i|-m] [-w weight] [-x connections] [-y connections] [tunnel options]',
  '-d SERVICE -r host[:port]',
  '-L|-l [SERVICE] [options] [output options]',
  '-Z [SERVICE]',
  '--set tcp tcpfin udp',
  '--start-daemon master|backup [sync daemon options]',
  '--stop-daemon master|backup',
  '-h | -v',
  'WORD [arguments], see ipvsadm WORD --help',
];

/** The command line as commander knows it, made from the tables of commands and options. */
function frontCommand(): Command {
  const command = new Command('ipvsadm')
    .usage(usage.join('\n       ipvsadm '))
    .description('Administers IPVS, the load balancer in the Linux kernel.')
    .helpOption(false)
    .helpCommand(false)
    .commandsGroup('Words, not in ipvsadm 1.31:')
    .configureHelp({ helpWidth: 100 });
  for (const row of commandRows) command.addOption(commandOption(row).helpGroup('Commands:'));
  for (const row of optionRows) command.addOption(rowOption(row).helpGroup(sectionTitles[row.section]));
  for (const { name, help } of wordRows) command.addCommand(new Command(name).description(help));
  return command;
}

function commandOption({ short, long, value, words, help }: CommandRow): Option {
  const [letter, ...aliases] = short;
  const spelling = `${letter === undefined ? '' : `-${letter}, `}--${long}${valueText(value)}`;
  const also = aliases.map((alias) => ` (also -${alias})`).join('');
  return new Option(words === undefined ? spelling : `${spelling} <${words}>`, `${help}${also}`);
}

function rowOption({ id, short, value, help }: OptionRow): Option {
  return new Option(`${short === undefined ? '' : `-${short}, `}--${id}${valueText(value)}`, help);
}

function valueText(value: ValueRow | undefined): string {
  if (value === undefined) return '';
  return value.optional === true ? ` [${value.name}]` : ` <${value.name}>`;
}

/**
 * Reads what stands after a word. Throws {@link UsageError} for a mistake, and {@link HelpWanted} for `--help`.
 */
export function parseWord(row: WordRow, args: readonly string[]): WordValues {
  const command = wordCommand(row);
  let help = '';
  command.configureOutput({
    writeOut: (text) => (help += text),
    writeErr: () => undefined,
    outputError: () => undefined,
  });
  try {
    command.parse(withoutStrayValues(row, args), { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.code === 'commander.helpDisplayed') throw new HelpWanted(help);
    throw new UsageError(printable(error.message.replace(/^error: |\n.*$/gs, '')));
  }
  return { args: command.args, options: givenOptions(command) };
}

/** Thrown for `--help` after a word; the message is the help text. */
export class HelpWanted extends CommandError {
  constructor(text: string) {
    super(text, ExitStatus.ok, { code: 'ERR_HELP' });
  }
}

/** Options whose value only stands behind `=` get an empty one where they have none. */
function withoutStrayValues({ options }: WordRow, args: readonly string[]): string[] {
  const names = options
    .filter(({ attached }) => attached === true)
    .map(({ flags }) => flags.split(' ', 1)[0]);
  return args.map((word) => (names.includes(word) ? `${word}=` : word));
}

function givenOptions(command: Command): ReadonlyMap<string, string | true | readonly string[]> {
  const given = new Map<string, string | true | readonly string[]>();
  for (const option of command.options) {
    const value: unknown = command.getOptionValue(option.attributeName());
    // --no-x shares the value of --x, and makes it false.
    if (option.negate) {
      if (value === false) given.set(option.name(), true);
    } else if (option.optional && !option.required && value === '') {
      given.set(option.name(), true);
    } else if (value === true || typeof value === 'string') given.set(option.name(), value);
    else if (Array.isArray(value) && value.length > 0) given.set(option.name(), value.map(String));
  }
  return given;
}

function wordCommand({ name, help, args, options }: WordRow): Command {
  const command = new Command(`ipvsadm ${name}`)
    .description(help)
    .exitOverride()
    .allowExcessArguments(false)
    .configureHelp({ helpWidth: 100 });
  for (const row of args) {
    const text = `${row.name}${row.variadic === true ? '...' : ''}`;
    const argument = new Argument(row.optional === true ? `[${text}]` : `<${text}>`, row.help);
    command.addArgument(row.choices === undefined ? argument : argument.choices(row.choices));
  }
  for (const row of options) {
    const option = new Option(row.flags, row.help);
    if (row.choices !== undefined) option.choices(row.choices);
    if (row.repeatable === true) {
      option.argParser((value: string, previous: readonly string[] | undefined) => [
        ...(previous ?? []),
        value,
      ]);
    }
    command.addOption(option);
  }
  return command;
}

/** The text of `-h`. */
export function helpText(): string {
  return frontCommand().helpInformation();
}
