import type { StartOptions } from '@nest-saga/core';
import type { SagaStarter, StartedSaga } from '@nest-saga/core/engine';

/**
 * One start that several callers may request: the first request starts the saga, and all later ones get the same saga.
 * A start that was refused can be requested again. It then has the same id, so there are never two sagas.
 */
export class SharedStart {
  private started: Promise<StartedSaga> | undefined;

  /** @param sagaId Drawn by the caller, used if the options have none. */
  constructor(
    private readonly getStarter: () => Promise<SagaStarter>,
    private readonly context: object,
    private readonly options: StartOptions | undefined,
    private readonly sagaId: string,
  ) {}

  get(): Promise<StartedSaga> {
    this.started ??= this.start().catch((error: unknown) => {
      this.started = undefined;
      throw error;
    });
    return this.started;
  }

  private async start(): Promise<StartedSaga> {
    const starter = await this.getStarter();
    return starter.start(this.context, this.options, this.sagaId);
  }
}
