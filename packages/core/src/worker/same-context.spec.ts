import { isSameContext } from './same-context.js';

describe('isSameContext', () => {
  it('does not mind the order of keys', () => {
    expect(isSameContext('{"a":1,"b":{"c":[1,2],"d":null}}', '{"b":{"d":null,"c":[1,2]},"a":1}')).toBe(true);
  });

  it.each([
    ['{"a":1}', '{"a":2}'],
    ['{"a":[1,2]}', '{"a":[2,1]}'],
    ['{"a":1}', '{"a":"1"}'],
    ['{"a":null}', '{}'],
  ])('tells %s from %s', (one, other) => {
    expect(isSameContext(one, other)).toBe(false);
  });
});
