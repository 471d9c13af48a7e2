import { useEffect, useRef } from 'preact/hooks';
import type { OverviewView } from '../src/views/page-views.js';
import { useConnection } from './connection.js';
import { Overview } from './overview.js';
import { useRoute } from './routes.js';
import type { Route } from './routes.js';
import { SagaList } from './saga-list.js';
import { SagaPage } from './saga-page.js';
import { useLive } from './use-live.js';
import { Workers } from './workers.js';

/** The whole page. */
export function App() {
  const route = useRoute();
  const overview = useLive<OverviewView>('overview');
  const { view, refusal } = overview;
  const main = useRef<HTMLElement>(null);
  const place = placeOf(route);
  const isFirst = useRef(true);

  useEffect(() => {
    document.title = `${titles[route.page]} – Sagas`;
    // After a change of the view, a screen reader and the keyboard continue at its beginning.
    if (!isFirst.current) main.current?.focus();
    isFirst.current = false;
    scrollTo(0, 0);
  }, [place]);

  const count = view === undefined ? 0 : countOf(view);
  return (
    <div class="shell">
      <a class="skip" href="#content" onClick={(event) => skip(event, main.current)}>
        Skip to the content
      </a>
      <header class="side">
        <a class="brand" href="#/" aria-label="Sagas, what needs a person">
          <Mark />
          <span>Sagas</span>
        </a>
        <nav aria-label="Views">
          <NavLink href="#/" isCurrent={route.page === 'overview'} label="Needs a person" count={count} />
          <NavLink
            href="#/sagas"
            isCurrent={route.page === 'sagas' || route.page === 'saga'}
            label="All sagas"
          />
          <NavLink href="#/workers" isCurrent={route.page === 'workers'} label="Workers" />
        </nav>
        <Person view={view} />
      </header>
      <main id="content" ref={main} tabIndex={-1} aria-label={titles[route.page]}>
        <Problem view={view} />
        {refusal !== undefined && view === undefined ? (
          <section class="empty">
            <h1>You cannot see this</h1>
            <p>{refusal.message}</p>
          </section>
        ) : (
          <View route={route} overview={view} refresh={overview.refresh} />
        )}
      </main>
    </div>
  );
}

const titles = { overview: 'Needs a person', sagas: 'All sagas', saga: 'One saga', workers: 'Workers' };

function View({
  route,
  overview,
  refresh,
}: {
  readonly route: Route;
  readonly overview: OverviewView | undefined;
  readonly refresh: () => void;
}) {
  switch (route.page) {
    case 'overview':
      return <Overview view={overview} />;
    case 'sagas':
      return <SagaList query={route.query} overview={overview} />;
    case 'saga':
      return <SagaPage key={route.sagaId} sagaId={route.sagaId} person={overview?.person} acted={refresh} />;
    case 'workers':
      return <Workers />;
  }
}

function NavLink({
  href,
  label,
  isCurrent,
  count,
}: {
  readonly href: string;
  readonly label: string;
  readonly isCurrent: boolean;
  readonly count?: number;
}) {
  return (
    <a href={href} aria-current={isCurrent ? 'page' : undefined}>
      <span>{label}</span>
      {count !== undefined && count > 0 && <span class="count">{count}</span>}
    </a>
  );
}

function Person({ view }: { readonly view: OverviewView | undefined }) {
  const connection = useConnection();
  return (
    <div class="person">
      {view?.person.actor !== undefined && <bdi class="name">{view.person.actor}</bdi>}
      {view?.person.isReadOnly === true && <span class="note">Read-only</span>}
      <span class={`connection ${connection}`} role="status">
        {connection === 'live' ? 'Live' : 'Server away, trying again'}
      </span>
    </div>
  );
}

function Problem({ view }: { readonly view: OverviewView | undefined }) {
  const connection = useConnection();
  if (connection === 'away')
    return (
      <p class="banner" role="alert">
        The server does not answer. What you see is the last that it said; the page tries again by itself.
      </p>
    );
  if (view?.problem === undefined) return null;
  return (
    <p class="banner" role="alert">
      The storage cannot write at the moment: {view.problem}
    </p>
  );
}

/** A way forward, and the way back. */
function Mark() {
  return (
    <svg class="mark" viewBox="0 0 32 32" aria-hidden="true">
      <path class="forth" d="M6 11h14a5 5 0 0 1 0 10H13" />
      <path class="back" d="m16 16.5-4.5 4.5 4.5 4.5" />
      <circle cx="6.5" cy="11" r="3" />
    </svg>
  );
}

function countOf({ counts, approvals, deliveries }: OverviewView): number {
  return counts.stuck + approvals.length + deliveries.length;
}

function placeOf(route: Route): string {
  return route.page === 'saga' ? `saga ${route.sagaId}` : route.page;
}

function skip(event: Event, main: HTMLElement | null): void {
  event.preventDefault();
  main?.focus();
}
