import { describe, expect, it } from '@jest/globals';
import { InvalidArgumentError } from '@nest-saga/core';
import { resumeFrom } from './resume-from.js';

describe('resumeFrom', () => {
  it.each([
    ['no header at all', {}],
    ['no value', undefined],
    ['the empty id of a client that has seen nothing', { 'last-event-id': '' }],
    ['the id of a stream that has sent no result yet', { 'last-event-id': '0' }],
  ])('begins at the first result for %s', (_, headers) => {
    expect(resumeFrom(headers)).toBe(1);
  });

  it.each([
    ['headers as Node has them', { 'last-event-id': '41' }],
    ['the headers of a web request', new Headers({ 'Last-Event-ID': '41' })],
    ['the value itself', '41'],
  ])('continues after the last event, from %s', (_, headers) => {
    expect(resumeFrom(headers)).toBe(42);
  });

  it('continues after the last id but one that a journal can have', () => {
    expect(resumeFrom('2147483646')).toBe(2_147_483_647);
  });

  it.each(['-1', '1.5', '1e3', 'NaN', ' 7', '0x10', '2147483647', '999999999999999', '1, 2', ['1', '2']])(
    'refuses %j, which no stream gave',
    (value) => {
      expect(() => resumeFrom({ 'last-event-id': value })).toThrow(InvalidArgumentError);
    },
  );
});
