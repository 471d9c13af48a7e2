import { Inject, Injectable } from '@nestjs/common';
import { InvalidArgumentError, SagaNotFoundError } from '@nest-saga/core';
import { checkNames, checkSagaId, encodeCursor, readOutline } from '@nest-saga/core/engine';
import type { SagaApproval } from '@nest-saga/core/engine';
import type { FailedDelivery, OutboxMessage } from '@nest-saga/core/storage-kit';
import { SagaRuntime } from '@nest-saga/nestjs/operations-kit';
import type { HostedEngine } from '@nest-saga/nestjs/operations-kit';
import type { ResolvedOperationsOptions } from '../options/operations-options.js';
import type {
  ApprovalRow,
  BulkPreview,
  DeliveryRow,
  OverviewView,
  PersonView,
  SagaListView,
  SagaView,
  WorkersView,
} from '../views/page-views.js';
import { toSagaRow } from '../views/saga-row.js';
import { toSagaView } from '../views/saga-view.js';
import { OPERATIONS_OPTIONS } from './operations-options.token.js';

/** How many of each kind the first page shows; the list has the rest. */
const shownAtOnce = 25;
/** The most sagas of one bulk action, and how many of them it shows first. */
const sagasOfBulk = 1_000;
const shownOfBulk = 5;

const bulkSentences = {
  retry:
    'Each of them that is still stuck continues where it stopped: the step, or the undo, is called again with the same idempotency key. The others refuse it and are listed.',
  cancel:
    'Each of them that goes forward is undone and ends FAILED. Those that have ended refuse it and are listed; those that are being undone stay as they are.',
};

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
      const [summary, stuck, waiting, failed, parked] = await Promise.all([
        storage.summarize(),
        this.page(engine, { status: 'stuck', order: 'oldest', limit: shownAtOnce }),
        approvals.list({ limit: shownAtOnce }),
        storage.oversight?.listFailedDeliveries(shownAtOnce) ?? [],
        storage.outbox?.list({ parked: true, limit: shownAtOnce }) ?? { messages: [] },
      ]);
      const { pending, running, compensating } = summary;
      return {
        person,
        sagas: namesOf(engine),
        counts: { pending, running, compensating, stuck: summary.stuck, waiting: summary.waiting },
        stuck: stuck.sagas,
        approvals: waiting.approvals.map((one) => toApprovalRow(one, person)),
        hasMoreApprovals: waiting.nextCursor !== undefined,
        deliveries: [...failed.map(toDelivery), ...parked.messages.map(toParkedMessage)],
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
  async saga(request: unknown, sagaId: string, mark: string | undefined): Promise<SagaView | undefined> {
    const id = checkSagaId(sagaId);
    const person = this.personOf(request);
    return this.runtime.use(async ({ storage, reader, registry }) => {
      const [outline, [standing], audit] = await Promise.all([
        readOutline(storage, id),
        reader.standings([id]),
        storage.oversight?.listAudit(id, shownAtOnce),
      ]);
      if (outline === undefined || standing === undefined) throw new SagaNotFoundError(id);
      const view = toSagaView({ outline, standing, registry, person, audit });
      return view.mark === mark ? undefined : view;
    });
  }

  /**
   * The sagas of a bulk action: those that a filter of the list matches now, up to a limit.
   *
   * @throws InvalidArgumentError
   */
  async bulkPreview(given: unknown): Promise<BulkPreview> {
    const { name, query } = checkNames('body', given, ['name', 'query']) as Record<string, unknown>;
    if (name !== 'retry' && name !== 'cancel')
      throw new InvalidArgumentError('name', 'pass "retry" or "cancel"');
    const { cursor: _cursor, limit: _limit, ...filters } = Object(query) as Record<string, unknown>;
    return this.runtime.use(async (engine) => {
      const page = await this.runtime.listHeadings({ ...filters, limit: sagasOfBulk });
      const ids = page.sagas.map(({ sagaId }) => sagaId);
      const seen = await seenSeqs(engine, ids);
      const sample = await this.page(engine, { ...filters, limit: shownOfBulk });
      return {
        sagas: ids.map((sagaId) => ({ sagaId, seq: seen.get(sagaId) ?? 0 })),
        hasMore: page.nextCursor !== undefined,
        sample: sample.sagas,
        sentence: bulkSentences[name],
      };
    });
  }

  async workers(): Promise<WorkersView> {
    return this.runtime.use(async ({ storage, registry }) => {
      const [workers, { open }] = await Promise.all([storage.oversight?.listWorkers(), storage.summarize()]);
      return {
        open,
        unregistered: open.filter(({ saga, version }) => registry.find(saga, version) === undefined),
        ...(workers === undefined
          ? {}
          : { workers: workers.map((one) => ({ ...one, startedAt: one.startedAt.toISOString() })) }),
      };
    });
  }

  personOf(request: unknown): PersonView {
    const { actorOf, rolesOf, readOnly } = this.options;
    return { actor: actorOf(request), roles: rolesOf(request), isReadOnly: readOnly };
  }

  private async page({ reader, registry }: HostedEngine, query: object): Promise<SagaListView> {
    const { sagas, nextCursor } = await this.runtime.listHeadings(query);
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

/** The `seq` of the last entry of each saga, in reads of a limited size. */
async function seenSeqs(
  { storage }: HostedEngine,
  sagaIds: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const seen = new Map<string, number>();
  for (let rest = sagaIds; rest.length > 0;) {
    const outlines = await storage.readOutlines(rest);
    for (const { header, entries } of outlines) seen.set(header.sagaId, entries.at(-1)?.seq ?? 0);
    const last = outlines.at(-1)?.header.sagaId;
    if (last === undefined) break;
    rest = rest.slice(rest.indexOf(last) + 1);
  }
  return seen;
}

function toDelivery({ sagaId, saga, handler, emittedSeq, error, recordedAt }: FailedDelivery): DeliveryRow {
  return {
    sagaId,
    saga,
    to: handler,
    entry: emittedSeq,
    at: recordedAt.toISOString(),
    trouble: `${error.name}: ${error.message}`,
  };
}

function toParkedMessage({ sagaId, saga, sink, seq, attempts }: OutboxMessage): DeliveryRow {
  return { sagaId, saga, to: sink, entry: seq, trouble: `parked after ${attempts} attempts` };
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
