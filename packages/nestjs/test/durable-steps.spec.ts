import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Inject, Injectable, Scope } from '@nestjs/common';
import { ContextIdFactory, REQUEST } from '@nestjs/core';
import type { ContextIdStrategy } from '@nestjs/core';
import { Saga, SagaStep } from '../src/index.js';
import type { SagaStepHandler } from '../src/index.js';
import { closeApps, openApp } from './open-app.js';

class PlainContext {}

@Injectable({ scope: Scope.REQUEST, durable: true })
class TenantPool {
  static made = 0;

  constructor(@Inject(REQUEST) readonly payload: unknown) {
    TenantPool.made += 1;
  }
}

const used: { readonly step: unknown; readonly pool: TenantPool }[] = [];

@Injectable({ scope: Scope.REQUEST, durable: true })
@SagaStep('durable')
class DurableStep implements SagaStepHandler<PlainContext> {
  constructor(private readonly pool: TenantPool) {}
  act(): void {
    used.push({ step: this, pool: this.pool });
  }
  compensate(): void {}
}

@Injectable({ scope: Scope.REQUEST })
@SagaStep('scoped')
class ScopedStep extends DurableStep {}

@Saga({ name: 'durable', steps: [DurableStep] })
class DurableSaga {}

@Saga({ name: 'scoped', steps: [ScopedStep] })
class ScopedSaga {}

describe('a step with durable providers', () => {
  const tenant = ContextIdFactory.create();
  const asked: unknown[] = [];

  beforeEach(() => {
    TenantPool.made = 0;
    used.length = 0;
    asked.length = 0;
  });

  afterEach(async () => {
    await closeApps();
    ContextIdFactory.apply(undefined as unknown as ContextIdStrategy);
  });

  it('shares them as the ContextIdStrategy of the application says, which is asked about the attempt', async () => {
    applyStrategy();
    await run('durable', 2);
    expect(asked).toMatchObject([{ step: 'durable' }, { step: 'durable' }]);
    expect(TenantPool.made).toBe(1);
    expect(used[0]?.step).toBe(used[1]?.step);
    expect(used[0]?.pool.payload).toEqual({ tenant: 'acme' });
  });

  it('shares them though it is made again for each attempt', async () => {
    applyStrategy();
    await run('scoped', 2);
    expect(TenantPool.made).toBe(1);
    expect(used[0]?.step).not.toBe(used[1]?.step);
    expect(used[0]?.pool).toBe(used[1]?.pool);
  });

  it('fails if the strategy cannot say whose they are', async () => {
    applyFailingStrategy();
    expect(await run('durable', 1)).toMatchObject([{ status: 'failed', failure: { message: 'no headers' } }]);
  });

  it('needs no strategy that knows about sagas if it is made again for each attempt', async () => {
    applyFailingStrategy();
    expect(await run('scoped', 1)).toMatchObject([{ status: 'completed' }]);
  });

  function applyStrategy(): void {
    ContextIdFactory.apply({
      attach: (contextId, request: unknown) => {
        asked.push(request);
        return {
          resolve: ({ isTreeDurable }) => (isTreeDurable ? tenant : contextId),
          payload: { tenant: 'acme' },
        };
      },
    });
  }

  function applyFailingStrategy(): void {
    ContextIdFactory.apply({
      attach: () => {
        throw new Error('no headers');
      },
    });
  }
});

async function run(saga: string, times: number) {
  const { sagas } = await openApp([TenantPool, DurableStep, ScopedStep, DurableSaga, ScopedSaga], {
    retry: { maximumAttempts: 1 },
  });
  const outcomes = [];
  for (let time = 0; time < times; time += 1) {
    const handle = await sagas.start(new PlainContext(), { saga });
    outcomes.push(await handle.outcome());
  }
  return outcomes;
}
