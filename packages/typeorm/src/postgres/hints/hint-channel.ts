import type { StorageHint } from '@nest-saga/core';
import type { Surroundings } from '@nest-saga/core/storage-kit';
import type { PostgresClient } from '../postgres-client.js';
import { queryClient } from '../query-client.js';
import type { Statement } from '../statement.js';
import { decodeHint, encodeHint } from './hint-message.js';
import type { HintMessage } from './hint-message.js';
import { HintOutbox } from './hint-outbox.js';

const firstRetryMs = 100;
const longestRetryMs = 3_000;
// Together with the longest pause it is less than five seconds from the end of an outage to the next hint.
const deadlineMs = 1_900;

// A hint that is lost in a crash does no harm: its commit does not wait for the disk.
const notifyStatement: Statement = {
  name: undefined,
  text: "SELECT pg_notify($1, $2), set_config('synchronous_commit', 'off', true)",
};

/**
 * Wakes up the other processes of a database with LISTEN and NOTIFY, on a separate connection and never inside a
 * checkpoint, because it would serialize the commits of all processes. All messages are hints that may be lost. After an
 * error the connection is closed and made again, with growing delays.
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
  private isHeard = false;
  private isMissed = false;
  private isTroubleReported = false;
  private isClosed = false;

  /**
   * @param createClient Makes a client that is not connected yet.
   * @param onTrouble Called once for each outage in which the connection was lost or could not be made.
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

  /** Whether this process receives the hints of others at the moment. */
  get isListening(): boolean {
    return this.isHeard;
  }

  /** Begins to listen, in the background: without this channel polling finds everything a little later. */
  open(): void {
    if (this.isClosed || this.client !== undefined) return;
    this.runShared(() => this.connect(this.createClient()));
  }

  private connect(client: PostgresClient): void {
    client.on('error', (error: Error) => this.lose(client, error));
    // A connection may end without an error event.
    client.on('end', () => this.lose(client, new Error('The connection ended.')));
    client.on('notification', (notification: Notification) => this.receive(client, notification));
    this.client = client;
    // Hints wait until then, and are sent then.
    this.last = this.last.then(() => this.listen(client));
  }

  /** Calls the listener at each hint of another process. Returns the function that ends it. */
  subscribe(listener: (hint: StorageHint) => void): () => void {
    const own = (hint: StorageHint): void => listener(hint);
    this.listeners.add(own);
    return () => this.listeners.delete(own);
  }

  /** Hints that there may be a saga to claim. */
  work(): void {
    this.outbox.work();
  }

  /** Hints that a request was made for a saga. */
  requested(sagaId: string): void {
    this.outbox.requested(sagaId);
  }

  /** Hints that the journal of a running saga grew. Sends nothing if no other process has ever been heard. */
  progressed(sagaId: string): void {
    if (this.hasPeers) this.outbox.progressed(sagaId);
  }

  /** Makes a new connection: the existing one belongs to the application's previous pool. */
  renew(): void {
    if (this.client !== undefined) this.replace(this.client);
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.isHeard = false;
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
      // The others missed the hints of the time without a connection.
      await this.notify(client, { presence: 'hello', isWork: this.isMissed, sagaIds: [] });
    } catch (error) {
      return this.lose(client, error);
    }
    if (this.client !== client || this.isClosed) return;
    this.isHeard = true;
    this.isMissed = false;
    this.isTroubleReported = false;
    this.retryMs = firstRetryMs;
    // Earlier hints are unknown, and the process may have looked for work already.
    this.tell({ kind: 'work' });
  }

  private send(message: HintMessage): void {
    const { client } = this;
    if (this.isClosed) return;
    if (client === undefined) return this.miss(message);
    this.last = this.last.then(async () => {
      if (this.client !== client) return this.miss(message);
      try {
        await this.notify(client, message);
      } catch (error) {
        this.miss(message);
        this.lose(client, error);
      }
    });
  }

  private async notify(client: PostgresClient, message: HintMessage): Promise<void> {
    await queryClient(client, notifyStatement, [this.name, encodeHint(message)], plain);
  }

  private miss({ isWork }: HintMessage): void {
    this.isMissed ||= isWork;
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

  private lose(client: PostgresClient, reason: unknown): void {
    if (this.client !== client || this.isClosed) return;
    if (!this.isTroubleReported) this.onTrouble(reason);
    this.isTroubleReported = true;
    this.replace(client);
  }

  private replace(client: PostgresClient): void {
    this.client = undefined;
    this.isHeard = false;
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
