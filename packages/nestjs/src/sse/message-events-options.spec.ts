import { describe, expect, it } from '@jest/globals';
import { InvalidArgumentError } from '@nest-saga/core';
import { messageEventsDefaults, resolveMessageEventsOptions } from './message-events-options.js';

describe('resolveMessageEventsOptions', () => {
  it('fills in the documented defaults', () => {
    expect(messageEventsDefaults).toEqual({
      fromSeq: 1,
      heartbeatIntervalMs: 15_000,
      maximumWaitingEvents: 256,
      closeGraceMs: 5_000,
    });
    expect(resolveMessageEventsOptions({})).toMatchObject(messageEventsDefaults);
  });

  it.each([
    { fromSeq: 0 },
    { fromSeq: 2_147_483_648 },
    { heartbeatIntervalMs: 0 },
    { heartbeatIntervalMs: 2_147_483_648 },
    { maximumWaitingEvents: 1.5 },
    { closeGraceMs: Number.NaN },
  ])('refuses %j', (options) => {
    expect(() => resolveMessageEventsOptions(options)).toThrow(InvalidArgumentError);
  });

  it('refuses an option that does not exist, and says which was probably meant', () => {
    const options = { ...{ heartbeatMs: 5 } };
    expect(() => resolveMessageEventsOptions(options as never)).toThrow(
      'The argument "options.heartbeatMs" was refused: did you mean "heartbeatIntervalMs"?',
    );
  });
});
