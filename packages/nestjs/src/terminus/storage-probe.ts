import type { Clock, StorageSummary } from '@nest-saga/core';
import { isListening, sagaErrorCode } from '@nest-saga/core/engine';
import type { OpenSagas } from '../runtime/saga.runtime.js';
import type { SagaVitals } from './judge-health.js';

/** After so many deadlines an answer that has not come is given up, and the storage is asked anew. */
const deadlinesUntilAnew = 10;

interface Answer {
  readonly summary: StorageSummary;
  readonly sagas: OpenSagas;
}

interface Asked {
  readonly at: number;
  readonly answer: Promise<Answer>;
}

/**
 * Asks the storage for its numbers, and answers in time whatever the storage does. Checks that come while one is under
 * way share its question, so that a storage in trouble is not asked ever more.
 */
export class StorageProbe {
  private asked: Asked | undefined;

  constructor(
    private readonly open: () => Promise<OpenSagas>,
    private readonly clock: Clock,
  ) {}

  async ask(timeoutMs: number): Promise<SagaVitals['storage']> {
    const now = this.clock.monotonicNow();
    if (this.asked === undefined || now - this.asked.at > deadlinesUntilAnew * timeoutMs)
      this.asked = this.askAnew(now);
    return this.inTime(this.asked.answer, timeoutMs);
  }

  private askAnew(at: number): Asked {
    const asked: Asked = { at, answer: this.read() };
    const forget = (): void => {
      if (this.asked === asked) this.asked = undefined;
    };
    asked.answer.then(forget, forget);
    return asked;
  }

  private async read(): Promise<Answer> {
    const sagas = await this.open();
    await sagas.storage.check?.();
    return { sagas, summary: await sagas.storage.summarize() };
  }

  private inTime(answer: Promise<Answer>, timeoutMs: number): Promise<SagaVitals['storage']> {
    return new Promise((resolve) => {
      const cancelTimer = this.clock.startTimer(timeoutMs, () =>
        resolve({ kind: 'down', problem: `the storage has not answered within ${timeoutMs} ms` }),
      );
      void answer.then(toUp, toDown).then(resolve).finally(cancelTimer);
    });
  }
}

function toUp({ summary, sagas }: Answer): SagaVitals['storage'] {
  const unregistered = summary.open
    .filter(({ saga, version }) => sagas.registry.find(saga, version) === undefined)
    .reduce((sum, { count }) => sum + count, 0);
  const { problem } = sagas.storage;
  return { kind: 'up', summary, unregistered, problem, isListening: isListening(sagas.storage) };
}

function toDown(error: unknown): SagaVitals['storage'] {
  // A message may hold a host or a user: the code has to do.
  const code = sagaErrorCode(error) ?? 'unknown error';
  return { kind: 'down', problem: `the storage cannot be used (${code})` };
}
