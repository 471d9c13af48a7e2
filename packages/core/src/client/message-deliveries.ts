import type { SagaStorageError } from '../errors/saga-storage-error.js';
import { isSagaError, sagaErrorCode } from '../identity/thrown.js';
import { notifyWorker } from '../ports/notify.js';
import type { SagaListener } from '../ports/saga-listener.js';
import type { SagaMessage, SagaStorage } from '../ports/saga-storage.js';
import { messageRequest } from './message-request.js';
import type { SagaRequests } from './saga-requests.js';

const batchSize = 100;
/** Longer than a request is retried, in milliseconds. */
const leaseMs = 30_000;

/**
 * Delivers the messages to sagas: leases a batch, sends each message as a request, and deletes it. If this process dies in
 * between, another one delivers the message again after its lease, and the request finds its entry in the journal.
 */
export class MessageDeliveries {
  private delivery: Promise<void> | undefined;
  private isAskedAgain = false;
  private isStopped = false;

  constructor(
    private readonly storage: SagaStorage,
    private readonly requests: SagaRequests,
    private readonly listener: SagaListener | undefined,
  ) {}

  /** Delivers the messages that are stored, in the background. A call during a delivery causes one more round. */
  deliverSoon(): void {
    if (this.isStopped) return;
    this.isAskedAgain = true;
    this.delivery ??= this.deliverAll().finally(() => (this.delivery = undefined));
  }

  /** Takes no further messages. Resolves when those that were taken are delivered, or failed. */
  async stop(): Promise<void> {
    this.isStopped = true;
    await this.delivery;
  }

  private async deliverAll(): Promise<void> {
    while (this.isAskedAgain && !this.isStopped) {
      this.isAskedAgain = false;
      try {
        const messages = await this.storage.takeMessages({
          limit: batchSize,
          leaseMs,
          onUnreadable: this.onUnreadable,
        });
        await this.deliver(messages);
        if (messages.length === batchSize) this.isAskedAgain = true;
      } catch (error) {
        this.failed('takeMessages', undefined, error);
      }
    }
  }

  private async deliver(messages: readonly SagaMessage[]): Promise<void> {
    const done: string[] = [];
    await Promise.all(
      [...bySaga(messages)].map(async (ofOne) => {
        // The messages to one saga one after another, in the order in which they were stored.
        for (const message of ofOne) if (await this.isDone(message)) done.push(message.id);
      }),
    );
    if (done.length > 0) await this.storage.removeMessages(done);
  }

  /** Whether the message can be deleted. If not, it is delivered again after its lease. */
  private async isDone(message: SagaMessage): Promise<boolean> {
    const { sagaId, entry } = message;
    try {
      await this.requests.request(sagaId, messageRequest(message));
      return true;
    } catch (error) {
      if (!isRefusal(error)) {
        this.failed('deliverMessage', sagaId, error);
        return false;
      }
      notifyWorker(this.listener, { type: 'message-refused', sagaId, kind: entry.kind, error });
      return true;
    }
  }

  private readonly onUnreadable = ({ sagaId }: Pick<SagaMessage, 'sagaId'>, error: SagaStorageError): void =>
    this.failed('takeMessages', sagaId, error);

  private failed(operation: string, sagaId: string | undefined, error: unknown): void {
    notifyWorker(this.listener, { type: 'storage-failed', operation, sagaId, error });
  }
}

/**
 * Whether a later delivery would end in the same way. Another process may have the saga's class, be able to read its
 * journal, or reach the storage.
 */
function isRefusal(error: unknown): boolean {
  if (isSagaError(error, 'SAGA_STORAGE_FAILED')) return error.outcome === 'refused';
  const code = sagaErrorCode(error);
  return code !== undefined && code !== 'SAGA_NOT_REGISTERED';
}

function bySaga(messages: readonly SagaMessage[]): Iterable<readonly SagaMessage[]> {
  const groups = new Map<string, SagaMessage[]>();
  for (const message of messages) {
    const group = groups.get(message.sagaId);
    if (group === undefined) groups.set(message.sagaId, [message]);
    else group.push(message);
  }
  return groups.values();
}
