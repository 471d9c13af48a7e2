import type { StartOptions } from '@nest-saga/core';
import type { SagaStarter, StartedSaga } from '@nest-saga/core/engine';
import { checkStartOptions, isSagaError } from '@nest-saga/core/engine';

/**
 * One start that many may ask for: it happens when it is first asked for, and whoever asks again is given the same
 * saga. A start that was refused can be asked for again, under the same id, so it never makes two.
 */
export class SharedStart {
  private started: Promise<StartedSaga> | undefined;
  private hasFailed = false;

  /**
   * @param sagaId Drawn by the caller, used where the options name none.
   */
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
    // Checked first: an option that is there and undefined must not take the drawn id's place.
    const options: StartOptions = { sagaId: this.sagaId, ...checkStartOptions(this.options) };
    try {
      return await starter.start(this.context, options);
    } catch (error) {
      // The answer of an earlier try was lost, and it is that try's own saga that is in the way.
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
