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
// With the longest pause it is less than five seconds from the end of an outage to the next hint.
const deadlineMs = 1_900;

// A hint that a crash swallows is missed by nobody: its commit waits for no disk.
const notifyStatement: Statement = {
  name: undefined,
  text: "SELECT pg_notify($1, $2), set_config('synchronous_commit', 'off', true)",
};

/**
 * Wakes up the other processes of a database with LISTEN and NOTIFY, on a connection of its own and never inside a
 * checkpoint: there it would line up the commits of all processes. Everything here is a hint that may be lost. A
 * connection on which anything fails is given up and made again, later and later.
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
  private isTroubleTold = false;
  private isClosed = false;

  /**
   * @param createClient Makes a client that is not connected yet.
   * @param onTrouble Is told once for each outage that the connection was lost or not had.
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

  /** Whether this process hears the others now. */
  get isListening(): boolean {
    return this.isHeard;
  }

  /** Begins to listen, in the background: without this channel polling does everything, a little later. */
  open(): void {
    if (this.isClosed || this.client !== undefined) return;
    this.runShared(() => this.connect(this.createClient()));
  }

  private connect(client: PostgresClient): void {
    client.on('error', (error: Error) => this.lose(client, error));
    // An end without an error says nothing else.
    client.on('end', () => this.lose(client, new Error('The connection ended.')));
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

  /** Makes the connection anew: the one there is leads to where the application was before. */
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
      // The others missed what was to be told while there was no connection.
      await this.notify(client, { presence: 'hello', isWork: this.isMissed, sagaIds: [] });
    } catch (error) {
      return this.lose(client, error);
    }
    if (this.client !== client || this.isClosed) return;
    this.isHeard = true;
    this.isMissed = false;
    this.isTroubleTold = false;
    this.retryMs = firstRetryMs;
    // Nobody knows what was told before, while the process may have looked for work already.
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
    if (!this.isTroubleTold) this.onTrouble(reason);
    this.isTroubleTold = true;
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
