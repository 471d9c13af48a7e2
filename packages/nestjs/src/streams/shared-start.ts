import type { StartOptions } from '@nest-saga/core';
import type { SagaStarter, StartedSaga } from '@nest-saga/core/engine';
import { checkStartOptions, isSagaError } from '@nest-saga/core/engine';

/**
 * One start that several callers may request: the first request starts the saga, and all later ones get the same saga.
 * A start that was refused can be requested again. It then has the same id, so there are never two sagas.
 */
export class SharedStart {
  private started: Promise<StartedSaga> | undefined;
  private hasFailed = false;

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
      this.hasFailed = true;
      throw error;
    });
    return this.started;
  }

  private async start(): Promise<StartedSaga> {
    const starter = await this.getStarter();
    // The options are checked first: an option that is present but undefined must not replace the id that was drawn.
    const options: StartOptions = { sagaId: this.sagaId, ...checkStartOptions(this.options) };
    try {
      return await starter.start(this.context, options);
    } catch (error) {
      // The answer of an earlier try was lost, and its own saga causes the conflict.
      if (this.hasFailed && this.isOwn(error))
        return starter.start(this.context, { ...options, onConflict: 'attach' });
      throw error;
    }
  }

  private isOwn(error: unknown): boolean {
    return (
      isSagaError(error, 'SAGA_CONFLICT') &&
      error.conflict === 'exists' &&
      error.sagaId === this.sagaId &&
      this.options?.sagaId === undefined
    );
  }
}
