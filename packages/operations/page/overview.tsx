import type { ApprovalRow, DeliveryRow, OverviewView, SagaRow } from '../src/views/page-views.js';
import { Ago, describeSpan, Loading, Name, Section, shortId, visible } from './parts.js';
import { linkToList, linkToSaga } from './routes.js';

/** What needs a person, first. */
export function Overview({ view }: { readonly view: OverviewView | undefined }) {
  if (view === undefined) return <Loading />;
  const { counts, stuck, approvals, deliveries, unregistered, oldestOpenAgeMs, hasMoreApprovals } = view;
  const needs = counts.stuck + approvals.length + deliveries.length;
  return (
    <div class="page">
      <div class="head">
        <h1>{headline(needs, hasMoreApprovals)}</h1>
        <p class="counts">
          <CountLink count={counts.running} word="running" filters={{ status: 'running' }} />
          <CountLink count={counts.compensating} word="undoing" filters={{ status: 'compensating' }} />
          <CountLink count={counts.pending} word="queued" filters={{ status: 'pending' }} />
          <span>
            <b>{counts.waiting}</b> waiting
          </span>
          {oldestOpenAgeMs !== undefined && (
            <span>
              oldest open <b>{describeSpan(oldestOpenAgeMs)}</b>
            </span>
          )}
        </p>
      </div>

      {needs === 0 && unregistered.length === 0 && (
        <section class="empty">
          <Calm />
          <p>All sagas are on their way. This page looks again every two seconds.</p>
        </section>
      )}

      {stuck.length > 0 && (
        <Section
          title="Stuck"
          id="stuck"
          count={counts.stuck}
          aside={
            <a class="more" href={linkToList({ status: 'stuck', order: 'oldest' })}>
              All in the list
            </a>
          }
        >
          <ul class="cards">
            {stuck.map((row) => (
              <StuckCard key={row.sagaId} row={row} />
            ))}
          </ul>
        </Section>
      )}

      {approvals.length > 0 && (
        <Section title="Waiting for a decision" id="approvals" count={approvals.length}>
          <ul class="cards">
            {approvals.map((row) => (
              <ApprovalCard key={`${row.sagaId} ${row.step}`} row={row} />
            ))}
          </ul>
        </Section>
      )}

      {deliveries.length > 0 && (
        <Section title="Not delivered" id="deliveries" count={deliveries.length}>
          <ul class="cards">
            {deliveries.map((row) => (
              <DeliveryCard key={`${row.sagaId} ${row.entry} ${row.to}`} row={row} />
            ))}
          </ul>
        </Section>
      )}

      {unregistered.length > 0 && (
        <Section title="Not in this build" id="unregistered">
          <p class="lead">
            Open sagas that this process cannot run. They continue if another process has them; otherwise they
            wait for one that does.
          </p>
          <ul class="plain">
            {unregistered.map(({ saga, version, count }) => (
              <li key={`${saga} ${version}`}>
                <a href={linkToList({ saga })}>
                  <Name text={saga} />
                </a>
                <span class="dim">
                  version {version}, {count} open
                </span>
              </li>
            ))}
          </ul>
        </Section>
      )}
    </div>
  );
}

function headline(needs: number, isMore: boolean): string {
  if (needs === 0) return 'Nothing needs a person';
  return `${needs}${isMore ? ' or more' : ''} ${needs === 1 ? 'thing needs' : 'things need'} a person`;
}

function CountLink({
  count,
  word,
  filters,
}: {
  readonly count: number;
  readonly word: string;
  readonly filters: Readonly<Record<string, string>>;
}) {
  return (
    <a href={linkToList(filters)}>
      <b>{count}</b> {word}
    </a>
  );
}

function StuckCard({ row }: { readonly row: SagaRow }) {
  return (
    <li class="card stuck">
      <a href={linkToSaga(row.sagaId)}>
        <span class="what">
          <Name text={row.saga} />
          <Reference row={row} />
        </span>
        <span class="why">{visible(row.trouble ?? 'It cannot continue by itself.')}</span>
        <span class="where">
          {row.step !== undefined && (
            <>
              at <Name text={row.step} />,{' '}
            </>
          )}
          <Ago at={row.since} />
        </span>
      </a>
    </li>
  );
}

function ApprovalCard({ row }: { readonly row: ApprovalRow }) {
  return (
    <li class="card waiting">
      <a href={linkToSaga(row.sagaId)}>
        <span class="what">
          <bdi>{visible(row.title ?? row.step)}</bdi>
          <Reference row={row} />
        </span>
        <span class="why">
          <Name text={row.saga} /> asks at <Name text={row.step} />
          {row.refusal !== undefined && <em>{row.refusal}</em>}
        </span>
        <span class="where">
          <Ago at={row.since} />
          {row.until !== undefined && (
            <>
              , ends <Ago at={row.until} />
            </>
          )}
        </span>
      </a>
    </li>
  );
}

function DeliveryCard({ row }: { readonly row: DeliveryRow }) {
  return (
    <li class="card failed">
      <a href={linkToSaga(row.sagaId)}>
        <span class="what">
          <Name text={row.to} />
          <span class="reference">
            <Name text={shortId(row.sagaId)} />
          </span>
        </span>
        <span class="why">{visible(row.trouble)}</span>
        <span class="where">
          event of entry {row.entry} of <Name text={row.saga} />
          {row.at !== undefined && (
            <>
              , <Ago at={row.at} />
            </>
          )}
        </span>
      </a>
    </li>
  );
}

/** The key by which the application knows it, else the end of its id. */
export function Reference({ row }: { readonly row: { readonly key?: string; readonly sagaId: string } }) {
  return (
    <span class="reference">
      <Name text={row.key ?? shortId(row.sagaId)} />
    </span>
  );
}

/** A path without a stop. */
function Calm() {
  return (
    <svg class="calm" viewBox="0 0 240 56" aria-hidden="true">
      <path d="M8 28h224" />
      {[8, 64, 120, 176, 232].map((x) => (
        <circle key={x} cx={x} cy="28" r="6" />
      ))}
    </svg>
  );
}
