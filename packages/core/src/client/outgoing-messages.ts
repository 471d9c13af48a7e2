import { InvalidArgumentError } from '../errors/invalid-argument-error.js';
import { SagaMessageNotFoundError } from '../errors/saga-message-not-found-error.js';
import { maximumSeq } from '../ports/maximum-seq.js';
import type {
  OutboxAct,
  OutboxListQuery,
  OutboxPage,
  OutboxPosition,
  SagaOutbox,
  StoredSubscriber,
} from '../ports/saga-outbox.js';
import type { SagaStorage } from '../ports/saga-storage.js';
import { checkSagaId, checkText } from './start-options.js';

/** The actions of people on messages that are still to be delivered. */
export class OutgoingMessages {
  constructor(private readonly storage: Pick<SagaStorage, 'outbox'>) {}

  /**
   * One page of messages that are still to be delivered, in the order of sagas and entries.
   *
   * @throws InvalidArgumentError
   */
  async list(query: OutboxListQuery): Promise<OutboxPage> {
    const { sagaId } = query;
    return this.outbox.list(sagaId === undefined ? query : { ...query, sagaId: checkSagaId(sagaId) });
  }

  /**
   * Makes a message due at once, parked or not, as if no attempt had failed.
   *
   * @throws SagaMessageNotFoundError if it is delivered already, or there was none. InvalidArgumentError.
   */
  async redeliver(position: OutboxPosition, act: OutboxAct): Promise<void> {
    const checked = checkPosition(position);
    if (!(await this.outbox.redeliver(checked, checkAct(act)))) throw new SagaMessageNotFoundError(checked);
  }

  /**
   * Deletes a message that its sink has not got: it is lost.
   *
   * @throws SagaMessageNotFoundError if it is delivered already, or there was none. InvalidArgumentError.
   */
  async discard(position: OutboxPosition, act: OutboxAct): Promise<void> {
    const checked = checkPosition(position);
    if (!(await this.outbox.discard(checked, checkAct(act)))) throw new SagaMessageNotFoundError(checked);
  }

  /** The handlers of ends of sagas in all applications with this storage. */
  async subscribers(): Promise<readonly StoredSubscriber[]> {
    return this.outbox.listSubscribers();
  }

  /**
   * Forgets a handler that no application has any more: no further message is written for it, and those that wait are
   * deleted. False: there is no such handler.
   */
  async forgetSubscriber(name: string): Promise<boolean> {
    return this.outbox.forgetSubscriber(checkText('name', name, 200));
  }

  private get outbox(): SagaOutbox {
    if (this.storage.outbox !== undefined) return this.storage.outbox;
    throw new InvalidArgumentError('storage', 'use one with an outbox');
  }
}

function checkPosition({ sagaId, seq, sink }: OutboxPosition): OutboxPosition {
  if (!Number.isInteger(seq) || seq < 1 || seq > maximumSeq)
    throw new InvalidArgumentError('seq', 'pass the seq of a message');
  return { sagaId: checkSagaId(sagaId), seq, sink: checkText('sink', sink, 200) };
}

function checkAct({ actor, note }: OutboxAct): OutboxAct {
  return { actor: checkText('actor', actor, 200), note: note && checkText('note', note, 1_000) };
}
