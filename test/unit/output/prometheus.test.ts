import { expect, test } from 'vitest';
import { metricsText } from '../../../src/output/prometheus.js';
import { listedServices, statsFrom } from './listed-services.js';

const head = { info: { version: 0x010201, connectionTableSize: 4096 }, total: statsFrom(9007199254740993n) };

function metrics(...args: Parameters<typeof metricsText>): string {
  return Array.from(metricsText(...args)).join('');
}

test('an empty table', () => {
  expect(metrics([], head)).toBe(`# HELP ipvs_info Version of IPVS in the kernel.
# TYPE ipvs_info gauge
ipvs_info{version="1.2.1"} 1
# HELP ipvs_connection_table_size Buckets of the hash table of connections.
# TYPE ipvs_connection_table_size gauge
ipvs_connection_table_size 4096
# HELP ipvs_connections_total Connections made.
# TYPE ipvs_connections_total counter
ipvs_connections_total 9007199254740993
# HELP ipvs_incoming_packets_total Packets from clients.
# TYPE ipvs_incoming_packets_total counter
ipvs_incoming_packets_total 9007199254740994
# HELP ipvs_outgoing_packets_total Packets to clients that passed the director.
# TYPE ipvs_outgoing_packets_total counter
ipvs_outgoing_packets_total 9007199254740995
# HELP ipvs_incoming_bytes_total Bytes from clients.
# TYPE ipvs_incoming_bytes_total counter
ipvs_incoming_bytes_total 9007199254740996
# HELP ipvs_outgoing_bytes_total Bytes to clients that passed the director.
# TYPE ipvs_outgoing_bytes_total counter
ipvs_outgoing_bytes_total 9007199254740997
`);
});

test('services and servers of every kind', () => {
  const http = 'family="ipv4",proto="TCP",local_address="192.0.2.1",local_port="80",local_mark=""';
  const dns = 'family="ipv6",proto="UDP",local_address="2001:db8::1",local_port="53",local_mark=""';
  const mark = 'family="ipv6",proto="FWM",local_address="",local_port="",local_mark="4294967295"';
  const text = metrics(listedServices, undefined);
  expect(text.slice(0, text.indexOf('# HELP', 1)))
    .toBe(`# HELP ipvs_service_info What is configured for the service.
# TYPE ipvs_service_info gauge
ipvs_service_info{${http},scheduler="wlc"} 1
ipvs_service_info{${dns},scheduler="sh"} 1
ipvs_service_info{${mark},scheduler="wlc"} 1
`);
  expect(text).toContain(`# HELP ipvs_service_connections_total Connections made.
# TYPE ipvs_service_connections_total counter
ipvs_service_connections_total{${http}} 18446744073709551600
ipvs_service_connections_total{${dns}} 0
ipvs_service_connections_total{${mark}} 0
`);
  expect(text).toContain(`# HELP ipvs_backend_connections_active Connections that are established.
# TYPE ipvs_backend_connections_active gauge
ipvs_backend_connections_active{${http},remote_address="10.0.0.1",remote_port="8080"} 6
ipvs_backend_connections_active{${http},remote_address="10.0.0.2",remote_port="8080"} 0
ipvs_backend_connections_active{${dns},remote_address="10.0.0.3",remote_port="53"} 0
ipvs_backend_connections_active{${dns},remote_address="2001:db8::2",remote_port="53"} 0
ipvs_backend_connections_active{${dns},remote_address="2001:db8::3",remote_port="53"} 0
`);
  expect(text.match(/^# TYPE .*$/gm)).toEqual([
    '# TYPE ipvs_service_info gauge',
    '# TYPE ipvs_service_connections_total counter',
    '# TYPE ipvs_service_incoming_packets_total counter',
    '# TYPE ipvs_service_outgoing_packets_total counter',
    '# TYPE ipvs_service_incoming_bytes_total counter',
    '# TYPE ipvs_service_outgoing_bytes_total counter',
    '# TYPE ipvs_backend_connections_active gauge',
    '# TYPE ipvs_backend_connections_inactive gauge',
    '# TYPE ipvs_backend_connections_persistent gauge',
    '# TYPE ipvs_backend_weight gauge',
    '# TYPE ipvs_backend_upper_threshold gauge',
    '# TYPE ipvs_backend_lower_threshold gauge',
    '# TYPE ipvs_backend_connections_total counter',
    '# TYPE ipvs_backend_incoming_packets_total counter',
    '# TYPE ipvs_backend_outgoing_packets_total counter',
    '# TYPE ipvs_backend_incoming_bytes_total counter',
    '# TYPE ipvs_backend_outgoing_bytes_total counter',
  ]);
});

test('what could end a label early is escaped', () => {
  const [first] = listedServices;
  if (first === undefined) throw new TypeError('no services');
  const service = { ...first.service, scheduler: 'a"b\\c\nd' };
  expect(metrics([{ service, destinations: [] }], undefined)).toContain(',scheduler="a\\"b\\\\c\\nd"} 1\n');
});
