import { encodedBytes } from '../context/context-codec.js';
import type { RecordedEntry } from '../execution/recorded-entry.js';
import { notifySaga } from '../ports/notify.js';
import type { SagaListener } from '../ports/saga-listener.js';
import type { EntrySubscriber } from './publication-feed.js';

/** Warns of contexts above a size. */
export class SizeWarning implements EntrySubscriber {
  constructor(
    private readonly listener: SagaListener | undefined,
    private readonly contextWarningBytes: number,
  ) {}

  recorded({ entry, header }: RecordedEntry): void {
    const context = entry.kind === 'act-completed' ? (entry.context ?? '') : '';
    // No character has more than three bytes in UTF-8, so most contexts need no count.
    if (context.length * 3 <= this.contextWarningBytes) return;
    const bytes = encodedBytes(context);
    if (bytes <= this.contextWarningBytes) return;
    const { sagaId, saga, version } = header;
    notifySaga(this.listener, { type: 'context-large', sagaId, saga, version, bytes });
  }
}
