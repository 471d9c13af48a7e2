import type { BenchResults } from '../command/bench-results.js';
import { scenarioNames } from '../command/plan.js';
import { ContestantName } from '../contestants/contestant.js';
import { findSummary } from '../report/load-summary.js';
import type { LoadSummary } from '../report/load-summary.js';
import { usualShape, writesOf } from '../sample/saga-shape.js';
import type { SagaShape } from '../sample/saga-shape.js';
import { fitCosts } from './saga-costs.js';
import type { SagaCosts } from './saga-costs.js';
import { simulate } from './simulate.js';
import type { Simulated } from './simulate.js';

/** A measured load, with the result of its simulation. */
export interface ModelCheck {
  readonly scenario: string;
  readonly measured: LoadSummary;
  readonly simulated: Simulated;
  /** Whether the costs come from this very load, or the simulation predicts it. */
  readonly isFitted: boolean;
}

/** The costs that a run measured, and how well they explain it. */
export interface CostModel {
  readonly costs: SagaCosts;
  readonly checks: readonly ModelCheck[];
}

const tenSteps: SagaShape = { ...usualShape, steps: 10 };

/** Computes the costs from the comparison of three steps, and simulates its loads and those of ten steps. */
export function modelOf(results: BenchResults): CostModel | undefined {
  const fitted = loadsOf(results, scenarioNames.comparison);
  if (fitted.length < 2) return undefined;
  const measured = fitted.map((load) => ({
    writes: writesOf(usualShape),
    commitsPerSaga: load.commitsPerSaga ?? 0,
    clientCpuMs: load.clientCpuMs,
    serverCpuMs: load.serverCpuMs ?? 0,
    walBytesPerSaga: load.walBytesPerSaga ?? 0,
  }));
  const costs = fitCosts(measured, results.flushMs);
  const check = (shape: SagaShape, isFitted: boolean) => (load: LoadSummary) => ({
    scenario: load.scenario,
    measured: load,
    simulated: simulate(costs, {
      processes: 1,
      atOnce: load.atOnce,
      writes: writesOf(shape),
      serverCores: results.machine.cores,
      clientCores: 0,
    }),
    isFitted,
  });
  return {
    costs,
    checks: [
      ...fitted.map(check(usualShape, true)),
      ...loadsOf(results, scenarioNames.tenSteps).map(check(tenSteps, false)),
    ],
  };
}

function loadsOf({ load }: BenchResults, scenario: string): readonly LoadSummary[] {
  const loads = new Set(load.filter((sample) => sample.scenario === scenario).map(({ atOnce }) => atOnce));
  return [...loads].flatMap(
    (atOnce) => findSummary(load, { scenario, contestant: ContestantName.NestSaga, atOnce }) ?? [],
  );
}
