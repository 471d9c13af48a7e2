import { afterEach, describe, expect, it } from '@jest/globals';
import { Scope } from '@nestjs/common';
import type { Provider } from '@nestjs/common';
import { Saga, SagaDefinitionError, SagaStep } from '../src/index.js';
import type { SagaStepHandler } from '../src/index.js';
import { closeApps, openApp } from './open-app.js';

class PlainContext {}

@SagaStep('plain')
class PlainStep implements SagaStepHandler<PlainContext> {
  act(): void {}
  compensate(): void {}
}

@Saga({ name: 'plain', context: PlainContext, steps: [PlainStep] })
class PlainSaga {}

describe('a step whose provider gives no step', () => {
  afterEach(closeApps);

  it.each<[string, string, Provider]>([
    ['a factory gives undefined', 'undefined', { provide: PlainStep, useFactory: () => undefined }],
    ['an async factory gives null', 'null', { provide: PlainStep, useFactory: async () => null }],
    ['a value is undefined', 'undefined', { provide: PlainStep, useValue: undefined }],
    ['a value is a text', 'a string', { provide: PlainStep, useValue: 'a mock' }],
    ['an alias stands for null', 'null', { provide: PlainStep, useExisting: 'nothing' }],
  ])('is a problem at boot if %s', async (_, given, provider) => {
    const providers = [{ provide: 'nothing', useValue: null }, provider, PlainSaga];
    const error: unknown = await openApp(providers).catch((thrown: unknown) => thrown);
    if (!(error instanceof SagaDefinitionError)) throw new Error('it was accepted', { cause: error });
    expect(error.problems).toEqual([
      {
        where: 'PlainStep (step "plain" of PlainSaga)',
        problem: `its provider gave ${given}`,
        remedy: 'It has to return an object with the methods "act" and "compensate"',
      },
    ]);
  });

  it('gets the saga if it is made for each attempt', async () => {
    const provider = { provide: PlainStep, scope: Scope.REQUEST, useFactory: () => undefined };
    const { sagas } = await openApp([provider, PlainSaga]);
    const handle = await sagas.start(new PlainContext());
    expect(await handle.outcome()).toMatchObject({ status: 'failed' });
  });
});
