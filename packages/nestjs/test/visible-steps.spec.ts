import { afterEach, describe, expect, it } from '@jest/globals';
import { Inject, Injectable, Module, Scope } from '@nestjs/common';
import type { DynamicModule, Provider, Type } from '@nestjs/common';
import { lastValueFrom } from 'rxjs';
import { Saga, SagaDefinitionError, SagaStep } from '../src/index.js';
import type { SagaStepHandler } from '../src/index.js';
import { closeApps, openModules } from './open-app.js';

const gatewayToken = Symbol('gateway');

class OrderContext {}
class GiftContext {}

interface Gateway {
  readonly name: string;
}

@SagaStep('pay')
class PayStep implements SagaStepHandler<object> {
  constructor(@Inject(gatewayToken) readonly gateway: Gateway) {}
  act(): string {
    return this.gateway.name;
  }
  compensate(): void {}
}

@Saga({ name: 'order', context: OrderContext, steps: [PayStep] })
class OrderSaga {}

@Saga({ name: 'gift', context: GiftContext, steps: [PayStep] })
class GiftSaga {}

class PaymentModule {}
class OuterModule {}

describe.each([
  ['a singleton', Scope.DEFAULT],
  ['request-scoped', Scope.REQUEST],
  ['transient', Scope.TRANSIENT],
])('a step that is %s', (_, scope) => {
  afterEach(closeApps);

  it("is the one of the saga's own module", async () => {
    const used = await pay(
      feature(OrderSaga, { providers: paying('orders', scope) }),
      feature(GiftSaga, { providers: paying('gifts', scope) }),
    );
    expect(used).toEqual({ order: 'orders', gift: 'gifts' });
  });

  it('is the one that an import of the module exports', async () => {
    const used = await pay(
      feature(OrderSaga, { imports: [payment('orders', scope)] }),
      feature(GiftSaga, { imports: [payment('gifts', scope)] }),
    );
    expect(used).toEqual({ order: 'orders', gift: 'gifts' });
  });

  it('is the one that an import of the module exports again', async () => {
    const outer = (name: string): DynamicModule => ({
      module: OuterModule,
      imports: [payment(name, scope)],
      exports: [PaymentModule],
    });
    const used = await pay(
      feature(OrderSaga, { imports: [outer('orders')] }),
      feature(GiftSaga, { imports: [outer('gifts')] }),
    );
    expect(used).toEqual({ order: 'orders', gift: 'gifts' });
  });

  it('is that of a global module only if nothing nearer provides it', async () => {
    const used = await pay(
      { ...payment('everybody', scope), global: true },
      feature(OrderSaga, {}),
      feature(GiftSaga, { imports: [payment('gifts', scope)] }),
    );
    expect(used).toEqual({ order: 'everybody', gift: 'gifts' });
  });

  it('is what an alias in the module stands for', async () => {
    @Injectable({ scope })
    class GiftPayStep extends PayStep {}
    const used = await pay(
      feature(OrderSaga, { imports: [payment('orders', scope)] }),
      feature(GiftSaga, {
        providers: [
          { provide: gatewayToken, useValue: { name: 'gifts' } },
          GiftPayStep,
          { provide: PayStep, useExisting: GiftPayStep },
        ],
      }),
    );
    expect(used).toEqual({ order: 'orders', gift: 'gifts' });
  });
});

describe('a step that the module of its saga does not see', () => {
  afterEach(closeApps);

  it('is the only one of the application', async () => {
    const hidden = { ...payment('hidden'), exports: [] };
    const used = await pay(hidden, feature(OrderSaga, {}), feature(GiftSaga, {}));
    expect(used).toEqual({ order: 'hidden', gift: 'hidden' });
  });

  it('is a problem at boot if two modules provide one, and says which', async () => {
    class CardModule {}
    const error: unknown = await openModules([
      payment('one'),
      { ...payment('two'), module: CardModule },
      feature(OrderSaga, {}),
    ]).catch((thrown: unknown) => thrown);
    if (!(error instanceof SagaDefinitionError)) throw new Error('it was accepted', { cause: error });
    expect(error.problems).toEqual([
      {
        where: 'PayStep (step "pay" of OrderSaga)',
        problem: 'PaymentModule and CardModule provide it, and FeatureModule imports it from none of them',
        remedy: "Export it from the module that is meant, and import that module in the saga's",
      },
    ]);
  });
});

/** A module with one saga. */
function feature(saga: Type, { imports = [], providers = [] }: Partial<DynamicModule>): Type {
  @Module({ imports, providers: [...providers, saga] })
  class FeatureModule {}
  return FeatureModule;
}

function payment(name: string, scope = Scope.DEFAULT): DynamicModule {
  return { module: PaymentModule, providers: paying(name, scope), exports: [PayStep] };
}

function paying(name: string, scope: Scope): Provider[] {
  return [
    { provide: gatewayToken, useValue: { name } },
    {
      provide: PayStep,
      scope,
      useFactory: (gateway: Gateway) => new PayStep(gateway),
      inject: [gatewayToken],
    },
  ];
}

/** Runs both sagas, and returns the gateway that each paid through. */
async function pay(...modules: readonly (Type | DynamicModule)[]): Promise<unknown> {
  const { sagas } = await openModules(modules);
  const [order, gift] = await Promise.all(
    [new OrderContext(), new GiftContext()].map((context) => lastValueFrom(sagas.stream(context))),
  );
  return { order: order?.response, gift: gift?.response };
}
