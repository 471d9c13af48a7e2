import { encodedBytes } from '../context/context-codec.js';
import type { RecordedEntry } from '../execution/recorded-entry.js';
import { notifySaga } from '../ports/notify.js';
import type { SagaListener } from '../ports/saga-listener.js';
import type { LoadedSaga } from '../ports/saga-storage.js';
import type { JournalFollower } from './journal-follower.js';
import { reportEntry } from './report-entry.js';

/** Publishes the entries that this process records of a saga to the watchers in this process and to the listener. */
export class PublicationFeed {
  constructor(
    private readonly follower: JournalFollower,
    private readonly listener: SagaListener | undefined,
    private readonly contextWarningBytes: number,
  ) {}

  /** Publishes the journal that a claim read, so that a watcher in this process need not read it again. */
  claimed({ header, entries }: LoadedSaga): void {
    if (this.follower.isFollowed(header.sagaId)) this.follower.offer(entries, header);
  }

  /** Publishes a durable entry. Called in the order of the journal. */
  recorded(recorded: RecordedEntry): void {
    const { after, header, entry } = recorded;
    const { status, failure, stuck, park } = after;
    if (this.follower.isFollowed(header.sagaId)) {
      this.follower.offer([entry], {
        ...header,
        status,
        failure,
        stuck: status === 'stuck' ? stuck : undefined,
        waiting: park && { for: park.for, name: park.name },
      });
    }
    this.warnOfSize(recorded);
    reportEntry.recorded(this.listener, recorded);
  }

  private warnOfSize({ entry, header }: RecordedEntry): void {
    const context = entry.kind === 'act-completed' ? (entry.context ?? '') : '';
    // No character has more than three bytes in UTF-8, so most contexts need no count.
    if (context.length * 3 <= this.contextWarningBytes) return;
    const bytes = encodedBytes(context);
    if (bytes <= this.contextWarningBytes) return;
    const { sagaId, saga, version } = header;
    notifySaga(this.listener, { type: 'context-large', sagaId, saga, version, bytes });
  }
}
