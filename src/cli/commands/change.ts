import type { Operation } from '../../ipvs/operation.js';
import type { Invocation } from '../invocation.js';

/** The change of the kernel's table that an invocation asks for; undefined for those that change nothing. */
export function operationOf(invocation: Invocation): Operation | undefined {
  switch (invocation.command) {
    case 'add-service':
      return { kind: 'newService', service: invocation.service };
    case 'edit-service':
      return { kind: 'setService', service: invocation.service };
    case 'delete-service':
      return { kind: 'delService', service: invocation.service };
    case 'add-server':
      return { kind: 'newDest', service: invocation.service, destination: invocation.destination };
    case 'edit-server':
      return { kind: 'setDest', service: invocation.service, destination: invocation.destination };
    case 'delete-server':
      return { kind: 'delDest', service: invocation.service, destination: invocation.destination };
    case 'flush':
      return { kind: 'flush' };
    case 'zero':
      return invocation.service === undefined
        ? { kind: 'zero' }
        : { kind: 'zero', service: invocation.service };
    case 'set':
      return { kind: 'setConfig', timeouts: invocation.timeouts };
    case 'start-daemon':
      return { kind: 'newDaemon', daemon: invocation.daemon };
    case 'stop-daemon':
      return { kind: 'delDaemon', daemon: invocation.daemon };
    case 'list':
    case 'list-connections':
    case 'list-timeouts':
    case 'list-daemons':
    case 'save':
    case 'restore':
    case 'help':
    case 'version':
      return undefined;
  }
}
