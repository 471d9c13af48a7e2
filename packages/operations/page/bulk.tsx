import { useState } from 'preact/hooks';
import type { BulkPreview, BulkResult, PersonView } from '../src/views/page-views.js';
import { write } from './api.js';
import { Reference } from './overview.js';
import { Name } from './parts.js';

const atATime = 100;

type Stage =
  | { readonly name: 'idle' }
  | { readonly name: 'previewed'; readonly action: 'retry' | 'cancel'; readonly preview: BulkPreview }
  | { readonly name: 'running'; readonly done: number; readonly total: number }
  | { readonly name: 'done'; readonly total: number; readonly failures: BulkResult['failures'] };

/** One action for all sagas of a list: how many and which first, then a hundred at a time. */
export function Bulk({
  query,
  person,
  isEmpty,
}: {
  readonly query: URLSearchParams;
  readonly person: PersonView | undefined;
  readonly isEmpty: boolean;
}) {
  const [stage, setStage] = useState<Stage>({ name: 'idle' });
  const [note, setNote] = useState('');
  const [trouble, setTrouble] = useState<string | undefined>(undefined);
  if (person === undefined || person.isReadOnly || person.actor === undefined) return null;

  const ask = async (action: 'retry' | 'cancel'): Promise<void> => {
    setTrouble(undefined);
    try {
      const preview = await write<BulkPreview>('bulk/preview', {
        name: action,
        query: Object.fromEntries(query),
      });
      setStage({ name: 'previewed', action, preview });
    } catch (error) {
      setTrouble((error as Error).message);
    }
  };
  const run = async (action: 'retry' | 'cancel', { sagas }: BulkPreview): Promise<void> => {
    const failures: BulkResult['failures'][number][] = [];
    for (let start = 0; start < sagas.length; start += atATime) {
      setStage({ name: 'running', done: start, total: sagas.length });
      const part = sagas.slice(start, start + atATime);
      try {
        const result = await write<BulkResult>('bulk', { name: action, note, sagas: part });
        failures.push(...result.failures);
      } catch (error) {
        const { message } = error as Error;
        failures.push(...part.map(({ sagaId }) => ({ sagaId, message })));
      }
    }
    setStage({ name: 'done', total: sagas.length, failures });
  };

  if (stage.name === 'idle') {
    const status = query.get('status');
    const canRetry = status === 'stuck';
    const canCancel = status === 'stuck' || status === 'running' || status === 'pending';
    if (isEmpty || !canCancel) return trouble === undefined ? null : <Trouble text={trouble} />;
    return (
      <div class="bulk-bar">
        {canRetry && (
          <button type="button" class="quiet" onClick={() => void ask('retry')}>
            Retry all that match…
          </button>
        )}
        <button type="button" class="quiet" onClick={() => void ask('cancel')}>
          Cancel all that match…
        </button>
        {trouble !== undefined && <Trouble text={trouble} />}
      </div>
    );
  }
  if (stage.name === 'previewed') {
    const { action, preview } = stage;
    const count = preview.sagas.length;
    const word = action === 'retry' ? 'Retry' : 'Cancel';
    return (
      <section class="bulk" aria-label={`${word} many sagas`}>
        <h2>
          {word} {count} {count === 1 ? 'saga' : 'sagas'}
        </h2>
        <p>{preview.sentence}</p>
        {preview.hasMore && (
          <p>More match: these are the first {count} of the list. Run it again for the rest.</p>
        )}
        <ul class="plain">
          {preview.sample.map((row) => (
            <li key={row.sagaId}>
              <Name text={row.saga} /> <Reference row={row} />
            </li>
          ))}
          {count > preview.sample.length && <li class="dim">and {count - preview.sample.length} more</li>}
        </ul>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void run(action, preview);
          }}
        >
          <label>
            <span>Note for the journal</span>
            <input
              value={note}
              required
              maxLength={1_000}
              onInput={(event) => setNote(event.currentTarget.value)}
            />
          </label>
          <span class="buttons">
            <button type="submit" class={action === 'cancel' ? 'grave' : 'strong'} disabled={count === 0}>
              {word} {count}
            </button>
            <button type="button" class="quiet" onClick={() => setStage({ name: 'idle' })}>
              Leave it
            </button>
          </span>
        </form>
      </section>
    );
  }
  if (stage.name === 'running')
    return (
      <section class="bulk">
        <p role="status">
          {stage.done} of {stage.total}…
        </p>
        <progress value={stage.done} max={stage.total} aria-label="Progress" />
      </section>
    );
  const { total, failures } = stage;
  return (
    <section class="bulk">
      <p role="status">
        {total - failures.length} of {total} accepted it.
        {failures.length > 0 && ` ${failures.length} did not.`}
      </p>
      <span class="buttons">
        {failures.length > 0 && (
          <button type="button" onClick={() => download(failures)}>
            Download the {failures.length === 1 ? 'one' : failures.length} that did not
          </button>
        )}
        <button type="button" class="quiet" onClick={() => setStage({ name: 'idle' })}>
          Close
        </button>
      </span>
    </section>
  );
}

function Trouble({ text }: { readonly text: string }) {
  return (
    <p class="refused" role="alert">
      {text}
    </p>
  );
}

/** JSON lines, one for each saga. */
function download(failures: BulkResult['failures']): void {
  const lines = failures.map((failure) => `${JSON.stringify(failure)}\n`);
  const url = URL.createObjectURL(new Blob(lines, { type: 'application/x-ndjson' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = 'sagas-that-refused.jsonl';
  link.click();
  URL.revokeObjectURL(url);
}
