import { judge } from '../model/judge.js';
import { hasFailed } from '../model/expected-mistake.js';
import type { ExpectedMistake } from '../model/expected-mistake.js';
import type { CallFault, PlannedFault, RunPlan } from '../simulation/run-plan.js';
import { simulate } from '../simulation/simulate.js';
import type { SimulatedRun } from '../simulation/simulate.js';
import type { ExhaustiveScope } from './exhaustive-scope.js';
import { choosingSagas } from './choosing-sagas.js';
import { sagasWithKinds } from './sagas-with-kinds.js';
import { smallSagas } from './small-sagas.js';
import { waitingSagas } from './waiting-sagas.js';
import type { SmallCase } from './waiting-sagas.js';

/** The number of runs, and the first run that failed. */
export interface ExhaustiveReport {
  readonly sagas: number;
  /** Runs without a fault, with one crash, with two crashes, and with one lost request or answer. */
  readonly runs: {
    readonly calm: number;
    readonly oneCrash: number;
    readonly twoCrashes: number;
    readonly lost: number;
  };
  readonly failure: ExhaustiveFailure | undefined;
}

/** A run that failed. */
export interface ExhaustiveFailure {
  readonly plan: RunPlan;
  readonly problems: readonly string[];
  readonly story: readonly string[];
}

type Faults = readonly PlannedFault<CallFault>[];

/** Runs every small saga with the faults of the scope, and stops at the first run that fails. */
export async function checkExhaustively(
  scope: ExhaustiveScope,
  expected?: ExpectedMistake,
): Promise<ExhaustiveReport> {
  const search = new ExhaustiveSearch(scope, expected);
  await search.run();
  const { sagas, runs, failure } = search;
  return { sagas, runs, failure };
}

/** A saga and its run without a fault. */
type CalmRun = Pick<SimulatedRun, 'calls' | 'places'> & {
  readonly small: SmallCase;
  /** The index of the saga among all sagas. */
  readonly index: number;
};

class ExhaustiveSearch {
  readonly runs = { calm: 0, oneCrash: 0, twoCrashes: 0, lost: 0 };
  sagas = 0;
  failure: ExhaustiveFailure | undefined;

  constructor(
    private readonly scope: ExhaustiveScope,
    private readonly expected: ExpectedMistake | undefined,
  ) {}

  async run(): Promise<void> {
    const calmRuns: CalmRun[] = [];
    let index = -1;
    for (const small of smallCases()) {
      index++;
      if (!this.scope.includes(small.saga, index)) continue;
      this.sagas++;
      // First without faults: it is quick and finds most mistakes.
      const { calls, places } = await this.attempt('calm', small, []);
      if (this.failure !== undefined) return;
      calmRuns.push({ small, index, calls, places });
    }
    for (const calm of calmRuns) {
      await this.lose(calm);
      await this.crash(calm);
      if (this.failure !== undefined) return;
    }
  }

  private async lose({ small, index, calls }: CalmRun): Promise<void> {
    for (const kind of this.scope.losses(small.saga, index))
      for (let call = 0; call < calls && this.failure === undefined; call++)
        await this.attempt('lost', small, [{ call, kind }]);
  }

  private async crash({ small, index, places }: CalmRun): Promise<void> {
    if (!this.scope.isCrashing(small.saga)) return;
    for (const first of places) {
      if (this.failure !== undefined) return;
      const once = await this.attempt('oneCrash', small, [first]);
      if (this.scope.isCrashingTwice(small.saga, index)) await this.crashAgain(small, first, once);
    }
  }

  private async crashAgain(
    small: SmallCase,
    first: PlannedFault<CallFault>,
    { places }: SimulatedRun,
  ): Promise<void> {
    for (const second of places)
      if (second.call > first.call && this.failure === undefined)
        await this.attempt('twoCrashes', small, [first, second]);
  }

  private async attempt(
    kind: keyof ExhaustiveReport['runs'],
    small: SmallCase,
    callFaults: Faults,
  ): Promise<SimulatedRun> {
    this.runs[kind]++;
    const plan = planFor(small, callFaults);
    const run = await simulate(plan, this.expected?.sabotage);
    const problems = judge(plan, run);
    if (hasFailed(problems, this.expected)) {
      const { story } = await simulate(plan, this.expected?.sabotage, true);
      this.failure = { plan, problems, story };
    }
    return run;
  }
}

/** The sagas with waits, with kinds and with choices come last: the index of a saga decides its slice. */
function* smallCases(): Generator<SmallCase> {
  for (const saga of smallSagas()) yield { saga, moves: [], parks: 'none' };
  yield* waitingSagas();
  yield* sagasWithKinds();
  for (const saga of choosingSagas()) yield { saga, moves: [], parks: 'none' };
}

function planFor(small: SmallCase, callFaults: Faults): RunPlan {
  return {
    cancelAtMs: undefined,
    ...small,
    seed: 0,
    processes: 1,
    clockSkewsMs: [],
    start: 'start',
    callers: 1,
    identifiedBy: 'id',
    operatorRetries: 0,
    isCalm: true,
    callFaults,
    handlerFaults: [],
    processFaults: [],
    outages: [],
  };
}
