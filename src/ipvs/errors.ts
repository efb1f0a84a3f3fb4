import { errorText } from '../netlink/errno.js';
import type { OperationName } from './schema.js';

// Error numbers of Linux that have a sentence of their own here.
const EPERM = 1;
const ENOENT = 2;
const ESRCH = 3;
const ENOMEM = 12;
const EEXIST = 17;
const EINVAL = 22;
const EMSGSIZE = 90;
const ENOPROTOOPT = 92;
const EOPNOTSUPP = 95;
const EAFNOSUPPORT = 97;

const noService = 'No such service';
const noScheduler = 'Scheduler or persistence engine not found';
const noDestination = 'No such destination';
const serviceNotDefined = 'Service not defined';

/** The sentences of ipvsadm 1.31 by operation and error number. */
const sentences: Partial<Record<OperationName, Readonly<Record<number, string>>>> = {
  newService: { [EEXIST]: 'Service already exists', [ENOENT]: noScheduler },
  setService: { [ESRCH]: noService, [ENOENT]: noScheduler },
  delService: { [ESRCH]: noService },
  getService: { [ESRCH]: noService },
  zero: { [ESRCH]: noService },
  newDest: { [ESRCH]: serviceNotDefined, [EEXIST]: 'Destination already exists' },
  setDest: { [ESRCH]: serviceNotDefined, [ENOENT]: noDestination },
  delDest: { [ESRCH]: serviceNotDefined, [ENOENT]: noDestination },
  newDaemon: { [EEXIST]: 'Daemon has already run' },
  delDaemon: { [ESRCH]: 'No daemon is running' },
};

const anySentence: Readonly<Record<number, string>> = {
  [EPERM]: 'Permission denied (you must be root)',
  [EINVAL]: 'Invalid operation.  Possibly wrong module version, address not unicast, ...',
  [ENOPROTOOPT]: 'Protocol not available',
  [ENOMEM]: 'Memory allocation problem',
  [EOPNOTSUPP]: 'Operation not supported with IPv6',
  [EAFNOSUPPORT]: 'Operation not supported with specified address family',
  [EMSGSIZE]: 'Module is wrong version',
};

/** What a positive error number means for an operation (a key of `operations`), in the words of ipvsadm 1.31. */
export function describeRefusal(operation: string, errno: number): string {
  return sentenceOf(operation)?.[errno] ?? anySentence[errno] ?? errorText(errno);
}

function sentenceOf(operation: string): Readonly<Record<number, string>> | undefined {
  return Object.hasOwn(sentences, operation) ? sentences[operation as OperationName] : undefined;
}
