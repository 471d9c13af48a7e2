import { Logger } from '@nestjs/common';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { Saga, SagaCatalog, SagaPastPivotError, SagaStep } from '../src/index.js';
import type { ForwardStep, SagaStepHandler } from '../src/index.js';
import { closeApps, openApp } from './open-app.js';

class ParcelContext {
  constructor(readonly item: string) {}
}

@SagaStep('reserve')
class ReserveStep implements SagaStepHandler<ParcelContext> {
  act(): void {}
  compensate(): void {}
}

@SagaStep({ id: 'hand-over', kind: 'pivot' })
class HandOverStep implements ForwardStep<ParcelContext> {
  finish: (() => void) | undefined;
  private onBegun: (() => void) | undefined;
  readonly begun = new Promise<void>((resolve) => {
    this.onBegun = resolve;
  });

  act(): Promise<void> {
    return new Promise((resolve) => {
      this.finish = resolve;
      this.onBegun?.();
    });
  }
}

@SagaStep({
  id: 'mail',
  kind: 'retriable',
  overdueAfter: 1,
  retry: { initialIntervalMs: 1, maximumAttempts: 2 },
})
class MailStep implements ForwardStep<ParcelContext> {
  act(): void {
    throw new Error('no mail server');
  }
}

@Saga(ParcelContext, { name: 'parcel', steps: [ReserveStep, HandOverStep, MailStep] })
class ParcelSaga {}

const providers = [ReserveStep, HandOverStep, MailStep, ParcelSaga];

describe('a saga with a pivot in an application', () => {
  afterEach(async () => {
    await closeApps();
    jest.restoreAllMocks();
  });

  it('continues after a cancel that came too late, and its log says that it is overdue and then stuck', async () => {
    const { app, sagas } = await openApp(providers);
    const lines: string[] = [];
    jest.spyOn(Logger.prototype, 'error').mockImplementation((line: string) => void lines.push(line));
    const handle = await sagas.start(new ParcelContext('book'));
    const pivot = app.get(HandOverStep);
    await pivot.begun;
    await sagas.cancel(handle.sagaId, 'changed my mind');
    pivot.finish?.();
    expect(await handle.outcome()).toMatchObject({
      status: 'stuck',
      stuck: { reason: 'forward-exhausted', step: 'mail' },
      cancel: 'too-late',
    });
    await expect(sagas.cancel(handle.sagaId, 'really')).rejects.toThrow(SagaPastPivotError);
    expect(lines).toEqual([
      `parcel ${handle.sagaId} is overdue and is not undone: step "mail" failed at attempt 1 and will be tried again`,
      `parcel ${handle.sagaId} is stuck and needs an operator: forward-exhausted at step "mail": no mail server`,
    ]);
  });

  it('has its kinds in the catalog', async () => {
    const { app } = await openApp(providers);
    const [saga] = app.get(SagaCatalog).list();
    expect(saga?.stages.map(({ steps }) => steps[0]?.kind)).toEqual([undefined, 'pivot', 'retriable']);
  });
});
