import { SagaNotRegisteredError } from '../errors/saga-not-registered-error.js';
import { defineSagas } from './define-saga.js';
import { SagaRegistry } from './saga-registry.js';

class OrderContext {
  readonly id = 1;
}
class SharedContext {
  readonly id = 1;
}

const steps = [{ id: 'a', handler: () => ({ act: () => undefined, compensate: () => undefined }) }];
const registry = new SagaRegistry(
  defineSagas([
    { name: 'order', context: OrderContext, steps },
    { name: 'order', version: 2, context: OrderContext, steps },
    { name: 'first', context: SharedContext, steps },
    { name: 'second', context: SharedContext, steps },
  ]),
);

describe('SagaRegistry', () => {
  it('starts the newest version of the saga that the context class names', () => {
    expect(registry.getForStart(new OrderContext())).toMatchObject({ name: 'order', version: 2 });
  });

  it('finds a stored saga under its own version', () => {
    expect(registry.find('order', 1)?.version).toBe(1);
    expect(registry.find('order', 3)).toBeUndefined();
  });

  it('asks for a name if a context class serves several sagas', () => {
    expect(() => registry.getForStart(new SharedContext())).toThrow(/several sagas \(first, second\)/);
    expect(registry.getForStart(new SharedContext(), 'second').name).toBe('second');
  });

  it.each([[{}], [null], [undefined], ['text'], [Object.create(null)]])(
    'refuses the context %j that no class names',
    (context) => {
      expect(() => registry.getForStart(context)).toThrow(SagaNotRegisteredError);
    },
  );
});
