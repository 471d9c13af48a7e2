import { checkComesBack } from './check-comes-back.js';
import { jsonContextCodec } from './context-codec.js';

class Order {
  total = 0;
}

describe('checkComesBack', () => {
  it('takes what the codec reads back', () => {
    expect(() => checkComesBack({ context: Order, codec: jsonContextCodec }, '{"total":5}')).not.toThrow();
  });

  it('takes what a codec cannot decode here: others may have the key', () => {
    const decode = (): never => {
      throw new Error('no key');
    };
    const codec = { ...jsonContextCodec, decode };
    expect(() => checkComesBack({ context: Order, codec }, '{}')).not.toThrow();
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
