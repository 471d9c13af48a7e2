import { hydrate } from './hydrate.js';

class OrderContext {
  total = 0;
  constructor(readonly currency: string) {
    if (currency === undefined) throw new Error('the constructor was called');
  }
  label(): string {
    return `${this.total} ${this.currency}`;
  }
}

describe('hydrate', () => {
  it('restores the class and its methods without calling the constructor', () => {
    const context = hydrate(OrderContext, { total: 5, currency: 'EUR' });
    expect(context).toBeInstanceOf(OrderContext);
    expect(context instanceof OrderContext && context.label()).toBe('5 EUR');
  });

  it('leaves what a codec has already made an instance', () => {
    const context = new OrderContext('EUR');
    expect(hydrate(OrderContext, context)).toBe(context);
  });

  it('leaves values alone if the saga has no context class', () => {
    const value = { a: 1 };
    expect(hydrate(undefined, value)).toBe(value);
  });

  it('lets no stored __proto__ reach the prototype', () => {
    const context = hydrate(OrderContext, JSON.parse('{"__proto__":{"admin":true},"total":1}'));
    expect(context).toBeInstanceOf(OrderContext);
    expect(Reflect.get(Object(context), 'admin')).toBeUndefined();
  });

  it('restores a field that shadows an inherited accessor, and calls no setter', () => {
    class Base {
      get currency(): string {
        return 'EUR';
      }
      get total(): number {
        return 1;
      }
      set total(_: number) {
        throw new Error('a setter was called');
      }
    }
    class Order extends Base {}
    const context = hydrate(Order, { currency: 'USD', total: 5 });
    expect(context).toBeInstanceOf(Order);
    expect(context).toMatchObject({ currency: 'USD', total: 5 });
  });
});
