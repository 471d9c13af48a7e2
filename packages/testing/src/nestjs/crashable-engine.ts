import { SagaEngine, SagaRegistry, stepsOf } from '@nest-saga/core/engine';
import type { SagaEngineOptions } from '@nest-saga/core/engine';
import type { HostedEngine, SagaDefinitions } from '@nest-saga/nestjs/testing-kit';
import { SimulatedClock } from '../crash/simulated-clock.js';
import { flushPromises } from '../fakes/flush-promises.js';
import type { CrashPoints } from './crash-points.js';
import { CrashingInterceptor } from './crashing-interceptor.js';
import { CrashingStorage } from './crashing-storage.js';

/**
 * The engine of an application under test. After a crash it is another one, as in the next process: on the same
 * storage and clock, with circuit breakers of its own.
 */
export class CrashableEngine implements HostedEngine {
  private life: Life;
  private succession: Promise<void> | undefined;
  private closing: Promise<void> | undefined;

  constructor(
    private readonly options: SagaEngineOptions,
    private readonly definitions: SagaDefinitions,
    private readonly points: CrashPoints,
    private readonly advanceUntil: <Result>(settled: Promise<Result>) => Promise<Result>,
  ) {
    this.life = this.begin(options.registry);
  }

  get starter(): SagaEngine['starter'] {
    return this.life.engine.starter;
  }

  get reader(): SagaEngine['reader'] {
    return this.life.engine.reader;
  }

  get requests(): SagaEngine['requests'] {
    return this.life.engine.requests;
  }

  get approvals(): SagaEngine['approvals'] {
    return this.life.engine.approvals;
  }

  get purger(): SagaEngine['purger'] {
    return this.life.engine.purger;
  }

  get inspector(): SagaEngine['inspector'] {
    return this.life.engine.inspector;
  }

  get reversals(): SagaEngine['reversals'] {
    return this.life.engine.reversals;
  }

  get outgoing(): SagaEngine['outgoing'] {
    return this.life.engine.outgoing;
  }

  get redelivery(): SagaEngine['redelivery'] {
    return this.life.engine.redelivery;
  }

  get worker(): SagaEngine['worker'] {
    return this.life.engine.worker;
  }

  get watch(): SagaEngine['watch'] {
    return this.life.engine.watch;
  }

  get registry(): SagaRegistry {
    return this.life.engine.registry;
  }

  /** Of the application, not of one engine: a reader outside the engine survives a crash. */
  get storage(): SagaEngine['storage'] {
    return this.options.storage;
  }

  /** The ids of all steps of the application. */
  get steps(): readonly string[] {
    const ids = this.registry.definitions
      .flatMap(({ stages }) => stages.flatMap(stepsOf))
      .map(({ id }) => id);
    return [...new Set(ids)];
  }

  open(): Promise<void> {
    return this.life.engine.open();
  }

  /** An application may be closed twice. */
  close(): Promise<void> {
    this.closing ??= this.end();
    return this.closing;
  }

  /** Whether an engine has crashed and the next one does not work yet. */
  get isSucceeding(): boolean {
    return this.succession !== undefined;
  }

  /** Resolves when the engine after the last crash works. */
  async succeeded(): Promise<void> {
    while (this.succession !== undefined) await this.succession;
  }

  /** Resolves with the result, or rejects if the engine crashes first: its caller would have died with it. */
  during<Result>(work: Promise<Result>): Promise<Result> {
    return Promise.race([work, this.life.untilCrash]);
  }

  /** The test does not move the clock while it closes the application, and a shutdown has time limits. */
  private async end(): Promise<void> {
    this.points.clear();
    await this.succeeded();
    await this.advanceUntil(this.life.engine.close());
    this.life.end();
  }

  private begin(registry: SagaRegistry): Life {
    const { storage, clock, interceptor } = this.options;
    const crash = (): void => this.crash(life);
    const severable = new CrashingStorage(storage, this.points, crash);
    const ownClock = new SimulatedClock(clock);
    const engine = new SagaEngine({
      ...this.options,
      registry,
      storage: severable,
      clock: ownClock,
      interceptor: new CrashingInterceptor(interceptor, this.points, () => this.crashSoon(life)),
    });
    const life = new Life(engine, () => {
      severable.kill();
      ownClock.kill();
    });
    return life;
  }

  private crash(life: Life): void {
    // A handler of a dead engine may still run.
    if (life.isOver) return;
    life.end(new Error('The process of this call has crashed, as the test asked for'));
    this.succession = this.succeed();
  }

  /** Answers that are on their way arrive first: the caller of a start whose first step crashes learns its id. */
  private crashSoon(life: Life): void {
    if (!life.isOver) this.succession = flushPromises().then(() => this.crash(life));
  }

  private async succeed(): Promise<void> {
    this.life = this.begin(
      new SagaRegistry(await this.definitions.define(), this.options.registry.defaultCodec),
    );
    await this.life.engine.open();
    this.succession = undefined;
  }
}

/** One engine until its crash. */
class Life {
  readonly untilCrash: Promise<never>;
  isOver = false;
  private reject: (error: Error) => void = () => undefined;

  constructor(
    readonly engine: SagaEngine,
    private readonly sever: () => void,
  ) {
    this.untilCrash = new Promise((_resolve, reject) => {
      this.reject = reject;
    });
    // Often no caller waits for it.
    this.untilCrash.catch(() => undefined);
  }

  end(crash?: Error): void {
    this.isOver = true;
    this.sever();
    if (crash !== undefined) this.reject(crash);
  }
}
