/**
 * Runs the suites that take minutes first: started last, each would leave one core idle at the end. Jest remembers how
 * long a suite took. In a fresh clone it uses the size of the files instead.
 */
import TestSequencer from '@jest/test-sequencer';

const longest = [
  'exhaustive.spec',
  'soak.crash-spec',
  'kills.crash-spec',
  'faults.crash-spec',
  'model.spec',
  'saboteurs.spec',
  'lab-saboteurs.crash-spec',
];

export default class LongestFirst extends TestSequencer {
  async sort(tests) {
    const sorted = await super.sort(tests);
    return [...sorted].sort((one, other) => placeOf(one) - placeOf(other));
  }
}

function placeOf({ path }) {
  const place = longest.findIndex((name) => path.endsWith(`/apps/crash-lab/test/${name}.ts`));
  return place === -1 ? longest.length : place;
}
