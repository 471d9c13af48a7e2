import { InMemorySagaStorage } from '@nest-saga/core';
import { SystemClock } from '@nest-saga/nestjs';
import { describeBadInput } from '../src/bad-input/describe-bad-input.js';

const runs = Number(process.env['BAD_INPUT_RUNS'] ?? '400');

describeBadInput('in memory', () => Promise.resolve(new InMemorySagaStorage(new SystemClock())), runs);
