import { UnresolvedHost } from '../names/lookup.js';
import type { NameService } from '../names/name-service.js';

/** Does `parse`, looking up the host names it asks for until it needs none. */
export async function parseAfterLookups<T>(names: NameService, parse: () => T): Promise<T> {
  for (;;) {
    try {
      return parse();
    } catch (error) {
      if (!(error instanceof UnresolvedHost)) throw error;
      await names.resolveHosts([error.host]);
    }
  }
}
