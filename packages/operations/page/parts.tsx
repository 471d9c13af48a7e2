import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { SagaRow } from '../src/views/page-views.js';

const statusWords: Readonly<Record<string, string>> = {
  pending: 'Queued',
  running: 'Running',
  compensating: 'Undoing',
  completed: 'Completed',
  failed: 'Failed',
  stuck: 'Stuck',
};

/** The status of a saga in a word; a saga that waits says so. */
export function Status({ row }: { readonly row: Pick<SagaRow, 'status' | 'waiting'> }) {
  const isWaiting = row.waiting !== undefined && row.status !== 'stuck';
  const name = isWaiting ? 'waiting' : row.status;
  return (
    <span class={`status ${name}`}>{isWaiting ? 'Waiting' : (statusWords[row.status] ?? row.status)}</span>
  );
}

/** A moment as its distance from now, with the exact time for those who ask. */
export function Ago({ at, suffix = ' ago' }: { readonly at: string; readonly suffix?: string }) {
  const now = useNow();
  const ms = now - Date.parse(at);
  const text = ms >= 0 ? `${describeSpan(ms)}${suffix}` : `in ${describeSpan(-ms)}`;
  return (
    <time dateTime={at} title={exactly(at)}>
      {text}
    </time>
  );
}

/** The exact time. */
export function Exactly({ at }: { readonly at: string }) {
  return <time dateTime={at}>{exactly(at)}</time>;
}

function exactly(at: string): string {
  return new Date(at).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
}

/** A length of time in one unit. */
export function describeSpan(ms: number): string {
  if (ms < 1_000) return ms < 1 ? '0 s' : `${Math.round(ms)} ms`;
  const units: readonly (readonly [number, string])[] = [
    [86_400_000, 'd'],
    [3_600_000, 'h'],
    [60_000, 'min'],
    [1_000, 's'],
  ];
  const [size, name] = units.find(([unit]) => ms >= unit) ?? [1_000, 's'];
  return `${Math.floor(ms / size)} ${name}`;
}

let clocks = 0;
let ticking: ReturnType<typeof setInterval> | undefined;
const watchers = new Set<(now: number) => void>();

/** One timer for all distances from now. */
function useNow(): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    watchers.add(setNow);
    clocks++;
    ticking ??= setInterval(() => {
      for (const watcher of watchers) watcher(Date.now());
    }, 5_000);
    return () => {
      watchers.delete(setNow);
      clocks--;
      if (clocks === 0) {
        clearInterval(ticking);
        ticking = undefined;
      }
    };
  }, []);
  return now;
}

/** A name from the application: isolated, so that its characters cannot turn the text around it. */
export function Name({ text }: { readonly text: string }) {
  return <bdi class="code">{visible(text)}</bdi>;
}

/** Characters that change the direction or the look of text, as something that can be seen. */
export function visible(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]/gu, (character) =>
    character === '\n' || character === '\t' ? ' ' : `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}

/** The beginning of an id would be the same for sagas of one hour: the end tells them apart. */
export function shortId(sagaId: string): string {
  return sagaId.slice(-12);
}

/** A text with a button that copies it. */
export function Copy({ text, label }: { readonly text: string; readonly label: string }) {
  const [isCopied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(text).catch(() => undefined);
    setCopied(true);
    setTimeout(() => setCopied(false), 1_500);
  };
  return (
    <span class="copy">
      <Name text={text} />
      <button type="button" class="quiet" aria-label={`Copy ${label}`} onClick={() => void copy()}>
        {isCopied ? 'Copied' : 'Copy'}
      </button>
    </span>
  );
}

/** A block with a heading. */
export function Section({
  title,
  id,
  count,
  aside,
  children,
}: {
  readonly title: string;
  readonly id: string;
  readonly count?: number;
  readonly aside?: ComponentChildren;
  readonly children: ComponentChildren;
}) {
  return (
    <section class="block" aria-labelledby={id}>
      <div class="block-head">
        <h2 id={id}>
          {title}
          {count !== undefined && <span class="count">{count}</span>}
        </h2>
        {aside}
      </div>
      {children}
    </section>
  );
}

/** The place of something that is still on its way. */
export function Loading() {
  return (
    <p class="loading" role="status">
      Reading…
    </p>
  );
}
