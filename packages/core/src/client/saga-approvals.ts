import type { SagaRegistry } from '../definition/saga-registry.js';
import type { ApprovalDefinition } from '../definition/wait-definition.js';
import type { JournalEntry, WaitStart } from '../journal/journal-entry.js';
import type { SagaHeading } from '../journal/saga-header.js';
import { encodeWaitingCursor } from '../ports/list-cursor.js';
import type { NamedWait, SagaOutline, SagaPage, SagaStorage } from '../ports/saga-storage.js';

/** A decision for which a saga waits. */
export interface SagaApproval {
  readonly sagaId: string;
  readonly saga: string;
  readonly version: number;
  readonly key: string | undefined;
  /** The id of the approval, for `SagaOperator.decide()`. */
  readonly step: string;
  /** The text of the decision, if the approval has one. */
  readonly title: string | undefined;
  /** The actor who must not decide. */
  readonly notBy: string | undefined;
  /** The roles of which an actor needs one. Undefined: every actor may decide, or the saga is not registered in this process. */
  readonly roles: readonly string[] | undefined;
  /** When the saga began to wait, by the clock of the storage. */
  readonly since: Date;
  /** When the wait ends without a decision, by its limit or by the deadline of the saga. Undefined if it has no limit. */
  readonly until: Date | undefined;
}

/** One page of approvals. */
export interface SagaApprovalPage {
  readonly approvals: readonly SagaApproval[];
  /** The `cursor` of the next page; undefined on the last one. A page may be empty and have a next one. */
  readonly nextCursor: string | undefined;
}

/** The filters for a list of approvals. */
export interface ApprovalQuery {
  readonly saga?: string;
  /** Only approvals that an actor with this role may decide, of the sagas that are registered in this process. */
  readonly role?: string;
  /** The end of the last page: opaque, from `nextCursor`. */
  readonly cursor?: string;
  /** The size of a page, from 1 to 1,000. */
  readonly limit: number;
}

/** Lists the decisions for which sagas wait. */
export class SagaApprovals {
  constructor(
    private readonly storage: SagaStorage,
    private readonly registry: SagaRegistry,
  ) {}

  /**
   * One page, in the order of the ids of the approvals, then of the creation of the sagas. An approval that was decided is
   * not listed, even if its saga has not continued yet.
   *
   * @throws InvalidArgumentError for a cursor that no page returned, or a limit that is out of range.
   */
  async list({ role, limit, ...filters }: ApprovalQuery): Promise<SagaApprovalPage> {
    const among = role === undefined ? undefined : this.decidableBy(role);
    if (among?.length === 0) return { approvals: [], nextCursor: undefined };
    const query = { for: 'approval', limit, ...filters, ...(among && { among }) } as const;
    const { sagas, nextCursor } = await this.storage.listWaiting(query);
    const outlines = await this.storage.readOutlines(sagas.map(({ sagaId }) => sagaId));
    return {
      approvals: outlines.flatMap((outline) => this.toApproval(outline) ?? []),
      // The size of one read is limited: the rest of the page is on the next one.
      nextCursor: cursorAfter(sagas, outlines) ?? nextCursor,
    };
  }

  private decidableBy(role: string): readonly NamedWait[] {
    return this.registry.definitions.flatMap(({ name: saga, version, stages }) =>
      stages.flatMap((stage): readonly NamedWait[] => {
        if (stage.kind !== 'wait' || stage.wait.for !== 'approval') return [];
        const { id, aliases, roles } = stage.wait;
        const isDecidable = roles === undefined || roles.includes(role);
        return isDecidable ? [id, ...aliases].map((name) => ({ saga, version, name })) : [];
      }),
    );
  }

  private toApproval({ header, entries }: SagaOutline): SagaApproval | undefined {
    const { sagaId, saga, version, key, waiting, nextRunAt, updatedAt } = header;
    if (waiting?.for !== 'approval' || isDecided(waiting.name, entries)) return undefined;
    const begun = entries.find((entry) => isBeginning(entry, waiting.name)) as Beginning | undefined;
    return {
      sagaId,
      saga,
      version,
      key,
      step: waiting.name,
      title: begun?.title,
      notBy: begun?.notBy,
      roles: this.definitionOf(header, waiting.name)?.roles,
      since: begun?.recordedAt ?? updatedAt,
      until: nextRunAt,
    };
  }

  private definitionOf({ saga, version }: SagaHeading, name: string): ApprovalDefinition | undefined {
    for (const stage of this.registry.find(saga, version)?.stages ?? []) {
      if (stage.kind !== 'wait' || stage.wait.for !== 'approval') continue;
      if (stage.wait.id === name || stage.wait.aliases.includes(name)) return stage.wait;
    }
    return undefined;
  }
}

type Beginning = WaitStart & Pick<JournalEntry, 'recordedAt'>;

/** The first entry that names the wait: a later one only continues it. */
function isBeginning(entry: JournalEntry, name: string): boolean {
  const { park, wait = park }: WaitStart = entry as Partial<WaitStart>;
  return wait?.for === 'approval' && wait.name === name;
}

function isDecided(name: string, entries: readonly JournalEntry[]): boolean {
  return entries.some(
    (entry) => entry.kind === 'signal-received' && entry.decision !== undefined && entry.name === name,
  );
}

function cursorAfter(sagas: SagaPage['sagas'], outlines: readonly SagaOutline[]): string | undefined {
  const last = sagas.find(({ sagaId }) => sagaId === outlines.at(-1)?.header.sagaId);
  if (last === undefined || last === sagas.at(-1)) return undefined;
  return encodeWaitingCursor({ ...last, name: last.waiting?.name ?? '' });
}
