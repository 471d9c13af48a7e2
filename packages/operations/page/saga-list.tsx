import { useEffect, useState } from 'preact/hooks';
import type { OverviewView, SagaListView, SagaRow } from '../src/views/page-views.js';
import { Bulk } from './bulk.js';
import { Reference } from './overview.js';
import { Ago, Loading, Name, Status, visible } from './parts.js';
import { linkToList, linkToSaga } from './routes.js';
import { useLive } from './use-live.js';

const statuses: readonly (readonly [value: string, label: string])[] = [
  ['', 'All'],
  ['stuck', 'Stuck'],
  ['running', 'Running'],
  ['compensating', 'Undoing'],
  ['pending', 'Queued'],
  ['completed', 'Completed'],
  ['failed', 'Failed'],
];

/** Filters that the form has fields for; others in the address are kept, and shown as they are. */
const fields = ['status', 'saga', 'key', 'keyPrefix', 'tags', 'from', 'to', 'order', 'cursor'];

/** A list of sagas. Its filters are the address, so it can be sent to another person. */
export function SagaList({
  query,
  overview,
}: {
  readonly query: URLSearchParams;
  readonly overview: OverviewView | undefined;
}) {
  const { view, refusal } = useLive<SagaListView>(`sagas?${query.toString()}`);
  const others = [...query].filter(([name]) => !fields.includes(name));
  return (
    <div class="page">
      <div class="head">
        <h1>All sagas</h1>
      </div>
      <StatusTabs query={query} />
      <Filters query={query} overview={overview} />
      {others.length > 0 && (
        <p class="lead">
          Also filtered by{' '}
          {others.map(([name, value]) => (
            <Name key={name} text={`${name}=${value}`} />
          ))}
        </p>
      )}
      {refusal !== undefined ? (
        <p class="banner" role="alert">
          {refusal.message}
        </p>
      ) : view === undefined ? (
        <Loading />
      ) : (
        <>
          <Bulk query={query} person={overview?.person} isEmpty={view.sagas.length === 0} />
          <Table rows={view.sagas} />
          <Pages query={query} next={view.nextCursor} />
        </>
      )}
    </div>
  );
}

function StatusTabs({ query }: { readonly query: URLSearchParams }) {
  const current = query.get('status') ?? '';
  return (
    <nav class="tabs" aria-label="Status">
      {statuses.map(([value, label]) => (
        <a
          key={value}
          href={linkToList(changed(query, { status: value }))}
          aria-current={value === current ? 'true' : undefined}
        >
          {label}
        </a>
      ))}
    </nav>
  );
}

function Filters({
  query,
  overview,
}: {
  readonly query: URLSearchParams;
  readonly overview: OverviewView | undefined;
}) {
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (!(event.currentTarget instanceof HTMLFormElement)) return;
    const values = Object.fromEntries(new FormData(event.currentTarget)) as Record<string, string>;
    const search = (values['search'] ?? '').trim();
    if (isId(search)) {
      location.hash = linkToSaga(search.toLowerCase());
      return;
    }
    const day = (name: string): string => values[name] ?? '';
    location.hash = linkToList(
      changed(query, {
        saga: values['saga'] ?? '',
        key: search,
        from: day('from'),
        to: day('to'),
        order: values['order'] === 'oldest' ? 'oldest' : '',
      }),
    );
  };
  return (
    <form class="filters" onSubmit={submit} key={query.toString()} role="search" aria-label="Sagas">
      <label class="wide">
        <span>Key or id</span>
        <input
          name="search"
          type="search"
          autocomplete="off"
          spellcheck={false}
          defaultValue={query.get('key') ?? ''}
        />
      </label>
      <label>
        <span>Saga</span>
        <select name="saga">
          <option value="">Every saga</option>
          {namesOf(query, overview).map((name) => (
            <option key={name} value={name} selected={name === query.get('saga')}>
              {visible(name)}
            </option>
          ))}
        </select>
      </label>
      <label>
        <span>Created from</span>
        <input name="from" type="date" defaultValue={query.get('from') ?? ''} />
      </label>
      <label>
        <span>until before</span>
        <input name="to" type="date" defaultValue={query.get('to') ?? ''} />
      </label>
      <label>
        <span>Order</span>
        <select name="order">
          <option value="newest">Newest first</option>
          <option value="oldest" selected={query.get('order') === 'oldest'}>
            Oldest first
          </option>
        </select>
      </label>
      <span class="filter-buttons">
        <button type="submit">Filter</button>
        {[...query].length > 0 && (
          <a class="quiet" href="#/sagas">
            Clear
          </a>
        )}
      </span>
    </form>
  );
}

