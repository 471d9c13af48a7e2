import { SagaStorageError } from '@nest-saga/core';
import { isDate } from '@nest-saga/core/storage-kit';

/** The types of columns that are sent as arrays, with their object identifiers in PostgreSQL. */
const typeIds = { uuid: 2950, text: 25, integer: 23, bigint: 20, json: 114, timestamptz: 1184 } as const;
export type ArrayType = keyof typeof typeIds;

/** A value of such a column. */
export type ArrayValue = string | number | Date | null;

/**
 * hot path, see ADR 0023: an array in PostgreSQL's binary form, which the driver sends unchanged. In the textual form,
 * every quote of every context is escaped here and parsed there, which costs more than the rest of a write.
 *
 * @throws SagaStorageError (refused) for a value that does not fit the type.
 */
export function binaryArray(type: ArrayType, values: readonly ArrayValue[]): Buffer {
  const { sizeOf, write } = codecs[type];
  let size = headerSize;
  for (const value of values) size += 4 + (value === null ? 0 : sizeOf(value));
  const buffer = Buffer.allocUnsafe(size);
  writeHeader(buffer, typeIds[type], values.length);
  let offset = headerSize;
  let before: ArrayValue = null;
  let startBefore = offset;
  for (const value of values) {
    const start = offset;
    if (value === null) offset = buffer.writeInt32BE(-1, offset);
    // The worker, the kind and the step are often the same as in the row before.
    else if (value === before) offset += buffer.copy(buffer, offset, startBefore, start);
    else {
      const length = write(buffer, offset + 4, value);
      offset = buffer.writeInt32BE(length, offset) + length;
    }
    before = value;
    startBefore = start;
  }
  return buffer.subarray(0, offset);
}

const headerSize = 20;

// One dimension, possible nulls, the type of the elements, their number, and the first index, one.
function writeHeader(buffer: Buffer, typeId: number, length: number): void {
  buffer.writeInt32BE(1, 0);
  buffer.writeInt32BE(1, 4);
  buffer.writeInt32BE(typeId, 8);
  buffer.writeInt32BE(length, 12);
  buffer.writeInt32BE(1, 16);
}

interface ElementCodec {
  /** An upper bound of its size in bytes. */
  sizeOf(value: ArrayValue): number;
  /** Writes the value and returns its size in bytes. */
  write(buffer: Buffer, offset: number, value: ArrayValue): number;
}

const textCodec: ElementCodec = {
  // UTF-8 needs at most three bytes for each UTF-16 unit.
  sizeOf: (value) => (typeof value === 'string' ? value.length * 3 : 0),
  write: (buffer, offset, value) =>
    typeof value === 'string' ? buffer.write(value, offset) : refuse('text'),
};

const codecs: Readonly<Record<ArrayType, ElementCodec>> = {
  text: textCodec,
  json: textCodec,
  uuid: {
    sizeOf: () => 16,
    write: (buffer, offset, value) => {
      if (typeof value !== 'string' || value.length !== 36) return refuse('uuid');
      let at = 0;
      for (let index = 0; index < 16; index++) {
        if (isBehindHyphen(index) && value[at++] !== '-') return refuse('uuid');
        const byte = hexDigit(value, at++) * 16 + hexDigit(value, at++);
        if (Number.isNaN(byte)) return refuse('uuid');
        buffer[offset + index] = byte;
      }
      return 16;
    },
  },
  integer: {
    sizeOf: () => 4,
    write: (buffer, offset, value) => {
      if (typeof value !== 'number' || value !== (value | 0)) return refuse('integer');
      buffer.writeInt32BE(value, offset);
      return 4;
    },
  },
  bigint: {
    sizeOf: () => 8,
    write: (buffer, offset, value) => {
      if (typeof value !== 'number' || !Number.isSafeInteger(value)) return refuse('bigint');
      writeInt64(buffer, offset, value);
      return 8;
    },
  },
  timestamptz: {
    sizeOf: () => 8,
    write: (buffer, offset, value) => {
      const time = isDate(value) ? value.getTime() : Number.NaN;
      if (Number.isNaN(time)) return refuse('time');
      writeInt64(buffer, offset, (time - startOfPostgresTime) * 1_000);
      return 8;
    },
  },
};

// hot path: a loop with a table is faster than a text without hyphens and the hexadecimal methods of the buffer.
const digits: readonly number[] = Array.from({ length: 128 }, (_, code) =>
  Number.parseInt(String.fromCharCode(code), 16),
);

function hexDigit(text: string, index: number): number {
  return digits[text.charCodeAt(index)] ?? Number.NaN;
}

function isBehindHyphen(byte: number): boolean {
  return byte === 4 || byte === 6 || byte === 8 || byte === 10;
}

const twoTo32 = 0x1_0000_0000;

/** Like `writeBigInt64BE`, without creating big integers. */
function writeInt64(buffer: Buffer, offset: number, value: number): void {
  const high = Math.floor(value / twoTo32);
  buffer.writeInt32BE(high, offset);
  buffer.writeUInt32BE(value - high * twoTo32, offset + 4);
}

/** PostgreSQL counts microseconds from the year 2000. */
const startOfPostgresTime = Date.UTC(2000, 0, 1);

function refuse(what: string): never {
  throw new SagaStorageError('encode', 'refused', { cause: new TypeError(`A value is no ${what}.`) });
}
