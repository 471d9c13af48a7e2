import type { AppendRequest, AppendResult, SagaDefinition, SagaStorage } from '@nest-saga/core';
import type { SagaEngine } from '@nest-saga/core/engine';
import { InterceptedStorage } from '@nest-saga/testing';
import type { StressRun } from '../lab/stress-runs.js';
import { ignoreFence, ignoreLease, loseNews } from './broken-engines.js';
import { keyPerAttempt } from './broken-handlers.js';

/** The mistake in every process of a laboratory. */
export interface LabSabotage {
  /** A broken layer in front of the real storage. */
  storage?(storage: SagaStorage): SagaStorage;
  definition?(definition: SagaDefinition): SagaDefinition;
  /** Breaks an engine before it is opened. */
  engine?(engine: SagaEngine): void;
}

/** One deliberate mistake in real processes, to check whether the laboratories notice it. */
export interface LabSaboteur {
  readonly name: string;
  readonly mistake: string;
  /** The problem has to begin with one of these. */
  readonly breaks: readonly string[];
  /**
   * The stress runs in which it has to be noticed. The others are not tried, because they do not depend on the broken
   * part.
   */
  readonly stressRuns: readonly StressRun[];
  readonly sabotage: LabSabotage;
}

class WithoutFence extends InterceptedStorage {
  override async append(request: AppendRequest): Promise<AppendResult> {
    const saga = await this.load(request.sagaId);
    return super.append({ ...request, seq: (saga?.entries.length ?? 0) + 1 });
  }

  protected around<Answer>(_: string, call: () => Promise<Answer>): Promise<Answer> {
    return call();
  }
}

/** All deliberate mistakes that are tried in real processes. */
export const labSaboteurs: readonly LabSaboteur[] = [
  {
    name: 'no fence',
    mistake: 'an append takes the next unused seq, even if it was for another one',
    breaks: ['wrote-after-fence', 'completed-twice'],
    stressRuns: ['freezes'],
    sabotage: { storage: (storage) => new WithoutFence(storage) },
  },
  {
    name: 'fence ignored',
    mistake: 'an append that was fenced counts as stored',
    breaks: ['wrong-context'],
    stressRuns: ['kills'],
    sabotage: {
      engine: (engine) => {
        // A worker that reads its news in time appends nothing that is fenced. News may be lost, but not the fence.
        loseNews(engine);
        ignoreFence(engine);
      },
    },
  },
  {
    name: 'lease ignored',
    mistake: 'a worker that could not renew its lease continues',
    breaks: ['not-owner', 'without-lease'],
    stressRuns: ['freezes'],
    sabotage: { engine: ignoreLease },
  },
  {
    name: 'key that changes',
    mistake: 'a repeated call has another idempotency key',
    breaks: ['idempotency-key'],
    stressRuns: ['kills', 'freezes'],
    sabotage: { definition: keyPerAttempt },
  },
];

/**
 * The mistake with this name; without a name nothing is broken.
 *
 * @throws Error if there is none: a correct build that counts as a broken one would prove nothing.
 */
export function labSabotageOf(name: string | undefined): LabSabotage {
  if (name === undefined) return {};
  const saboteur = labSaboteurs.find((one) => one.name === name);
  if (saboteur === undefined) throw new Error(`no saboteur is called "${name}"`);
  return saboteur.sabotage;
}
