import { existsSync } from 'node:fs';
import { readTextFile } from './text-file.js';

/** The kernel's modules. */
export interface Modules {
  /** Whether a module is loaded or built in. */
  isLoaded(name: string): boolean;
  /** Whether a module can be loaded from disk. */
  isOnDisk(name: string): boolean;
  /** Whether the kernel loads modules by itself when something asks for them. */
  readonly loadedOnDemand: boolean;
  /** Release of the kernel. */
  readonly release: string;
}

/** Looks at the modules of the running kernel. */
export function readModules(): Modules {
  const release = readTextFile('/proc/sys/kernel/osrelease')?.trim() ?? '';
  const loader = readTextFile('/proc/sys/kernel/modprobe')?.trim() ?? '';
  const disabled = readTextFile('/proc/sys/kernel/modules_disabled')?.trim() === '1';
  let onDisk: ReadonlySet<string> | undefined;
  return {
    release,
    loadedOnDemand: !disabled && loader !== '' && existsSync(loader),
    isLoaded: (name) => moduleName.test(name) && existsSync(`/sys/module/${name}`),
    isOnDisk: (name) => {
      onDisk ??= modulesIn(
        (readTextFile(`/lib/modules/${release}/modules.dep`) ?? '') +
          (readTextFile(`/lib/modules/${release}/modules.builtin`) ?? ''),
      );
      return onDisk.has(name);
    },
  };
}

/** Names come from files too, and nothing else is a name. */
const moduleName = /^\w+$/;

/** The modules whose files a list names; in file names a dash may stand for the underscore. */
function modulesIn(list: string): ReadonlySet<string> {
  return new Set(Array.from(list.matchAll(/([^/\s]+)\.ko/g), ([, name = '']) => name.replaceAll('-', '_')));
}
