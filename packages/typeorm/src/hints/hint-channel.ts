import type { StorageHint, Surroundings } from '@nest-saga/core';
import type { PostgresClient } from '../database/postgres-client.js';
import { queryClient } from '../database/query-client.js';
import type { Statement } from '../database/statement.js';
import { decodeHint, encodeHint } from './hint-message.js';
import type { HintMessage } from './hint-message.js';
import { HintOutbox } from './hint-outbox.js';

const firstRetryMs = 100;
const longestRetryMs = 10_000;
const deadlineMs = 5_000;

// A hint that a crash swallows is missed by nobody: its commit waits for no disk.
const notifyStatement: Statement = {
  name: undefined,
  text: "SELECT pg_notify($1, $2), set_config('synchronous_commit', 'off', true)",
};

/**
 * Wakes up the other processes of a database with LISTEN and NOTIFY, on a connection of its own and never inside a
 * checkpoint: there it would line up the commits of all processes. Everything here is a hint that may be lost; a
 * connection that is lost is made again, later and later.
 */
export class HintChannel {
  private readonly listeners = new Set<(hint: StorageHint) => void>();
  private readonly outbox: HintOutbox;
  private readonly name: string;
  private client: PostgresClient | undefined;
  private last: Promise<unknown> = Promise.resolve();
  private retryTimer: NodeJS.Timeout | undefined;
  private retryMs = firstRetryMs;
  private hasPeers = false;
  private isClosed = false;

  /**
   * @param createClient Makes a client that is not connected yet.
   * @param onTrouble Is told that the connection was lost or not had.
   */
  constructor(
    schemaName: string,
    private readonly createClient: () => PostgresClient,
    private readonly onTrouble: (error: unknown) => void,
    private readonly runShared: Surroundings['run'],
  ) {
    this.name = `nest_saga_${schemaName}`;
    this.outbox = new HintOutbox((message) => this.send(message), runShared);
  }

  /** Begins to listen, in the background: without this channel polling does everything, a little later. */
  open(): void {
    if (this.isClosed || this.client !== undefined) return;
    this.runShared(() => this.connect(this.createClient()));
  }

  private connect(client: PostgresClient): void {
    client.on('error', () => this.lose(client));
    client.on('notification', (notification: Notification) => this.receive(client, notification));
    this.client = client;
    // What is to be told meanwhile waits, and is told then.
    this.last = this.last.then(() => this.listen(client));
  }

  /** Calls back at each hint of another process. Returns what ends it. */
  subscribe(listener: (hint: StorageHint) => void): () => void {
    const own = (hint: StorageHint): void => listener(hint);
    this.listeners.add(own);
    return () => this.listeners.delete(own);
  }

  /** There may be something to claim. */
  work(): void {
    this.outbox.work();
  }

  /** Somebody asked something of a saga. */
  requested(sagaId: string): void {
    this.outbox.requested(sagaId);
  }

  /** A running saga's journal grew. Says nothing where no other process has ever been heard. */
  progressed(sagaId: string): void {
    if (this.hasPeers) this.outbox.progressed(sagaId);
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.outbox.close();
    clearTimeout(this.retryTimer);
    await this.last;
    const client = this.client;
    this.client = undefined;
    await client?.end();
  }

  private async listen(client: PostgresClient): Promise<void> {
    try {
      await client.connect();
      if (this.isClosed) return;
      await queryClient(client, { name: undefined, text: `LISTEN "${this.name}"` }, [], plain);
      this.retryMs = firstRetryMs;
      this.send({ presence: 'hello', isWork: false, sagaIds: [] });
      // Nobody knows what was told before, while the process may have looked for work already.
      this.tell({ kind: 'work' });
    } catch (error) {
      if (!this.isClosed) this.onTrouble(error);
      this.lose(client);
    }
  }

  private send(message: HintMessage): void {
    const { client } = this;
    if (client === undefined || this.isClosed) return;
    this.last = this.last
      .then(() => queryClient(client, notifyStatement, [this.name, encodeHint(message)], plain))
      .catch(() => undefined);
  }

  private receive(client: PostgresClient, { processId, payload }: Notification): void {
    if (processId === client.processID || this.isClosed) return;
    const { presence, isWork, sagaIds } = decodeHint(payload ?? '');
    this.hasPeers = true;
    if (presence === 'hello') this.send({ presence: 'here', isWork: false, sagaIds: [] });
    if (isWork) this.tell({ kind: 'work' });
    for (const sagaId of sagaIds) this.tell({ kind: 'saga', sagaId });
  }

  private tell(hint: StorageHint): void {
    for (const listener of this.listeners) listener(hint);
  }

  private lose(client: PostgresClient): void {
    if (this.client !== client || this.isClosed) return;
    this.client = undefined;
    client.end().catch(() => undefined);
    this.retryTimer = setTimeout(() => this.open(), this.retryMs);
    this.retryTimer.unref();
    this.retryMs = Math.min(this.retryMs * 2, longestRetryMs);
  }
}

const plain = { preparedName: undefined, deadlineMs } as const;

interface Notification {
  readonly processId: number;
  readonly payload?: string;
}
