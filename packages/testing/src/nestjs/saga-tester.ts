import type { CrashableEngine } from './crashable-engine.js';
import type { CrashMoment } from './crash-points.js';
import type { SagaExpectations } from './saga-expectations.js';
import { ObservedExpectations } from './saga-expectations.js';
import type { TestBench } from './test-bench.js';

/**
 * Moves the time of an application under test, crashes its engine, and says what has become of its sagas. Get it from a
 * module that `SagaTestingModule.override()` has prepared.
 *
 * @example
 * ```ts
 * const sagas = app.get(SagaTester);
 * sagas.crashAt('charge', 'after-act');
 * const { sagaId } = await app.get(SagaOrchestrator).start(new OrderContext('book'));
 * await sagas.advance(minutes(1));
 * await sagas.expectSaga(sagaId).completed();
 * ```
 */
export class SagaTester {
  /** @internal `SagaTestingModule` makes it. */
  constructor(private readonly bench: TestBench) {}

  /**
   * The engine crashes once, when a saga comes to this place: its memory, its timers and its connection to the storage
   * are gone, calls of it reject, and streams of it stay silent. Another engine of the application begins at once, and
   * claims the sagas when the lease of the dead one has expired, which `advance()` brings about.
   *
   * @param step The id of a step.
   * @param moment Before or after its act or its compensation, the attempt that is next; or before or after the entry
   * with the result of its act is stored. A handler that throws has run, too.
   * @throws Error if no saga of the application has this step. Before `init()`, it is `init()` that throws.
   * @example
   * ```ts
   * sagas.crashAt('charge', 'after-act');
   * ```
   */
  crashAt(step: string, moment: CrashMoment): void {
    const { points, engine } = this.bench;
    points.add(step, moment);
    if (engine !== undefined) this.bench.checkPoints(engine);
  }

  /**
   * Lets time pass for sagas: retries, waits, deadlines, leases, sweeps and circuit breakers. Promises settle before,
   * between and after, except those that wait for input, output or a timer of the application's own.
   *
   * @param ms How long, in milliseconds. With 0 everything happens that needs no time.
   * @example
   * ```ts
   * await sagas.advance(days(3));
   * ```
   */
  advance(ms: number): Promise<void> {
    return this.bench.clock.advance(ms);
  }

  /**
   * Says what is expected of a saga at this moment of the fake clock, after all promises have settled.
   *
   * @param sagaId Its id. The expectation rejects with a `SagaNotFoundError` if no saga has it.
   * @throws Error if the application is not initialized.
   * @example
   * ```ts
   * await sagas.expectSaga(sagaId).undone(['charge', 'reserve']);
   * ```
   */
  expectSaga(sagaId: string): SagaExpectations {
    const engine = this.initialized();
    return new ObservedExpectations(async () => {
      await this.advance(0);
      const entries = await engine.reader.history(sagaId);
      const standing = await engine.reader.find(sagaId);
      if (standing === undefined) throw new Error(`no saga has the id ${sagaId}`);
      return { standing, entries };
    });
  }

  private initialized(): CrashableEngine {
    const { engine } = this.bench;
    if (engine === undefined) throw new Error('Initialize the application first: await module.init()');
    return engine;
  }
}
