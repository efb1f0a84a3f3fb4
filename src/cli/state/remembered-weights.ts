import {
  closeSync,
  constants,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { DrainTarget } from '../../ipvs/drain.js';
import { destinationName, serviceName } from '../../output/plain-names.js';
import { attempt, errorCode, namespaceIdentity, openRunFolder, troubleWith } from './run-folder.js';

const mostWeight = 2_147_483_647;

/**
 * The weights that servers had before they were drained, one file a server, of the network namespace this process is
 * in; those of another are not seen, though it had the same inode or was there before the machine started anew. Throws
 * `CommandError` when the files can't be used.
 */
export class RememberedWeights {
  readonly #folder: string;

  constructor(runFolder = openRunFolder(), identity = namespaceIdentity()) {
    const folder = `weights-${identity}`;
    removeOutlived(runFolder, folder);
    this.#folder = openRunFolder(join(runFolder, folder));
  }

  /** The weight that a server had; undefined when it is not known. */
  get(target: DrainTarget): number | undefined {
    const path = this.#path(target);
    let text: string;
    try {
      // A pipe in its place must not make the program wait.
      const descriptor = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
      try {
        text = readFileSync(descriptor, 'utf8');
      } finally {
        closeSync(descriptor);
      }
    } catch (cause) {
      if (errorCode(cause) === 'ENOENT') return undefined;
      throw troubleWith(path, cause);
    }
    const weight = /^[0-9]{1,10}\n$/.test(text) ? Number(text) : 0;
    return weight > 0 && weight <= mostWeight ? weight : undefined;
  }

  set(target: DrainTarget, weight: number): void {
    const path = this.#path(target);
    const draft = `${path}.${process.pid}`;
    attempt(path, () => {
      // Left behind by a process of this number that was killed.
      rmSync(draft, { force: true });
      writeFileSync(draft, `${weight}\n`, { flag: 'wx', mode: 0o600 });
      renameSync(draft, path);
    });
  }

  forget(target: DrainTarget): void {
    const path = this.#path(target);
    attempt(path, () => {
      rmSync(path, { force: true });
    });
  }

  #path({ service, destination }: DrainTarget): string {
    return join(this.#folder, `${serviceName(service)} ${destinationName(destination)}`.replaceAll(' ', '_'));
  }
}

/** Removes what is remembered of namespaces that had the inode of this one and are gone. */
function removeOutlived(runFolder: string, own: string): void {
  const [ours] = /^weights-[0-9]+/.exec(own) ?? [];
  if (ours === undefined) return;
  attempt(runFolder, () => {
    for (const name of readdirSync(runFolder)) {
      const isOutlived = name !== own && (name === ours || name.startsWith(`${ours}-`));
      if (isOutlived) rmSync(join(runFolder, name), { recursive: true, force: true });
    }
  });
}
