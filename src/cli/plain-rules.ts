import { PlainRules } from '../rules/plain-rules.js';
import { serviceId } from '../rules/table.js';
import { CommonRules, lineEnd } from './common-rules.js';

const hash = 0x23;
/** `-a -t 0.0.0.0:1 -r 0.0.0.0:1 -m -w 0` and a line feed. */
const shortestServerLine = 37;

/**
 * Reads rules that add services, each once and with its servers behind it, in lines of the common forms, and comments.
 * Undefined for all others, and for those with a mistake.
 */
export function readPlainRules(bytes: Buffer): PlainRules | undefined {
  const rules = new PlainRules(Math.ceil((bytes.length + 1) / shortestServerLine));
  const common = new CommonRules(bytes);
  const ids = new Set<string>();
  let latest: object | undefined;
  for (let start = 0; start < bytes.length;) {
    const end = lineEnd(bytes, start);
    if (end > start && bytes[start] !== hash) {
      const rule = common.read(start, end);
      const { key } = common;
      if (rule === undefined || key === undefined) return undefined;
      if (rule === 'add-service') {
        const service = common.service(key);
        const id = serviceId(service);
        if (ids.has(id)) return undefined;
        ids.add(id);
        latest = key;
        rules.addService(service);
      } else {
        if (key !== latest) return undefined;
        rules.addServer(common.address, common.port, common.forwarding, common.weight);
      }
    }
    start = end + 1;
  }
  return rules.services.length === 0 ? undefined : rules;
}
