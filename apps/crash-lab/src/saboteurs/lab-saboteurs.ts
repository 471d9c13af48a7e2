import type { AppendRequest, AppendResult, SagaDefinition, SagaStorage } from '@nest-saga/core';
import type { SagaEngine } from '@nest-saga/core/engine';
import { InterceptedStorage } from '@nest-saga/testing';
import type { Ordeal } from '../lab/ordeals.js';
import { ignoreFence, ignoreLease } from './broken-engines.js';
import { keyPerAttempt } from './broken-handlers.js';

/** What is broken in every process of a laboratory. */
export interface LabSabotage {
  /** Something broken in front of the real storage. */
  storage?(storage: SagaStorage): SagaStorage;
  definition?(definition: SagaDefinition): SagaDefinition;
  /** Breaks an engine that is put together and not open yet. */
  engine?(engine: SagaEngine): void;
}

/** One deliberate mistake in real processes, to see whether the laboratories notice it. */
export interface LabSaboteur {
  readonly name: string;
  readonly mistake: string;
  /** With one of these the problem has to begin. */
  readonly breaks: readonly string[];
  /** What it has to be noticed in. The others are not tried: nothing there comes to depend on what is broken. */
  readonly ordeals: readonly Ordeal[];
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

/** Every deliberate mistake that is tried in real processes. */
export const labSaboteurs: readonly LabSaboteur[] = [
  {
    name: 'no fence',
    mistake: 'an append takes the next free place, whichever place it was for',
    breaks: ['wrote-after-fence', 'completed-twice'],
    ordeals: ['freezes'],
    sabotage: { storage: (storage) => new WithoutFence(storage) },
  },
  {
    name: 'fence ignored',
    mistake: 'an append that was fenced counts as stored',
    breaks: ['wrong-context'],
    ordeals: ['kills'],
    sabotage: { engine: ignoreFence },
  },
  {
    name: 'lease ignored',
    mistake: 'a worker that could not renew its lease goes on',
    breaks: ['not-owner', 'without-lease'],
    ordeals: ['freezes'],
    sabotage: { engine: ignoreLease },
  },
  {
    name: 'key that changes',
    mistake: 'a repeated call comes with another idempotency key',
    breaks: ['idempotency-key'],
    ordeals: ['kills', 'freezes'],
    sabotage: { definition: keyPerAttempt },
  },
];

/**
 * The mistake of this name; nothing is broken without one.
 *
 * @throws Error where there is none: a build that is taken for a broken one would prove nothing.
 */
export function labSabotageOf(name: string | undefined): LabSabotage {
  if (name === undefined) return {};
  const saboteur = labSaboteurs.find((one) => one.name === name);
  if (saboteur === undefined) throw new Error(`no saboteur is called "${name}"`);
  return saboteur.sabotage;
}
