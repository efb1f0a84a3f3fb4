import type { IpvsClient } from '../../ipvs/client.js';
import {
  Forwarding,
  hostNetmask,
  ServiceFlag,
  TunnelFlag,
  TunnelType,
  type Destination,
  type Service,
} from '../../ipvs/model.js';
import { serviceTrouble, thresholdTrouble } from '../../ipvs/validity.js';
import { NameService } from '../../names/name-service.js';
import { destinationName } from '../../output/plain-names.js';
import { sameDestination, sameService } from '../../rules/table.js';
import { CommandError, ExitStatus, UsageError } from '../errors.js';
import type { Invocation } from '../invocation.js';
import { tunnelRows, type OptionId } from '../options.js';
import { parseAfterLookups } from '../parse-names.js';
import { parseCommandLine } from '../parse.js';
import {
  chosenServers,
  classicWords,
  namedService,
  serverChoice,
  serviceWords,
  type ConfiguredServer,
} from '../word-targets.js';
import type { RunWord, WordValues } from '../words.js';

const serviceOptions = ['scheduler', 'sched-flags', 'persistent', 'netmask', 'pe', 'ops'] as const;
const removals = ['no-persistent', 'no-netmask', 'no-pe', 'no-sched-flags', 'no-ops'] as const;
const forwardingOptions = ['gatewaying', 'ipip', 'masquerading'] as const;
const checksumOptions = ['tun-nocsum', 'tun-csum', 'tun-remcsum'] as const;
const tunnelOptions = ['tun-type', 'tun-port', ...checksumOptions] as const;
const serverOptions = [
  ...forwardingOptions,
  ...tunnelOptions,
  'weight',
  'u-threshold',
  'l-threshold',
] as const satisfies readonly OptionId[];

/** `ipvsadm set`: edits what is named of a service or a server, and leaves the rest. */
export const run: RunWord = async ({ withSession }, values) => {
  const service = await namedService(values);
  if (service === undefined) throw new UsageError('which service? -t, -u, --sctp-service or -f');
  const names = [...serviceOptions, ...removals, ...serverOptions];
  if (!names.some((name) => values.options.has(name))) throw new UsageError('nothing to set');
  if (!values.options.has('real-server')) {
    refuse(values, serverOptions, 'is for servers: name one with -r');
    return withSession(async ({ client }) => {
      await setService(client, values, await client.service(service));
      return ExitStatus.ok;
    });
  }
  refuse(values, [...serviceOptions, ...removals], 'is for services: leave -r away');
  const choice = await serverChoice(values);
  return withSession(async ({ client }) => {
    const servers = await chosenServers(client, choice);
    const [server, another] = servers;
    if (another !== undefined) {
      const ports = servers.map(({ destination }) => destination.port).join(', ');
      throw new CommandError(`which port of ${choice.name}: ${ports}?`, ExitStatus.usage);
    }
    if (server !== undefined) await setServer(client, values, server);
    return ExitStatus.ok;
  });
};

function refuse({ options }: WordValues, names: readonly string[], why: string): void {
  const illegal = names.find((name) => options.has(name));
  if (illegal !== undefined) throw new UsageError(`--${illegal} ${why}`);
}

async function setService(client: IpvsClient, values: WordValues, current: Service): Promise<void> {
  const { options } = values;
  const words = ['--edit-service', ...serviceWords(values), ...classicWords(values, serviceOptions)];
  // What is not named has a say in what is legal.
  if (!options.has('scheduler')) words.push(`--scheduler=${current.scheduler}`);
  if (!options.has('persistent')) words.push('--persistent');
  const invocation = await parse(words);
  if (invocation.command !== 'edit-service') return;
  const edited = editedService(values, current, invocation.service);
  const trouble = serviceTrouble(edited);
  if (trouble !== undefined) throw new UsageError(trouble.reason);
  if (!sameService(current, edited)) await client.editService(edited);
}

const schedulerBits = ServiceFlag.sched1 | ServiceFlag.sched2 | ServiceFlag.sched3;