function Table({ rows }: { readonly rows: readonly SagaRow[] }) {
  if (rows.length === 0)
    return (
      <section class="empty">
        <p>No saga matches these filters.</p>
      </section>
    );
  return (
    <table class="sagas">
      <caption class="unseen">Sagas that match the filters</caption>
      <thead>
        <tr>
          <th scope="col">Status</th>
          <th scope="col">Saga</th>
          <th scope="col">Where it stands</th>
          <th scope="col">Since</th>
          <th scope="col">Created</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.sagaId}>
            <td>
              <Status row={row} />
            </td>
            <th scope="row">
              <a href={linkToSaga(row.sagaId)}>
                <Name text={row.saga} />
                <Reference row={row} />
              </a>
              {(row.tags ?? []).map((tag) => (
                <a key={tag} class="tag" href={linkToList({ tags: tag })}>
                  {visible(tag)}
                </a>
              ))}
            </th>
            <td class="stands">
              <Stands row={row} />
            </td>
            <td class="time">
              <Ago at={row.since} />
            </td>
            <td class="time created">
              <Ago at={row.createdAt} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Stands({ row }: { readonly row: SagaRow }) {
  if (row.trouble !== undefined)
    return (
      <span class="trouble" title={visible(row.trouble)}>
        {visible(row.trouble)}
      </span>
    );
  if (row.waiting !== undefined)
    return (
      <span>
        for {row.waiting.for === 'retry' ? 'the next attempt of ' : ''}
        <Name text={row.waiting.title ?? row.waiting.stage} />
        {row.waiting.until !== undefined && (
          <>
            {' '}
            <Ago at={row.waiting.until} />
          </>
        )}
      </span>
    );
  return row.step === undefined ? null : <Name text={row.step} />;
}

function Pages({ query, next }: { readonly query: URLSearchParams; readonly next: string | undefined }) {
  const isFirst = !query.has('cursor');
  const [trail, setTrail] = useState<readonly string[]>([]);
  const cursor = query.get('cursor') ?? '';
  useEffect(() => {
    setTrail((known) => (isFirst ? [] : known.includes(cursor) ? known : [...known, cursor]));
  }, [cursor]);
  if (isFirst && next === undefined) return null;
  const before = trail[trail.indexOf(cursor) - 1] ?? '';
  return (
    <nav class="pages" aria-label="Pages">
      {!isFirst && <a href={linkToList(changed(query, { cursor: before }, true))}>Previous</a>}
      {next !== undefined && <a href={linkToList(changed(query, { cursor: next }, true))}>Next</a>}
    </nav>
  );
}

/** The filters with changes. A change of filters begins at the first page. */
function changed(
  query: URLSearchParams,
  changes: Readonly<Record<string, string>>,
  isPage = false,
): URLSearchParams {
  const next = new URLSearchParams(query);
  if (!isPage) next.delete('cursor');
  for (const [name, value] of Object.entries(changes)) {
    if (value === '') next.delete(name);
    else next.set(name, value);
  }
  return next;
}

function namesOf(query: URLSearchParams, overview: OverviewView | undefined): readonly string[] {
  const current = query.get('saga');
  const names = (overview?.sagas ?? []).map(({ saga }) => saga);
  return current === null || names.includes(current) ? names : [current, ...names];
}

function isId(text: string): boolean {
  return /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(text);
}
