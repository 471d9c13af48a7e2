import { SagaStorageError } from '@nest-saga/core';
import type { PostgresClient } from './postgres-client.js';

const watched = new WeakSet<PostgresClient>();
const warned = new WeakSet<PostgresClient>();

/**
 * Listens for the one warning that takes a commit back: the wait for a synchronous standby was cancelled, so the
 * transaction is on this server only, and yet the statement is answered as if all were well.
 */
export function watchReplication(client: PostgresClient): void {
  if (watched.has(client)) return;
  watched.add(client);
  client.on('notice', (notice: ServerNotice) => {
    // The text is translated, and the warning has no SQLSTATE of its own.
    if (notice.routine === 'SyncRepWaitForLSN') warned.add(client);
  });
}

/** @throws SagaStorageError (unknown) where the client's last statement was committed on this server only. */
export function checkReplicated(operation: string, client: PostgresClient): void {
  if (!warned.delete(client)) return;
  const cause = new Error('The wait for the synchronous standby was cancelled.');
  throw new SagaStorageError(operation, 'unknown', { cause });
}

interface ServerNotice {
  readonly routine?: string;
}
