import { describe, expect, test } from 'vitest';
import { describeRefusal } from '../../../src/ipvs/errors.js';

describe('the sentences of ipvsadm 1.31', () => {
  test.each([
    ['newService', 17, 'Service already exists'],
    ['newService', 2, 'Scheduler or persistence engine not found'],
    ['setService', 2, 'Scheduler or persistence engine not found'],
    ['setService', 3, 'No such service'],
    ['delService', 3, 'No such service'],
    ['getService', 3, 'No such service'],
    ['zero', 3, 'No such service'],
    ['newDest', 3, 'Service not defined'],
    ['setDest', 3, 'Service not defined'],
    ['delDest', 3, 'Service not defined'],
    ['newDest', 17, 'Destination already exists'],
    ['setDest', 2, 'No such destination'],
    ['delDest', 2, 'No such destination'],
    ['newDaemon', 17, 'Daemon has already run'],
    ['delDaemon', 3, 'No daemon is running'],
    ['flush', 1, 'Permission denied (you must be root)'],
    ['newDest', 22, 'Invalid operation.  Possibly wrong module version, address not unicast, ...'],
    ['getInfo', 92, 'Protocol not available'],
    ['setConfig', 12, 'Memory allocation problem'],
    ['newService', 95, 'Operation not supported with IPv6'],
    ['newDest', 97, 'Operation not supported with specified address family'],
    ['getDest', 90, 'Module is wrong version'],
    ['setDest', 34, 'Numerical result out of range'],
    ['toString', 2, 'No such file or directory'],
  ])('%s, error %i', (operation, errno, sentence) => {
    expect(describeRefusal(operation, errno)).toBe(sentence);
  });
});
