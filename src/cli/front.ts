import { Command, Option } from 'commander';
import { commandRows, optionRows, type CommandRow, type HelpSection, type OptionRow, type ValueRow } from './options.js';

const sectionTitles: Readonly<Record<HelpSection, string>> = {
  service: 'Virtual service:',
  option: 'Options:',
  daemon: 'Sync daemon options:',
};

const usage = [
  '-A|-E SERVICE [-s scheduler] [-p [timeout]] [-M netmask] [--pe engine] [-b flags] [-o]',
  '-D SERVICE',
  '-C',
  '-R',
  '-S [-n]',
  '-a|-e SERVICE -r host[:port] [-g|-i|-m] [-w weight] [-x connections] [-y connections] [tunnel options]',
  '-d SERVICE -r host[:port]',
  '-L|-l [SERVICE] [options]',
  '-Z [SERVICE]',
  '--set tcp tcpfin udp',
  '--start-daemon master|backup [sync daemon options]',
  '--stop-daemon master|backup',
  '-h | -v',
];

/** The command line as commander knows it, made from the tables of commands and options. */
function frontCommand(): Command {
  const command = new Command('ipvsadm')
    .usage(usage.join('\n       ipvsadm '))
    .description('Administers IPVS, the load balancer in the Linux kernel.')
    .helpOption(false)
    .configureHelp({ helpWidth: 100 });
  for (const row of commandRows) command.addOption(commandOption(row).helpGroup('Commands:'));
  for (const row of optionRows) command.addOption(rowOption(row).helpGroup(sectionTitles[row.section]));
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

/** The text of `-h`. */
export function helpText(): string {
  return frontCommand().helpInformation();
}
