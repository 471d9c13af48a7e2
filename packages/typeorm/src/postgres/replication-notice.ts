import { SagaStorageError } from '@nest-saga/core';
import type { PostgresClient } from './postgres-client.js';

const watched = new WeakSet<PostgresClient>();
const warned = new WeakSet<PostgresClient>();

/**
 * Watches for the one warning that revokes a commit: the wait for a synchronous standby was cancelled, so the
 * transaction is on this server only, although the statement is answered normally.
 */
export function watchReplication(client: PostgresClient): void {
  if (watched.has(client)) return;
  watched.add(client);
  client.on('notice', (notice: ServerNotice) => {
    // The text is translated, and the warning has no specific SQLSTATE.
    if (notice.routine === 'SyncRepWaitForLSN') warned.add(client);
  });
}

/** @throws SagaStorageError (unknown) if the client's last statement was committed on this server only. */
export function checkReplicated(operation: string, client: PostgresClient): void {
  if (!warned.delete(client)) return;
  const cause = new Error('The wait for the synchronous standby was cancelled.');
  throw new SagaStorageError(operation, 'unknown', { cause });
}

interface ServerNotice {
  readonly routine?: string;
}
