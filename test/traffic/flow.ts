import { join } from 'node:path';
import { shellQuote, type Lab } from '../lab/lab.ts';
import { projectRoot } from '../lab/project.ts';
import {
  portOf,
  rulesOf,
  scenarios,
  serviceOption,
  virtualAddress,
  type Scenario,
  type Step,
} from './scenarios.ts';

/** Frames of one kind that an interface has seen. */
export interface FrameCount {
  readonly direction: 'in' | 'out';
  /** The link-layer address at the other end. */
  readonly neighbour: string;
  /** The number in the IP header. */
  readonly protocol: number;
  readonly from: number;
  readonly to: number;
  readonly packets: number;
  /** From the IP header on. */
  readonly bytes: number;
}

/** All that was seen of one run of every scenario. */
export interface Flow {
  /** For each scenario, what each of its steps answered. */
  readonly answers: readonly (readonly string[])[][];
  readonly client: readonly FrameCount[];
  readonly director: readonly FrameCount[];
  readonly stats: string;
  readonly referenceStats: string;
  readonly rate: string;
  readonly connections: string;
}

const ours = join(projectRoot, 'bin/ipvsadm');
const here = join(projectRoot, 'test/traffic');

function clientStep(scenario: Scenario, step: Step): object {
  if ('ipvsadm' in step) {
    const words = step.ipvsadm.replace('SERVICE', serviceOption(scenario)).split(' ');
    return { command: ['ip', 'netns', 'exec', 'director', ours, ...words] };
  }
  if ('again' in step) return step;
  const { protocol, family } = scenario;
  return { ...step, protocol, address: virtualAddress[family], port: portOf(scenario) };
}

function markRule(scenario: Scenario): string {
  const { family, protocol } = scenario;
  const port = portOf(scenario);
  return `ether type ${family === 6 ? 'ip6' : 'ip'} ${protocol} dport ${port} meta mark set ${port}`;
}

const outputs = ['answers', 'client', 'director', 'stats', 'referenceStats', 'rate', 'connections'] as const;

function script(): string {
  const plan = scenarios.flatMap((scenario) => scenario.steps.map((step) => clientStep(scenario, step)));
  const marks = scenarios.filter(({ isMark = false }) => isMark).map(markRule);
  const addresses = [1, 2, 3].map((number) => `10.0.2.5${number} fd00:2::5${number}`);
  return `set -e
trap 'kill $(jobs -p) 2>/dev/null || true' EXIT
cd ${shellQuote(here)}
. ./topology.sh
build_networks; build_client client; build_director director 1 01; give_virtual_addresses director; build_servers
peer=(python3 -B ./peer.py)
${addresses.map((own, index) => `ip netns exec server${index + 1} "\${peer[@]}" serve server${index + 1} 8000-${8000 + scenarios.length} $virtual4 $virtual6 ${own} >/run/server${index + 1} 2>&1 &`).join('\n')}
ip netns exec client "\${peer[@]}" watch front /run/client >/run/client-ready & watchers=$!
ip netns exec director "\${peer[@]}" watch back /run/director >/run/director-ready & watchers+=" $!"
inside director ${ours} -R <<'RULES'
${scenarios.flatMap(rulesOf).join('\n')}
RULES
inside director nft -f - <<'MARKS'
table bridge marks {
  chain incoming { type filter hook prerouting priority 0
${marks.join('\n')}
  }
}
MARKS
ready server1 server2 server3 client-ready director-ready
inside client "\${peer[@]}" ask >/run/answers <<'PLAN'
${JSON.stringify(plan)}
PLAN
# The kernel adds up statistics every two seconds.
sleep 2.2
inside director ${ours} -Ln --rate >/run/rate
for ((i = 0; i < 5; i++)); do
  inside director ${ours} -Ln --stats --exact >/run/stats
  sleep 2.2
  inside director /usr/sbin/ipvsadm -Ln --stats --exact >/run/referenceStats
  cmp -s /run/stats /run/referenceStats && break
done
inside director ${ours} -Lnc >/run/connections
kill $watchers; wait $watchers || true
for file in ${outputs.join(' ')}; do printf '\\n== %s\\n' $file; cat /run/$file; done
`;
}

/** Builds the networks, configures the director, lets every scenario flow once and reads what the director says. */
export async function letFlow(lab: Lab): Promise<Flow> {
  const { stdout, stderr, status } = await lab.run(script(), { timeoutMs: 240_000 });
  if (status !== 0) throw new Error(`The networks can't be built or used: ${status}\n${stderr}\n${stdout}`);
  const texts = new Map(
    stdout
      .split(/^== /m)
      .slice(1)
      .map((part) => [part.slice(0, part.indexOf('\n')), part.slice(part.indexOf('\n') + 1)]),
  );
  const text = (name: (typeof outputs)[number]): string => texts.get(name) ?? '';
  const flat = (JSON.parse(text('answers')) as string[][]).values();
  return {
    answers: scenarios.map(({ steps }) => steps.map(() => flat.next().value ?? [])),
    client: JSON.parse(text('client')) as FrameCount[],
    director: JSON.parse(text('director')) as FrameCount[],
    stats: text('stats'),
    referenceStats: text('referenceStats'),
    rate: text('rate'),
    connections: text('connections'),
  };
}
