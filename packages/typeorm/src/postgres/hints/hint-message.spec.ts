import fc from 'fast-check';
import { decodeHint, encodeHint, maximumSagaIds } from './hint-message.js';

const message = fc.record({
  presence: fc.constantFrom('hello', 'here', undefined),
  isWork: fc.boolean(),
  sagaIds: fc.array(fc.uuid(), { maxLength: maximumSagaIds }),
});

describe('a hint as a payload', () => {
  it('comes back as it was, and fits into a notification', () => {
    fc.assert(
      fc.property(message, (hint) => {
        const payload = encodeHint(hint);
        expect(decodeHint(payload)).toEqual(hint);
        expect(Buffer.byteLength(payload)).toBeLessThan(8_000);
      }),
    );
  });

  it('is nothing if another program wrote it', () => {
    fc.assert(
      fc.property(
        fc.string().filter((text) => !/hello|here|work/.test(text)),
        (payload) => {
          expect(decodeHint(payload)).toEqual({ presence: undefined, isWork: false, sagaIds: [] });
        },
      ),
    );
  });
});
