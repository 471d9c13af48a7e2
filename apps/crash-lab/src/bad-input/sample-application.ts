import 'reflect-metadata';
import { setImmediate } from 'node:timers/promises';
import type { LoadedSaga, SagaStatus, SagaStorage } from '@nest-saga/core';
import { isOpen } from '@nest-saga/core';
import { SagaModule, SagaOperator, SagaOrchestrator } from '@nest-saga/nestjs';
import type { SagaHandle } from '@nest-saga/nestjs';
import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { CountingStorage } from './counting-storage.js';
import { Handlers, sampleProviders, StuckContext, WaitingContext } from './sample-sagas.js';

class SampleModule {}

/**
 * An application with three sagas: one that was started before everything else and has to end, and two that get
 * requests, a stuck one and a running one.
 */
export class SampleApplication {
  stuckId = '';
  waitingId = '';

  private constructor(
    private readonly application: INestApplicationContext,
    private readonly storage: CountingStorage,
    readonly sagas: SagaOrchestrator,
    readonly operator: SagaOperator,
    readonly handlers: Handlers,
    private readonly first: SagaHandle,
  ) {}

  static async open(inner: SagaStorage): Promise<SampleApplication> {
    const storage = new CountingStorage(inner);
    const application = await NestFactory.createApplicationContext(
      { module: SampleModule, imports: [SagaModule.forRoot({ storage })], providers: sampleProviders },
      { logger: false },
    );
    const sagas = application.get(SagaOrchestrator);
    const opened = new SampleApplication(
      application,
      storage,
      sagas,
      application.get(SagaOperator),
      application.get(Handlers),
      await sagas.start(new WaitingContext()),
    );
    await opened.rest();
    return opened;
  }

  /** The number of writes so far that changed sagas. */
  get writes(): number {
    return this.storage.writes;
  }

  /** All stored sagas. */
  async readSagas(): Promise<readonly LoadedSaga[]> {
    const sagas: LoadedSaga[] = [];
    let cursor: string | undefined;
    do {
      const page = await this.storage.list({ limit: 100, ...(cursor === undefined ? {} : { cursor }) });
      for (const { sagaId } of page.sagas) {
        const loaded = await this.storage.load(sagaId);
        if (loaded !== undefined) sagas.push(loaded);
      }
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    return sagas;
  }

  /** Waits until all sagas rest, and starts a new saga if a request has ended one of the two. */
  async rest(): Promise<void> {
    if ((await this.statusAtRest(this.stuckId)) !== 'stuck') {
      const stuck = await this.sagas.start(new StuckContext());
      await stuck.outcome();
      this.stuckId = stuck.sagaId;
    }
    if ((await this.statusAtRest(this.waitingId)) !== 'running')
      this.waitingId = (await this.sagas.start(new WaitingContext())).sagaId;
  }

  /** Continues the saga that was started before everything else, and resolves with its end. */
  async endOfFirst(): Promise<string> {
    this.handlers.openGate();
    return (await this.first.outcome()).status;
  }

  async close(): Promise<void> {
    this.handlers.openGate();
    await this.application.close();
  }

  private async statusAtRest(sagaId: string): Promise<SagaStatus | undefined> {
    if (sagaId === '') return undefined;
    for (;;) {
      const loaded = await this.storage.load(sagaId);
      if (loaded === undefined) return undefined;
      const { status } = loaded.header;
      const isWaiting = status === 'running' && loaded.entries.length === 0;
      if (isWaiting || !isOpen(status)) return status;
      await setImmediate();
    }
  }
}
