import type { Destination, Service } from '../ipvs/model.js';
import { numericNames } from '../output/entry-names.js';
import { destinationRule, serviceOptions } from '../output/rules.js';

/** A word for a shell. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** The name of a setting of an interface, as sysctl reads it. Dots in an interface's name need the form with slashes. */
export function interfaceSetting(version: 'ipv4' | 'ipv6', name: string, key: string): string {
  const parts = ['net', version, 'conf', name, key];
  return parts.join(name.includes('.') ? '/' : '.');
}

/** The command that gives settings values. */
export function sysctlCommand(...settings: readonly (readonly [name: string, value: number])[]): string {
  return `sysctl -w ${settings.map(([name, value]) => shellWord(`${name}=${value}`)).join(' ')}`;
}

/** The command that sets all of a server's configuration. */
export function editServerCommand(service: Service, destination: Destination): string {
  return `ipvsadm ${destinationRule(destination, service, numericNames).replace(/^-a/, '-e').trimEnd()}`;
}

/** The command that deletes a service. */
export function deleteServiceCommand(service: Service): string {
  return `ipvsadm -D ${serviceOptions(service, numericNames)}`;
}
