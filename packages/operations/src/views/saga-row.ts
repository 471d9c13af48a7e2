import type { SagaRegistry, SagaStanding } from '@nest-saga/core/engine';
import type { SagaRow, WaitView } from './page-views.js';

/** One saga in a list. */
export function toSagaRow(standing: SagaStanding, registry: SagaRegistry): SagaRow {
  const { header, step, since, recoveries, waiting } = standing;
  const { sagaId, saga, version, key, status, owner, createdAt } = header;
  const trouble = troubleOf(header);
  const tags: unknown = Reflect.get(header, 'tags');
  return {
    sagaId,
    saga,
    version,
    status,
    since: since.toISOString(),
    createdAt: createdAt.toISOString(),
    isRegistered: registry.find(saga, version) !== undefined,
    ...(key === undefined ? {} : { key }),
    ...(step === undefined ? {} : { step }),
    ...(owner === undefined ? {} : { owner }),
    ...(recoveries === undefined ? {} : { recoveries }),
    ...(trouble === undefined ? {} : { trouble }),
    ...(waiting === undefined ? {} : { waiting: toWaitView(waiting) }),
    ...(Array.isArray(tags) && tags.length > 0 ? { tags: tags.map(String) } : {}),
  };
}

function toWaitView({
  stage,
  for: what,
  names,
  until,
  title,
}: NonNullable<SagaStanding['waiting']>): WaitView {
  return {
    stage,
    for: what,
    names,
    ...(until === undefined ? {} : { until: until.toISOString() }),
    ...(title === undefined ? {} : { title }),
  };
}

function troubleOf({ stuck, failure }: SagaStanding['header']): string | undefined {
  if (stuck !== undefined)
    return `${stuck.errorName === undefined ? '' : `${stuck.errorName}: `}${stuck.message}`;
  if (failure !== undefined) return `${failure.errorName}: ${failure.message}`;
  return undefined;
}
