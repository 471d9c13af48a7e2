import { checkComesBack } from './check-comes-back.js';
import { jsonContextCodec } from './context-codec.js';

class Order {
  total = 0;
}

describe('checkComesBack', () => {
  it('takes what the codec reads back', () => {
    expect(() => checkComesBack({ context: Order, codec: jsonContextCodec }, '{"total":5}')).not.toThrow();
  });

  it('refuses a context that its codec does not read back, and says why', () => {
    const why = new Error('no key');
    const decode = (): never => {
      throw why;
    };
    expect(() => checkComesBack({ context: Order, codec: { ...jsonContextCodec, decode } }, '{}')).toThrow(
      expect.objectContaining({ code: 'SAGA_CONTEXT_NOT_STORABLE', path: 'context', cause: why }),
    );
  });

  it('refuses a context whose class cannot be asked for its instances', () => {
    class Unreadable {
      static [Symbol.hasInstance](): boolean {
        throw new Error('cannot be asked');
      }
    }
    expect(() => checkComesBack({ context: Unreadable, codec: jsonContextCodec }, '{}')).toThrow(
      expect.objectContaining({ code: 'SAGA_CONTEXT_NOT_STORABLE' }),
    );
  });
});
