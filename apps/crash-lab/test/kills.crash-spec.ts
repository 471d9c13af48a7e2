import { runKillLab } from '../src/lab/kill-lab.js';
import { scenarios } from '../src/lab/scenarios.js';

/** Enough for every name of a place, and for every scenario. */
const enough = 150;
const kills = Number(process.env['KILLS'] ?? enough);
const serverUrl = process.env['NEST_SAGA_TEST_DATABASE_URL'] ?? '';

/** The methods of the storage that a process calls in these scenarios. */
const methods = [
  'start',
  'append',
  'load',
  'claim',
  'release',
  'releaseExpired',
  'listOwned',
  'registerWorker',
  'renewWorker',
  'removeWorker',
];
const moments = ['before', 'during', 'after'];
const calls = ['act of reserve', 'act of charge', 'act of invoice', 'act of ship'].concat(
  ['reserve', 'charge', 'invoice'].map((step) => `compensate of ${step}`),
);
/** The calls whose events are handled: at the first, a middle and the last step, and in an undo. */
const emitting = ['act of reserve', 'act of charge', 'act of ship'].concat([
  'compensate of reserve',
  'compensate of charge',
]);
/** The requests that the process makes that is to die. */
const requested = {
  'a client that cancels': 'cancel-requested',
  'a client that signals': 'signal-received',
  'a client that approves': 'signal-received',
  'a client that rejects': 'signal-received',
  'an operator that retries': 'retry-requested',
};

/**
 * At the entry, inside, and at the exit of every step and of every event handler, and around and in the middle of every
 * call of the storage.
 */
const everywhere = [
  ...methods.flatMap((method) => moments.map((moment) => `${moment} ${method}`)),
  ...calls.flatMap((call) => [
    `at ${call.replace(' of', ' entry of')}`,
    `inside ${call}`,
    `at ${call.replace(' of', ' exit of')}`,
  ]),
  ...emitting.flatMap((call) => [
    `at handler entry of the ${call}`,
    `inside handler of the ${call}`,
    `at handler exit of the ${call}`,
  ]),
  ...Object.keys(requested).flatMap((scenario) => moments.map((moment) => `${moment} append of ${scenario}`)),
];

/** The entries without which these scenarios would prove nothing. */
const recorded = [
  ...['a delay', 'a signal', 'a wait that times out', 'an approval', 'a rejection'].map(
    (name) => `${name}: wait-ended`,
  ),
  ...['a signal', 'an approval', 'a rejection'].map((name) => `${name}: signal-received`),
  ...['the pivot', 'a pivot that is refused'].map((where) => `a cancel in ${where}: cancel-requested`),
  'a deadline in the pivot: deadline-passed',
  ...Object.entries(requested).map(([name, kind]) => `${name}: ${kind}`),
  ...['in an act', 'in a wait', 'while PENDING'].map((place) => `a deadline ${place}: deadline-passed`),
];

describe('processes that are killed with SIGKILL on a real PostgreSQL', () => {
  it(
    'leave nothing undone and nothing done twice, wherever they die',
    async () => {
      const startedAt = performance.now();
      const report = await runKillLab(serverUrl, kills);
      const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
      console.log(
        `kills: ${report.kills} processes killed at ${report.places} of ${report.knownPlaces} places (${report.diedAt.length} by name) of ${report.scenarios.length} scenarios, ${report.runs} runs in ${seconds} s`,
      );
      expect(report.problems).toEqual([]);
      expect(report.kills).toBeGreaterThanOrEqual(kills);
      expect(report.recorded).toEqual(expect.arrayContaining(recorded));
      if (kills < enough) return;
      expect(report.diedAt).toEqual(expect.arrayContaining(everywhere));
      expect(report.scenarios.toSorted()).toEqual(scenarios.map(({ name }) => name).toSorted());
    },
    6 * 3_600_000,
  );
});
