import { FakeClock } from '@nest-saga/testing';
import type { WaitingRule } from '../../src/execution/begin-wait.js';

/** No wait parks a saga. */
export const waitsInMemory: WaitingRule = { parkAboveMs: undefined, clock: new FakeClock() };
