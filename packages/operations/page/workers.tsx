import type { WorkersView } from '../src/views/page-views.js';
import { Ago, describeSpan, Loading, Name, Section } from './parts.js';
import { linkToList } from './routes.js';
import { useLive } from './use-live.js';

/** The processes that run sagas, and the open sagas that none of this build runs. */
export function Workers() {
  const { view } = useLive<WorkersView>('workers');
  if (view === undefined) return <Loading />;
  const alive = (view.workers ?? []).filter(({ isAlive }) => isAlive).length;
  const unknown = new Set(view.unregistered.map(({ saga, version }) => `${saga} ${version}`));
  return (
    <div class="page">
      <div class="head">
        <h1>
          {view.workers === undefined ? 'Workers' : alive === 1 ? '1 worker runs' : `${alive} workers run`}
        </h1>
      </div>
      {view.workers === undefined ? (
        <p class="lead">This storage does not list its workers.</p>
      ) : (
        <table class="workers">
          <caption class="unseen">Workers</caption>
          <thead>
            <tr>
              <th scope="col">Worker</th>
              <th scope="col">Lease</th>
              <th scope="col">Open sagas</th>
              <th scope="col">Started</th>
            </tr>
          </thead>
          <tbody>
            {view.workers.map(({ worker, isAlive, leaseMs, owned, startedAt }) => (
              <tr key={worker}>
                <th scope="row">
                  <Name text={worker} />
                </th>
                <td>
                  <span class={`status ${isAlive ? 'running' : 'stuck'}`}>
                    {isAlive ? `${describeSpan(leaseMs)} left` : `expired ${describeSpan(-leaseMs)} ago`}
                  </span>
                </td>
                <td class="number">{owned}</td>
                <td class="time">
                  <Ago at={startedAt} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <Section title="Open sagas" id="open">
        {view.open.length === 0 ? (
          <p class="lead">No saga is open.</p>
        ) : (
          <ul class="plain">
            {view.open.map(({ saga, version, count }) => (
              <li key={`${saga} ${version}`}>
                <a href={linkToList({ saga })}>
                  <Name text={saga} />
                </a>
                <span class="dim">
                  version {version}, {count} open
                </span>
                {unknown.has(`${saga} ${version}`) && (
                  <em>not in this build: no process like this one runs it</em>
                )}
              </li>
            ))}
          </ul>
        )}
      </Section>
    </div>
  );
}
