/// <reference types="jest" />
import { isReachable } from './broker.js';
import type { Broker } from './broker.js';

/** Set by `.ci/run`: there every broker has to be reachable. */
const areRequired = process.env['NEST_SAGA_BROKERS'] === 'required';

/**
 * Declares tests that need a broker on this machine. Without one they are skipped and say so, unless `NEST_SAGA_BROKERS` is
 * `required`: then they fail.
 */
export async function describeWithBroker(title: string, broker: Broker, tests: () => void): Promise<void> {
  const { name, port, remedy } = broker;
  if (await isReachable(port)) {
    describe(title, tests);
    return;
  }
  const problem = `no ${name} listens on port ${port}: ${remedy}`;
  if (areRequired) {
    describe(title, () => {
      it(`has ${name}`, () => {
        throw new Error(problem);
      });
    });
    return;
  }
  console.warn(`Skipped "${title}": ${problem}`);
  describe.skip(title, tests);
}
