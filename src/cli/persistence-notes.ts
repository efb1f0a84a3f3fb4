import { readFileSync } from 'node:fs';
import { ServiceFlag, type Service } from '../ipvs/model.js';
import { serviceName } from '../output/plain-names.js';

/** Decides whether the template of a persistent client still counts when its server has the weight 0. */
const templateSetting = '/proc/sys/net/ipv4/vs/expire_quiescent_template';

/** Whether persistent clients go on to a server with the weight 0; the kernel's default is that they do. */
export function templatesPin(): boolean {
  try {
    return readFileSync(templateSetting, 'latin1').trim() === '0';
  } catch {
    return true;
  }
}

/** What to know of draining a persistent service, as a line; undefined where there is nothing. */
export function persistenceNote(service: Service): string | undefined {
  if ((service.flags & ServiceFlag.persistent) === 0 || !templatesPin()) return undefined;
  return (
    `${serviceName(service)} is persistent: its clients come back to the server until they stay away for ` +
    `${service.timeout} s, because net.ipv4.vs.expire_quiescent_template is 0 (${templateSetting})`
  );
}
