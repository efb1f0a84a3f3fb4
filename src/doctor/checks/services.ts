import { Protocol, ServiceFlag } from '../../ipvs/model.js';
import { serviceName, targetName } from '../../output/plain-names.js';
import { deleteServiceCommand, editServerCommand } from '../commands.js';
import type { Director } from '../director.js';
import { firstFew } from '../evidence.js';
import type { FoundTrouble } from '../rule.js';

/** Services without a server refuse every connection. */
export function withoutServers({ table }: Director): FoundTrouble[] {
  return (table?.services ?? [])
    .filter(({ destinations }) => destinations.length === 0)
    .map(({ service }) => ({
      trouble: `${serviceName(service)} has no server`,
      evidence: ['the command deletes the service; or add a server with ipvsadm -a'],
      remedy: { command: deleteServiceCommand(service) },
    }));
}

/** A server of weight 0 gets no new connections. */
export function withoutWeight({ table }: Director): FoundTrouble[] {
  const findings: FoundTrouble[] = [];
  for (const { service, destinations } of table?.services ?? []) {
    const [first] = destinations;
    if (first === undefined || destinations.some(({ weight }) => weight !== 0)) continue;
    const names = destinations.map((destination) => targetName({ service, destination }));
    findings.push({
      trouble: `every server of ${serviceName(service)} has the weight 0, so it takes no new connections`,
      evidence: firstFew(names),
      remedy: { command: editServerCommand(service, { ...first, weight: 1 }) },
    });
  }
  return findings;
}

/** A server at its upper threshold gets no new connections until it is below the lower one. */
export function thresholdsReached({ table }: Director): FoundTrouble[] {
  const findings: FoundTrouble[] = [];
  for (const { service, destinations } of table?.services ?? []) {
    for (const destination of destinations) {
      const { upperThreshold, activeConnections, inactiveConnections, weight } = destination;
      const connections = activeConnections + inactiveConnections;
      if (upperThreshold === 0 || connections < upperThreshold || weight === 0) continue;
      findings.push({
        trouble: `${targetName({ service, destination })} has as many connections as it may, and gets no new ones`,
        evidence: [
          `${activeConnections} active and ${inactiveConnections} inactive, upper threshold ${upperThreshold}`,
        ],
        remedy: {
          command: editServerCommand(service, { ...destination, upperThreshold: 2 * connections }),
        },
      });
    }
  }
  return findings;
}

/** A client is remembered longer than its idle connections, which then break though the client stays where it was. */
export function persistenceOutlasts({ table }: Director): FoundTrouble[] {
  if (table === undefined) return [];
  const { tcp } = table.timeouts;
  const longer = table.services
    .map(({ service }) => service)
    .filter(({ flags, protocol, timeout }) => {
      return (flags & ServiceFlag.persistent) !== 0 && protocol === Protocol.tcp && timeout > tcp;
    });
  if (longer.length === 0 || tcp === 0) return [];
  const longest = Math.max(...longer.map(({ timeout }) => timeout));
  return [
    {
      trouble: `idle connections are forgotten after ${tcp} s, though their clients are kept at a server for longer`,
      evidence: firstFew(
        longer.map((service) => `${serviceName(service)} is persistent for ${service.timeout} s`),
      ),
      remedy: { command: `ipvsadm --set ${longest} 0 0` },
    },
  ];
}
