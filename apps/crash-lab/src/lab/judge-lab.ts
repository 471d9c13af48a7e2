import type { LoadedSaga } from '@nest-saga/core';
import { checkRun } from '@nest-saga/testing';
import type { CrashEvidence } from '@nest-saga/testing';
import { compareWithModel } from '../model/judge.js';
import { awaitedBy } from '../simulation/declare-stages.js';
import type { SagaPlan } from '../simulation/run-plan.js';
import type { OutsideWorld } from './outside-world.js';

/** The results that clients got, and the sagas that were read during a run. */
export type LabRecords = Required<Pick<CrashEvidence, 'acknowledgements' | 'watchers' | 'snapshots'>>;

/** A broken promise in a laboratory. */
export interface LabProblem {
  readonly saga: string;
  readonly sagaId: string;
  /** Starts with the rule, or with the model. */
  readonly problem: string;
}

/** Judges real processes by the stored sagas, by the outside world and by the results that clients got. */
export async function judgeLab(
  world: OutsideWorld,
  sagas: readonly LoadedSaga[],
  records: LabRecords,
  planOf: (saga: LoadedSaga) => SagaPlan | undefined,
): Promise<readonly LabProblem[]> {
  const nameById = new Map(sagas.map(({ header: { sagaId, saga } }) => [sagaId, saga]));
  const ledger = await world.readLedger();
  const leases = await world.readLeases();
  const emitted = await world.readHandled();
  const plans = sagas.map(planOf).filter((plan) => plan !== undefined);
  const awaited = Object.fromEntries(plans.flatMap((plan) => Object.entries(awaitedBy(plan))));
  const violations = checkRun({ ...records, ledger, leases, emitted, sagas, awaited }).map(
    ({ rule, sagaId, detail }): LabProblem => ({
      saga: nameById.get(sagaId) ?? 'a saga that is not stored',
      sagaId,
      problem: `${rule}: ${detail}`,
    }),
  );
  const differences = sagas.flatMap((loaded) => {
    const { sagaId, saga } = loaded.header;
    const plan = planOf(loaded);
    const problems = plan === undefined ? ['it is in no plan'] : compareWithModel(plan, loaded);
    return problems.map((problem): LabProblem => ({ saga, sagaId, problem }));
  });
  return [...violations, ...differences];
}
