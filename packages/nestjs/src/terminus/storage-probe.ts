import type { Clock, StorageSummary } from '@nest-saga/core';
import type { SinkSummary } from '@nest-saga/core/engine';
import { isListening, sagaErrorCode } from '@nest-saga/core/engine';
import type { HostedEngine } from '../runtime/saga-engines.js';
import type { SagaVitals } from './judge-health.js';

/** After this number of deadlines without an answer, the request is abandoned and the storage is asked again. */
const deadlinesUntilRetry = 10;

interface Answer {
  readonly summary: StorageSummary;
  readonly sinks: readonly SinkSummary[] | undefined;
  readonly sagas: HostedEngine;
}

interface Asked {
  readonly at: number;
  readonly answer: Promise<Answer>;
}

/**
 * Asks the storage for its numbers, and answers in time whatever the storage does. Concurrent checks share one request,
 * so that a storage with a problem does not get more and more of them.
 */
export class StorageProbe {
  private asked: Asked | undefined;

  constructor(
    private readonly open: () => Promise<HostedEngine>,
    private readonly clock: Clock,
  ) {}

  async ask(timeoutMs: number): Promise<SagaVitals['storage']> {
    const now = this.clock.monotonicNow();
    if (this.asked === undefined || now - this.asked.at > deadlinesUntilRetry * timeoutMs)
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
    const summary = await sagas.storage.summarize();
    return { sagas, summary, sinks: await sagas.storage.outbox?.summarize() };
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

function toUp({ summary, sinks, sagas }: Answer): SagaVitals['storage'] {
  const unregistered = summary.open
    .filter(({ saga, version }) => sagas.registry.find(saga, version) === undefined)
    .reduce((sum, { count }) => sum + count, 0);
  const { problem } = sagas.storage;
  return { kind: 'up', summary, unregistered, problem, isListening: isListening(sagas.storage), sinks };
}

function toDown(error: unknown): SagaVitals['storage'] {
  // The message may contain a host or a user name, so only the code is shown.
  const code = sagaErrorCode(error) ?? 'unknown error';
  return { kind: 'down', problem: `the storage cannot be used (${code})` };
}
