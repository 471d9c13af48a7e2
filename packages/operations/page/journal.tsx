import { useEffect, useState } from 'preact/hooks';
import type { EntryView, RevealedView, SagaView } from '../src/views/page-views.js';
import { write } from './api.js';
import { describeSpan, Exactly, Name, Section, visible } from './parts.js';

const shownFirst = 60;

/** Everything that happened, the newest first. */
export function Journal({ sagaId, view }: { readonly sagaId: string; readonly view: SagaView }) {
  const [isWhole, setWhole] = useState(false);
  const entries = view.entries.toReversed();
  const shown = isWhole ? entries : entries.slice(0, shownFirst);
  return (
    <Section title="Journal" id="journal" count={entries.length}>
      {entries.length === 0 && <p class="dim">Nothing has happened yet.</p>}
      <ol class="journal" reversed start={entries.length}>
        {shown.map((entry) => (
          <Entry key={entry.seq} sagaId={sagaId} entry={entry} canReveal={view.canReveal} />
        ))}
      </ol>
      {shown.length < entries.length && (
        <button type="button" class="quiet" onClick={() => setWhole(true)}>
          Show the {entries.length - shown.length} older ones
        </button>
      )}
    </Section>
  );
}

function Entry({
  sagaId,
  entry,
  canReveal,
}: {
  readonly sagaId: string;
  readonly entry: EntryView;
  readonly canReveal: boolean;
}) {
  const [isOpen, setOpen] = useState(false);
  const { seq, kind, at, by, isByPerson, text, tookMs, values } = entry;
  return (
    <li value={seq} class={`entry ${isByPerson ? 'by-person' : ''} kind-${kind}`}>
      <span class="seq" aria-hidden="true">
        {seq}
      </span>
      <div>
        <p class="text">{visible(text)}</p>
        <p class="meta">
          <Exactly at={at} />
          {tookMs !== undefined && tookMs > 0 && <span>{describeSpan(tookMs)}</span>}
          {by !== undefined && isByPerson && (
            <span>
              by <bdi>{visible(by)}</bdi>
            </span>
          )}
          {by !== undefined && !isByPerson && (
            <span class="worker">
              <Name text={by} />
            </span>
          )}
          {canReveal && values.length > 0 && (
            <button
              type="button"
              class="link"
              aria-expanded={isOpen}
              aria-label={`${isOpen ? 'Hide' : 'Ask to see'} the values of entry ${seq}`}
              onClick={() => setOpen(!isOpen)}
            >
              {isOpen ? 'Hide values' : 'Values'}
            </button>
          )}
        </p>
        {isOpen &&
          values.map((value) => <Reveal key={value} sagaId={sagaId} value={value} seq={seq} label={value} />)}
      </div>
    </li>
  );
}

/** A value that is read, and written to the audit, when a person asks for it. */
export function Reveal({
  sagaId,
  value,
  seq,
  label,
}: {
  readonly sagaId: string;
  readonly value: string;
  readonly seq?: number;
  readonly label: string;
}) {
  const [state, setState] = useState<{ readonly view?: RevealedView; readonly trouble?: string }>({});
  useEffect(() => {
    const place = { value, ...(seq === undefined ? {} : { seq }) };
    write<RevealedView>(`sagas/${encodeURIComponent(sagaId)}/reveal`, place).then(
      (view) => setState({ view }),
      (error: Error) => setState({ trouble: error.message }),
    );
  }, [sagaId, value, seq]);
  const { view, trouble } = state;
  return (
    <figure class="value">
      <figcaption>{label}</figcaption>
      {trouble !== undefined && (
        <p class="refused" role="alert">
          {visible(trouble)}
        </p>
      )}
      {view !== undefined && view.text === undefined && <p class="dim">None</p>}
      {view?.text !== undefined && (
        <pre tabIndex={0} aria-label={label}>
          {visibleLines(view.text)}
        </pre>
      )}
    </figure>
  );
}

function visibleLines(text: string): string {
  return text.split('\n').map(visible).join('\n');
}
