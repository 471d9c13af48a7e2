import { describe, expect, it } from '@jest/globals';
import { resolveHealthOptions, sagaHealthDefaults } from './saga-health-options.js';

describe('the options of the health indicator', () => {
  it('are the documented defaults if an option is missing or undefined', () => {
    expect(resolveHealthOptions({})).toEqual(sagaHealthDefaults);
    expect(resolveHealthOptions({ timeoutMs: undefined } as never)).toEqual(sagaHealthDefaults);
  });

  it.each([
    ['timeout', 5, '"options.timeout" was refused: did you mean "timeoutMs"?'],
    ['maxOpenAgeMs', 5, '"options.maxOpenAgeMs" was refused: did you mean "maximumOpenAgeMs"?'],
    ['timeoutMs', null, '"timeoutMs" was refused'],
    ['expectsEverySaga', 'no', '"expectsEverySaga" was refused'],
  ])('are refused: %s of %j', (name, value, message) => {
    expect(() => resolveHealthOptions({ [name]: value })).toThrow(message);
  });
});