function editedService({ options }: WordValues, current: Service, named: Service): Service {
  const keptOr = <T>(option: (typeof serviceOptions)[number], now: T, old: T, without: T): T => {
    if (options.has(`no-${option}`)) return without;
    return options.has(option) ? now : old;
  };
  const bits = (option: (typeof serviceOptions)[number], mask: number): number =>
    keptOr(option, named.flags & mask, current.flags & mask, 0);
  const replaced = schedulerBits | ServiceFlag.persistent | ServiceFlag.onePacket;
  return {
    ...current,
    scheduler: options.has('scheduler') ? named.scheduler : current.scheduler,
    flags:
      (current.flags & ~replaced) |
      bits('sched-flags', schedulerBits) |
      bits('persistent', ServiceFlag.persistent) |
      bits('ops', ServiceFlag.onePacket),
    timeout: keptOr('persistent', named.timeout, current.timeout, 0),
    netmask: keptOr('netmask', named.netmask, current.netmask, hostNetmask(current.family)),
    persistenceEngine: keptOr('pe', named.persistenceEngine, current.persistenceEngine, ''),
  };
}

async function setServer(
  client: IpvsClient,
  values: WordValues,
  { service, destination: current }: ConfiguredServer,
): Promise<void> {
  const words = ['--edit-server', ...serviceWords(values), '--real-server', destinationName(current)];
  words.push(...classicWords(values, serverOptions), ...impliedWords(values, current));
  const invocation = await parse(words);
  if (invocation.command !== 'edit-server') return;
  const edited = editedServer(values, current, invocation.destination);
  const trouble = thresholdTrouble(edited);
  if (trouble !== undefined) throw new UsageError(trouble.reason);
  if (!sameDestination(current, edited)) await client.editDestination(service, edited);
}

/** What is not named has a say in what is legal. */
function impliedWords({ options }: WordValues, current: Destination): string[] {
  const words: string[] = [];
  const has = (name: OptionId): boolean => options.has(name);
  const wasTunnel = current.forwarding === Forwarding.tunnel;
  if (!forwardingOptions.some(has)) words.push(forwardingWord(current.forwarding));
  if (!wasTunnel || !tunnelOptions.some(has) || has('gatewaying') || has('masquerading')) return words;
  if (has('tun-type')) return words;
  words.push(`--tun-type=${tunnelRows[current.tunnelType]?.name ?? ''}`);
  if (current.tunnelType === TunnelType.gue && !has('tun-port')) {
    words.push(`--tun-port=${current.tunnelPort}`);
  }
  if (!checksumOptions.some(has)) {
    if ((current.tunnelFlags & TunnelFlag.csum) !== 0) words.push('--tun-csum');
    if ((current.tunnelFlags & TunnelFlag.remcsum) !== 0) words.push('--tun-remcsum');
  }
  return words;
}

function forwardingWord(forwarding: number): string {
  if (forwarding === Forwarding.masquerade) return '--masquerading';
  return forwarding === Forwarding.tunnel ? '--ipip' : '--gatewaying';
}

function editedServer({ options }: WordValues, current: Destination, named: Destination): Destination {
  const has = (name: OptionId): boolean => options.has(name);
  const forwards = forwardingOptions.some(has);
  const staysTunnel = current.forwarding === Forwarding.tunnel && named.forwarding === Forwarding.tunnel;
  const { tunnelType, tunnelPort, tunnelFlags } =
    tunnelOptions.some(has) || (forwards && !staysTunnel) ? named : current;
  return {
    ...current,
    forwarding: forwards ? named.forwarding : current.forwarding,
    weight: has('weight') ? named.weight : current.weight,
    upperThreshold: has('u-threshold') ? named.upperThreshold : current.upperThreshold,
    lowerThreshold: has('l-threshold') ? named.lowerThreshold : current.lowerThreshold,
    tunnelType,
    tunnelPort,
    tunnelFlags,
  };
}

function parse(words: readonly string[]): Promise<Invocation> {
  const names = new NameService();
  return parseAfterLookups(names, () => parseCommandLine(words, '', names));
}
