import { setWeights, type ConfiguredTarget } from '../../ipvs/drain.js';
import { targetName } from '../../output/plain-names.js';
import { ExitStatus } from '../errors.js';
import { RememberedWeights } from '../state/remembered-weights.js';
import { chosenServers, serverChoice } from '../word-targets.js';
import type { RunWord } from '../words.js';

/** For some server no weight is remembered. */
const unknown = 1;

/** `ipvsadm undrain`: gives servers the weights they had before they were drained. */
export const run: RunWord = async ({ terminal, withSession }, values) => {
  const choice = await serverChoice(values);
  return withSession(async ({ client }) => {
    const weights = new RememberedWeights();
    const restored: ConfiguredTarget[] = [];
    let status: number = ExitStatus.ok;
    for (const server of await chosenServers(client, choice)) {
      const { service, destination } = server;
      const weight = weights.get(server);
      if (destination.weight !== 0) {
        terminal.write(`${targetName(server)}: has the weight ${destination.weight} already\n`);
        weights.forget(server);
      } else if (weight === undefined) {
        terminal.writeError(`ipvsadm undrain: ${targetName(server)}: no weight is remembered; use set -w\n`);
        status = unknown;
      } else {
        restored.push({ service, destination: { ...destination, weight } });
      }
    }
    await setWeights(client, restored);
    for (const target of restored) {
      weights.forget(target);
      terminal.write(`${targetName(target)}: weight ${target.destination.weight}\n`);
    }
    return status;
  });
};
