import { useState } from 'preact/hooks';
import type { PersonView, SagaView, UndoView } from '../src/views/page-views.js';
import { Actions } from './actions.js';
import { Drawing } from './drawing.js';
import { Journal, Reveal } from './journal.js';
import { Ago, Copy, Exactly, Loading, Name, Section, Status, visible } from './parts.js';
import { useLive } from './use-live.js';

/** One saga, live. */
export function SagaPage({
  sagaId,
  person,
  acted,
}: {
  readonly sagaId: string;
  readonly person: PersonView | undefined;
  readonly acted: () => void;
}) {
  const path = `sagas/${encodeURIComponent(sagaId)}`;
  const { view, refusal, refresh } = useLive<SagaView>(path, ({ mark }) => mark);
  if (refusal !== undefined && view === undefined)
    return (
      <section class="empty">
        <h1>There is no such saga</h1>
        <p>{visible(refusal.message)}</p>
        <p>
          <a href="#/sagas">All sagas</a>
        </p>
      </section>
    );
  if (view === undefined) return <Loading />;
  const done = (): void => {
    refresh();
    acted();
  };
  return (
    <div class="page one-saga">
      <Head view={view} />
      <div class="columns">
        <div class="way-part">
          <Trouble view={view} />
          <Drawing scenes={view.scenes} waiting={view.row.waiting?.stage} />
        </div>
        <div class="rest">
          <Values sagaId={sagaId} view={view} />
          <Journal sagaId={sagaId} view={view} />
        </div>
        <aside class="deeds" aria-label="What you can do">
          <Actions sagaId={sagaId} view={view} person={person} done={done} />
          <CancelUndoes view={view} />
          <Facts view={view} />
          <Audit view={view} />
        </aside>
      </div>
    </div>
  );
}

function Head({ view: { row } }: { readonly view: SagaView }) {
  return (
    <div class="head saga-head">
      <p class="crumb">
        <a href="#/sagas">All sagas</a>
      </p>
      <h1>
        <bdi>{visible(row.saga)}</bdi>
        {row.key !== undefined && (
          <span class="key">
            <Name text={row.key} />
          </span>
        )}
      </h1>
      <p class="standing" role="status" aria-live="polite">
        <Status row={row} />
        {row.step !== undefined && row.waiting === undefined && (
          <span>
            at <Name text={row.step} />
          </span>
        )}
        {row.waiting !== undefined && (
          <span>
            for <Name text={row.waiting.title ?? row.waiting.stage} />
          </span>
        )}
        <span class="dim">
          since <Ago at={row.since} suffix="" />
        </span>
      </p>
    </div>
  );
}

function Trouble({ view: { row, inDoubt, misfit } }: { readonly view: SagaView }) {
  return (
    <>
      {row.trouble !== undefined && (
        <div class={`callout ${row.status}`}>
          <p class="code">{visible(row.trouble)}</p>
        </div>
      )}
      {inDoubt.length > 0 && (
        <div class="callout doubt">
          <p>
            In doubt:{' '}
            {inDoubt.map((step) => (
              <Name key={step} text={step} />
            ))}
            . It is unknown whether the effect is there, so it counts as there and would be undone.
          </p>
        </div>
      )}
      {!row.isRegistered && (
        <div class="callout">
          <p>
            This process does not have version {row.version} of this saga: it shows the journal, and can only
            do what needs no steps.
          </p>
        </div>
      )}
      {misfit !== undefined && (
        <div class="callout stuck">
          <p>The journal does not fit the steps of this build: {visible(misfit)}</p>
        </div>
      )}
    </>
  );
}

function CancelUndoes({ view: { cancelUndoes } }: { readonly view: SagaView }) {
  if (cancelUndoes === undefined) return null;
  return (
    <Section title="A cancel now would undo" id="would-undo">
      {cancelUndoes.length === 0 ? (
        <p class="dim">Nothing: no step has an effect yet.</p>
      ) : (
        <ol class="undo-list">
          {cancelUndoes.map((item) => (
            <li key={item.step}>
              <Name text={item.step} />
              <span class="dim">{describeUndo(item)}</span>
            </li>
          ))}
        </ol>
      )}
    </Section>
  );
}

function describeUndo({ outcome, isRunning }: UndoView): string {
  if (isRunning) return 'runs now';
  return outcome === 'unknown' ? 'in doubt' : outcome === 'completed' ? 'done' : outcome;
}

function Facts({ view }: { readonly view: SagaView }) {
  const { row } = view;
  const facts: readonly (readonly [string, preact.ComponentChildren])[] = [
    ['Id', <Copy text={row.sagaId} label="the id" />],
    ['Version', row.version],
    ['Created', <Exactly at={row.createdAt} />],
    ['Last change', <Exactly at={view.updatedAt} />],
    ['Deadline', view.deadlineAt === undefined ? undefined : <Exactly at={view.deadlineAt} />],
    ['Next run', view.nextRunAt === undefined ? undefined : <Exactly at={view.nextRunAt} />],
    ['Worker', row.owner === undefined ? undefined : <Name text={row.owner} />],
    ['Recoveries', row.recoveries === undefined || row.recoveries === 0 ? undefined : row.recoveries],
    ['Trace', view.trace === undefined ? undefined : <Copy text={view.trace} label="the trace" />],
    ['Tags', row.tags === undefined ? undefined : row.tags.map(visible).join(', ')],
  ];
  return (
    <Section title="Facts" id="facts">
      <dl class="facts">
        {facts
          .filter(([, value]) => value !== undefined)
          .map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
      </dl>
    </Section>
  );
}

function Values({ sagaId, view }: { readonly sagaId: string; readonly view: SagaView }) {
  const [isOpen, setOpen] = useState(false);
  if (!view.canReveal) return null;
  return (
    <section class="block" aria-labelledby="values">
      <div class="block-head">
        <h2 id="values">Context</h2>
        <button type="button" class="quiet" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {isOpen ? 'Hide' : 'Ask to see it'}
        </button>
      </div>
      {isOpen ? (
        <>
          <p class="lead">The audit keeps that you asked.</p>
          <Reveal sagaId={sagaId} value="context" label="What the steps left" />
          <Reveal sagaId={sagaId} value="start-context" label="What it was started with" />
        </>
      ) : (
        <p class="dim">Not shown: it may hold data of customers.</p>
      )}
    </section>
  );
}

function Audit({ view: { audit } }: { readonly view: SagaView }) {
  if (audit.length === 0) return null;
  return (
    <Section title="Audit" id="audit">
      <ul class="audit">
        {audit.map(({ at, actor, action, seq, note }, index) => (
          <li key={index}>
            <bdi>{visible(actor)}</bdi> {visible(action)}
            {seq !== undefined && ` of entry ${seq}`}
            {note !== undefined && `: ${visible(note)}`}{' '}
            <span class="dim">
              <Ago at={at} />
            </span>
          </li>
        ))}
      </ul>
    </Section>
  );
}
