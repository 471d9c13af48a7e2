import { InMemorySagaStorage } from '@nest-saga/core';
import type { SagaEngineOptions } from '@nest-saga/core/engine';
import type { SagaDefinitions } from '@nest-saga/nestjs/testing-kit';
import { advanceUntil } from '../fakes/advance-until.js';
import { FakeClock } from '../fakes/fake-clock.js';
import { flushPromises } from '../fakes/flush-promises.js';
import { CrashableEngine } from './crashable-engine.js';
import { CrashPoints } from './crash-points.js';

/** The surroundings of an application under test: its clock, its storage, its crashes and its engine. */
export class TestBench {
  readonly points = new CrashPoints();
  /** Begins now, because the application also makes dates of its own. */
  readonly clock = new FakeClock(new Date(), () => this.settle());
  readonly storage: InMemorySagaStorage;
  /** Undefined until the application is initialized. */
  engine: CrashableEngine | undefined;

  /** @param entityManager What transactional steps get. */
  constructor(entityManager?: object) {
    const options = entityManager === undefined ? {} : { transactionHandle: entityManager };
    this.storage = new InMemorySagaStorage(this.clock, options);
  }

  makeEngine(options: SagaEngineOptions, definitions: SagaDefinitions): CrashableEngine {
    this.engine = new CrashableEngine(options, definitions, this.points, (promise) =>
      advanceUntil(this.clock, promise),
    );
    this.checkPoints(this.engine);
    return this.engine;
  }

  /** @throws Error if a crash is asked for at a step that no saga has. */
  checkPoints({ steps }: CrashableEngine): void {
    const unknown = this.points.steps.find((step) => !steps.includes(step));
    if (unknown === undefined) return;
    this.points.clear();
    throw new Error(`crashAt() names the step "${unknown}", but the steps are: ${steps.join(', ')}`);
  }

  /** No time passes between a crash and the beginning of the next engine. */
  private async settle(): Promise<void> {
    await flushPromises();
    if (this.engine?.isSucceeding !== true) return;
    await this.engine.succeeded();
    await this.settle();
  }
}
