import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { median } from '../measure/percentiles.js';

const flushes = 400;
const pageBytes = 8_192;

/**
 * The time in which the disk makes one page durable, in milliseconds: the median of many writes with an `fdatasync`
 * each, next to the server's data directory. PostgreSQL does the same once for each group of commits.
 */
export function measureFlushMs(dataDirectory: string): number {
  const directory = mkdtempSync(join(dirname(dataDirectory), 'nest-saga-flush-'));
  const file = openSync(join(directory, 'pages'), 'w');
  try {
    const page = Buffer.alloc(pageBytes, 1);
    // Written before the measurement, as PostgreSQL recycles its log files: growing a file costs more than overwriting
    // it.
    writeSync(file, Buffer.alloc(pageBytes * flushes));
    fdatasyncSync(file);
    return median(Array.from({ length: flushes }, (_, index) => flushOnce(file, page, index)));
  } finally {
    closeSync(file);
    rmSync(directory, { recursive: true });
  }
}

function flushOnce(file: number, page: Buffer, index: number): number {
  const startedAt = performance.now();
  writeSync(file, page, 0, pageBytes, index * pageBytes);
  fdatasyncSync(file);
  return performance.now() - startedAt;
}
