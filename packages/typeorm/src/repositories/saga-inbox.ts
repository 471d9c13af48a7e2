import { SagaStorageError } from '@nest-saga/core';
import { fromEntryText } from '@nest-saga/core/storage-kit';
import type { MessageRequest, SagaMessage } from '@nest-saga/core/storage-kit';
import { required } from '../postgres/statement.js';
import type { Row, Statement, StatementRunner } from '../postgres/statement.js';
import { removeInboxStatement, takeInboxStatement } from '../postgres/statements/inbox.js';
import type { Tables } from '../postgres/tables.js';

/** The messages to sagas that no worker has delivered yet: the table `saga_inbox`. Only the engine uses it. */
export class SagaInbox {
  private readonly taking: Statement;
  private readonly removal: Statement;

  constructor(
    private readonly writes: StatementRunner,
    tables: Tables,
  ) {
    this.taking = takeInboxStatement(tables);
    this.removal = removeInboxStatement(tables);
  }

  /** @throws SagaStorageError */
  async take({ limit, leaseMs, onUnreadable }: MessageRequest): Promise<readonly SagaMessage[]> {
    const rows = await this.writes.run('takeMessages', this.taking, [limit, Math.round(leaseMs)]);
    return rows.flatMap((row) => toMessage(row, onUnreadable));
  }

  /** @throws SagaStorageError */
  async remove(ids: readonly string[]): Promise<void> {
    if (ids.length > 0) await this.writes.run('removeMessages', this.removal, [ids]);
  }
}

function toMessage(row: Row, onUnreadable: MessageRequest['onUnreadable']): readonly SagaMessage[] {
  const message = { id: required(row, 'id'), sagaId: required(row, 'saga_id') };
  try {
    return [{ ...message, entry: fromEntryText(required(row, 'entry')) }];
  } catch (cause) {
    onUnreadable?.(message, new SagaStorageError('takeMessages', 'refused', { cause }));
    return [];
  }
}
