import { Inject, Injectable } from '@nestjs/common';
import { SagaNotFoundError } from '@nest-saga/core';
import { checkSagaId, encodeCursor, readOutline } from '@nest-saga/core/engine';
import type { SagaApproval } from '@nest-saga/core/engine';
import { checkSagaList, SagaRuntime } from '@nest-saga/nestjs/operations-kit';
import type { HostedEngine } from '@nest-saga/nestjs/operations-kit';
import type { ResolvedOperationsOptions } from '../options/operations-options.js';
import type { ApprovalRow, OverviewView, PersonView, SagaListView, SagaView } from '../views/page-views.js';
import { toSagaRow } from '../views/saga-row.js';
import { toSagaView } from '../views/saga-view.js';
import { OPERATIONS_OPTIONS } from './operations-options.token.js';

/** How many of each kind the first page shows; the list has the rest. */
const shownAtOnce = 25;

/** Reads what the page shows. */
@Injectable()
export class SagasReader {
  constructor(
    private readonly runtime: SagaRuntime,
    @Inject(OPERATIONS_OPTIONS) private readonly options: ResolvedOperationsOptions,
  ) {}

  async overview(request: unknown): Promise<OverviewView> {
    const person = this.personOf(request);
    return this.runtime.use(async (engine) => {
      const { storage, registry, approvals } = engine;
      const [summary, stuck, waiting] = await Promise.all([
        storage.summarize(),
        this.page(engine, { status: 'stuck', order: 'oldest', limit: shownAtOnce }),
        approvals.list({ limit: shownAtOnce }),
      ]);
      const { pending, running, compensating } = summary;
      return {
        person,
        sagas: namesOf(engine),
        counts: { pending, running, compensating, stuck: summary.stuck, waiting: summary.waiting },
        stuck: stuck.sagas,
        approvals: waiting.approvals.map((one) => toApprovalRow(one, person)),
        hasMoreApprovals: waiting.nextCursor !== undefined,
        unregistered: summary.open.filter(({ saga, version }) => registry.find(saga, version) === undefined),
        ...(summary.oldestOpenAgeMs === undefined ? {} : { oldestOpenAgeMs: summary.oldestOpenAgeMs }),
        ...(storage.problem === undefined ? {} : { problem: storage.problem }),
      };
    });
  }

  /**
   * One page of sagas.
   *
   * @param query The strings of a URL. @throws InvalidArgumentError
   */
  async list(query: object): Promise<SagaListView> {
    return this.runtime.use((engine) => this.page(engine, query));
  }

  /**
   * One saga; undefined if nothing has changed since `mark`.
   *
   * @throws InvalidArgumentError, SagaNotFoundError
   */
  async saga(sagaId: string, mark: string | undefined): Promise<SagaView | undefined> {
    const id = checkSagaId(sagaId);
    return this.runtime.use(async ({ storage, reader, registry }) => {
      const outline = await readOutline(storage, id);
      const [standing] = await reader.standings([id]);
      if (outline === undefined || standing === undefined) throw new SagaNotFoundError(id);
      const view = toSagaView(outline, standing, registry);
      return view.mark === mark ? undefined : view;
    });
  }

  personOf(request: unknown): PersonView {
    const { actorOf, rolesOf, readOnly } = this.options;
    return { actor: actorOf(request), roles: rolesOf(request), isReadOnly: readOnly };
  }

  private async page({ storage, reader, registry }: HostedEngine, query: object): Promise<SagaListView> {
    const { sagas, nextCursor } = await storage.list(checkSagaList(query));
    const standings = await reader.standings(sagas.map(({ sagaId }) => sagaId));
    const last = standings.at(-1)?.header;
    const cursor =
      last === undefined || last.sagaId === sagas.at(-1)?.sagaId ? nextCursor : encodeCursor(last);
    return {
      sagas: standings.map((standing) => toSagaRow(standing, registry)),
      ...(cursor === undefined ? {} : { nextCursor: cursor }),
    };
  }
}

function namesOf({ registry }: HostedEngine): OverviewView['sagas'] {
  const versions = new Map<string, number[]>();
  for (const { saga, version } of registry.identities)
    versions.set(saga, [...(versions.get(saga) ?? []), version]);
  return [...versions]
    .map(([saga, known]) => ({ saga, versions: known.toSorted((one, other) => one - other) }))
    .toSorted((one, other) => (one.saga < other.saga ? -1 : 1));
}

function toApprovalRow(approval: SagaApproval, person: PersonView): ApprovalRow {
  const { sagaId, saga, key, step, title, roles, since, until } = approval;
  const refusal = refusalOf(approval, person);
  return {
    sagaId,
    saga,
    step,
    since: since.toISOString(),
    ...(key === undefined ? {} : { key }),
    ...(title === undefined ? {} : { title }),
    ...(roles === undefined ? {} : { roles }),
    ...(until === undefined ? {} : { until: until.toISOString() }),
    ...(refusal === undefined ? {} : { refusal }),
  };
}

function refusalOf({ notBy, roles }: SagaApproval, { actor, roles: own }: PersonView): string | undefined {
  if (notBy !== undefined && notBy === actor) return 'You asked for it yourself';
  if (roles !== undefined && !roles.some((role) => own.includes(role)))
    return `Needs the role ${roles.join(' or ')}`;
  return undefined;
}
