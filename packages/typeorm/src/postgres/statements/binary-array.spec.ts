import { SagaStorageError } from '@nest-saga/core';
import { binaryArray } from './binary-array.js';

const header = (typeId: number, length: number): string =>
  [1, 1, typeId, length, 1].map((word) => word.toString(16).padStart(8, '0')).join('');

describe('binaryArray', () => {
  it.each([
    ['integer', [1, -1, null], `${header(23, 3)}000000040000000100000004ffffffffffffffff`],
    ['text', ['aé', null, ''], `${header(25, 3)}0000000361c3a9ffffffff00000000`],
    [
      'text',
      ['é', 'é', 'b', null, 'b'],
      `${header(25, 5)}00000002c3a900000002c3a90000000162ffffffff0000000162`,
    ],
    ['json', ['{}'], `${header(114, 1)}000000027b7d`],
    [
      'uuid',
      ['00112233-4455-6677-8899-aabbccddeeff'],
      `${header(2950, 1)}0000001000112233445566778899aabbccddeeff`,
    ],
    ['timestamptz', [new Date(Date.UTC(2000, 0, 1) + 1)], `${header(1184, 1)}0000000800000000000003e8`],
    ['timestamptz', [new Date(Date.UTC(2000, 0, 1) - 1)], `${header(1184, 1)}00000008fffffffffffffc18`],
    ['timestamptz', [new Date(Date.UTC(2026, 0, 1))], `${header(1184, 1)}000000080002ea470ae86000`],
  ] as const)('writes "%s" %p as PostgreSQL reads it', (type, values, expected) => {
    expect(binaryArray(type, values).toString('hex')).toBe(expected);
  });

  it.each([
    ['uuid', 'order-1'],
    ['uuid', '00112233-4455-6677-8899-aabbccddeefg'],
    ['uuid', '00112233-4455-6677-8899 aabbccddeeff'],
    ['uuid', '0011223é-4455-6677-8899-aabbccddeeff'],
    ['integer', 2 ** 31],
    ['integer', 1.5],
    ['timestamptz', new Date(Number.NaN)],
  ] as const)('refuses what is no "%s": %p', (type, value) => {
    expect(() => binaryArray(type, [value])).toThrow(SagaStorageError);
    expect(() => binaryArray(type, [value])).toThrow(expect.objectContaining({ outcome: 'refused' }));
  });
});
