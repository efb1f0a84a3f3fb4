import type { ListedService } from '../ipvs/listing.js';
import { AddressFamily } from '../ipvs/address.js';
import { versionText, type DestinationEntry, type ServiceEntry, type Stats } from '../ipvs/model.js';
import { protocolName } from './classic.js';
import type { TableHead } from './json.js';

// Names and labels are those of node_exporter's collector for IPVS, with another prefix, as far as it has them.

interface Metric<T> {
  readonly name: string;
  readonly type: 'counter' | 'gauge';
  readonly help: string;
  readonly value: (subject: T) => number | bigint;
}

const statsMetrics: readonly Metric<Stats>[] = [
  {
    name: 'connections_total',
    type: 'counter',
    help: 'Connections made',
    value: ({ connections }) => connections,
  },
  {
    name: 'incoming_packets_total',
    type: 'counter',
    help: 'Packets from clients',
    value: ({ inPackets }) => inPackets,
  },
  {
    name: 'outgoing_packets_total',
    type: 'counter',
    help: 'Packets to clients that passed the director',
    value: ({ outPackets }) => outPackets,
  },
  {
    name: 'incoming_bytes_total',
    type: 'counter',
    help: 'Bytes from clients',
    value: ({ inBytes }) => inBytes,
  },
  {
    name: 'outgoing_bytes_total',
    type: 'counter',
    help: 'Bytes to clients that passed the director',
    value: ({ outBytes }) => outBytes,
  },
];

const backendGauges: readonly Metric<DestinationEntry>[] = [
  {
    name: 'connections_active',
    type: 'gauge',
    help: 'Connections that are established',
    value: ({ activeConnections }) => activeConnections,
  },
  {
    name: 'connections_inactive',
    type: 'gauge',
    help: 'Connections that are known but not established',
    value: ({ inactiveConnections }) => inactiveConnections,
  },
  {
    name: 'connections_persistent',
    type: 'gauge',
    help: 'Persistence templates',
    value: ({ persistentConnections }) => persistentConnections,
  },
  {
    name: 'weight',
    type: 'gauge',
    help: 'Share of the server; 0 gets no new connections',
    value: ({ weight }) => weight,
  },
  {
    name: 'upper_threshold',
    type: 'gauge',
    help: 'Connections above which the server gets no new ones; 0 for no limit',
    value: ({ upperThreshold }) => upperThreshold,
  },
  {
    name: 'lower_threshold',
    type: 'gauge',
    help: 'Connections below which an overloaded server is used again; 0 for three quarters of the upper threshold',
    value: ({ lowerThreshold }) => lowerThreshold,
  },
];

/**
 * The table as metrics in the text format of Prometheus, a piece for each metric. Rates are not among them: they are
 * what `rate()` makes of counters. `head` is left out for a part of the table.
 */
export function* metricsText(
  entries: readonly ListedService[],
  head: TableHead | undefined,
): Generator<string, void, undefined> {
  if (head !== undefined) yield* headMetrics(head);
  const services = entries.map(({ service }) => ({ service, labels: serviceLabels(service) }));
  const backends = entries.flatMap(({ destinations }, index) =>
    destinations.map((backend) => ({
      backend,
      labels: `${services[index]?.labels ?? ''},${labelsText({
        remote_address: backend.address.toString(),
        remote_port: backend.port,
      })}`,
    })),
  );
  yield metricText(
    'ipvs_service_info',
    'gauge',
    'What is configured for the service',
    services.map(({ service, labels }) =>
      sample('ipvs_service_info', `${labels},${labelsText({ scheduler: service.scheduler })}`, 1),
    ),
  );
  for (const { name, type, help, value } of statsMetrics) {
    const full = `ipvs_service_${name}`;
    const samples = services.map(({ service, labels }) => sample(full, labels, value(service.stats)));
    yield metricText(full, type, help, samples);
  }
  for (const { name, type, help, value } of backendGauges) {
    const full = `ipvs_backend_${name}`;
    yield metricText(
      full,
      type,
      help,
      backends.map(({ backend, labels }) => sample(full, labels, value(backend))),
    );
  }
  for (const { name, type, help, value } of statsMetrics) {
    const full = `ipvs_backend_${name}`;
    const samples = backends.map(({ backend, labels }) => sample(full, labels, value(backend.stats)));
    yield metricText(full, type, help, samples);
  }
}

function* headMetrics({ info, total }: TableHead): Generator<string, void, undefined> {
  yield metricText('ipvs_info', 'gauge', 'Version of IPVS in the kernel', [
    sample('ipvs_info', labelsText({ version: versionText(info.version) }), 1),
  ]);
  yield metricText('ipvs_connection_table_size', 'gauge', 'Buckets of the hash table of connections', [
    sample('ipvs_connection_table_size', '', info.connectionTableSize),
  ]);
  if (total === undefined) return;
  for (const { name, type, help, value } of statsMetrics) {
    yield metricText(`ipvs_${name}`, type, help, [sample(`ipvs_${name}`, '', value(total))]);
  }
}

/** A metric without samples is left out. */
function metricText(name: string, type: string, help: string, samples: readonly string[]): string {
  return samples.length === 0
    ? ''
    : `# HELP ${name} ${escapeText(help)}.\n# TYPE ${name} ${type}\n${samples.join('')}`;
}

function serviceLabels({ family, protocol, address, port, fwmark }: ServiceEntry): string {
  const byMark = fwmark !== 0;
  return labelsText({
    family: family === AddressFamily.ipv4 ? 'ipv4' : 'ipv6',
    proto: byMark ? 'FWM' : protocolName(protocol),
    local_address: byMark ? '' : address.toString(),
    local_port: byMark ? '' : port,
    local_mark: byMark ? fwmark : '',
  });
}

function labelsText(labels: Readonly<Record<string, string | number>>): string {
  return Object.entries(labels)
    .map(([label, text]) => `${label}="${escapeText(String(text)).replaceAll('"', '\\"')}"`)
    .join(',');
}

function sample(name: string, labels: string, value: number | bigint): string {
  return `${name}${labels === '' ? '' : `{${labels}}`} ${value}\n`;
}

function escapeText(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}
