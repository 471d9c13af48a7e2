import type { SagaRegistry } from '../definition/saga-registry.js';
import { SagaNotFoundError } from '../errors/saga-not-found-error.js';
import { nextActions } from '../execution/next-actions.js';
import type { Action } from '../execution/action.js';
import { foldJournal } from '../journal/fold-journal.js';
import type { SagaHeading } from '../journal/saga-header.js';
import { isTerminal, SagaStatus } from '../journal/saga-status.js';
import type { JournalCursor, SagaOutline, SagaStorage } from '../ports/saga-storage.js';
import type { UndoPreview } from './cancel-preview.js';
import { undoOfCancel } from './cancel-preview.js';
import { findingsOf, findingsOfValues } from './saga-findings.js';
import type { SagaFinding } from './saga-findings.js';
import { checkSagaId } from './start-options.js';

/** The next action of a saga: a call of a step, a wait, or an entry such as the decision to undo. */
export interface NextOfSaga {
  readonly kind: 'act' | 'compensate' | 'wait' | 'record';
  /** The step, or the wait. Undefined for an entry. */
  readonly step: string | undefined;
  /** The number of the attempt of a call. */
  readonly attempt: number | undefined;
}

/** A saga as this build understands it. */
export interface SagaExplanation {
  readonly header: SagaHeading;
  /** Why this build cannot continue it; empty if it can. */
  readonly findings: readonly SagaFinding[];
  /** The actions that come next, or that run now. Empty if it has ended, is STUCK, or this build cannot continue it. */
  readonly next: readonly NextOfSaga[];
  /**
   * The steps that a cancel would undo now, in this order; during an undo, those that remain. Undefined if a cancel has no
   * effect or this build does not know it.
   */
  readonly undoOnCancel: readonly UndoPreview[] | undefined;
}

/** A saga that this build cannot continue. */
export interface SagaWithFindings {
  readonly header: SagaHeading;
  readonly findings: readonly SagaFinding[];
}

/** How many sagas were checked. */
export interface CheckedSagas {
  readonly checked: number;
  readonly withFindings: number;
}

const pageSize = 500;
const maximumFindings = 20;
const unfinished = [SagaStatus.Pending, SagaStatus.Running, SagaStatus.Compensating, SagaStatus.Stuck];

/** Folds stored sagas with the definitions of this build, and reports what does not fit. Writes nothing. */
export class SagaInspector {
  constructor(
    private readonly storage: SagaStorage,
    private readonly registry: SagaRegistry,
  ) {}

  /**
   * Explains one saga.
   *
   * @throws InvalidArgumentError, SagaNotFoundError
   */
  async explain(id: string): Promise<SagaExplanation> {
    const sagaId = checkSagaId(id);
    const [outline] = await this.storage.readOutlines([sagaId]);
    if (outline === undefined) throw new SagaNotFoundError(sagaId);
    const header = headingOf(outline);
    const findings = [...(await this.findingsOf([outline])).values()].flat();
    const definition = this.registry.find(header.saga, header.version);
    const isUnknown = findings.some(({ kind }) => kind !== 'undecodable');
    if (definition === undefined || isUnknown) return { header, findings, next: [], undoOnCancel: undefined };
    const state = foldJournal(outline.header, outline.entries);
    const actions = nextActions(definition, { ...state, park: undefined });
    return {
      header,
      findings,
      next: actions.map((action) => nextOf(action, header)),
      undoOnCancel: undoOfCancel(definition, state),
    };
  }

  /**
   * Checks each open and STUCK saga, the oldest first, and yields those with findings. It keeps one page in memory, whatever
   * their number.
   */
  async *check(): AsyncGenerator<SagaWithFindings, CheckedSagas> {
    let checked = 0;
    let withFindings = 0;
    const batches = this.unfinished();
    // The next batch is read while this one is checked: reading takes most of the time.
    let upcoming = batches.next();
    for (;;) {
      const { value: outlines, done } = await upcoming;
      if (done === true) return { checked, withFindings };
      upcoming = batches.next();
      // Its error is thrown when it is awaited, if the check comes that far.
      upcoming.catch(() => undefined);
      checked += outlines.length;
      const found = await this.findingsOf(outlines);
      for (const outline of outlines) {
        const findings = found.get(outline.header.sagaId) ?? [];
        if (findings.length === 0) continue;
        withFindings++;
        yield { header: headingOf(outline), findings };
      }
    }
  }

  /** All open and STUCK sagas, in batches of one read. */
  private async *unfinished(): AsyncGenerator<readonly SagaOutline[], undefined> {
    let cursor: string | undefined;
    do {
      const page = await this.storage.list({
        status: unfinished,
        order: 'oldest',
        limit: pageSize,
        ...(cursor === undefined ? {} : { cursor }),
      });
      cursor = page.nextCursor;
      for await (const outlines of this.outlinesOf(page.sagas.map(({ sagaId }) => sagaId)))
        yield outlines.filter(({ header }) => !isTerminal(header.status));
    } while (cursor !== undefined);
    return undefined;
  }

  /** The size of one read is limited, so a page may need several. */
  private async *outlinesOf(sagaIds: readonly string[]): AsyncGenerator<readonly SagaOutline[]> {
    let rest = sagaIds;
    while (rest.length > 0) {
      const outlines = await this.storage.readOutlines(rest);
      const last = outlines.at(-1)?.header.sagaId;
      if (last === undefined) return;
      yield outlines;
      rest = rest.slice(rest.indexOf(last) + 1);
    }
  }

  private async findingsOf(
    outlines: readonly SagaOutline[],
  ): Promise<ReadonlyMap<string, readonly SagaFinding[]>> {
    const found = new Map<string, readonly SagaFinding[]>();
    for (const outline of outlines) {
      const { sagaId, saga, version } = outline.header;
      found.set(sagaId, findingsOf(this.registry.find(saga, version), outline));
    }
    const whole = outlines.filter(({ entries, isWhole }) => isWhole && entries.length > 0);
    await this.addFindingsOfValues(whole, found);
    return found;
  }

  private async addFindingsOfValues(
    outlines: readonly SagaOutline[],
    found: Map<string, readonly SagaFinding[]>,
  ): Promise<void> {
    const lastSeqs = new Map(
      outlines.map(({ header, entries }) => [header.sagaId, entries.at(-1)?.seq ?? 0]),
    );
    let cursors: readonly JournalCursor[] = outlines.flatMap(({ header: { sagaId, saga, version } }) =>
      this.registry.find(saga, version) === undefined ? [] : [{ sagaId, afterSeq: 0 }],
    );
    while (cursors.length > 0) {
      const read = new Map<string, number>();
      for (const { sagaId, header, entries } of await this.storage.readNews(cursors)) {
        const definition = header && this.registry.find(header.saga, header.version);
        const last = entries.at(-1)?.seq;
        if (definition === undefined || last === undefined) continue;
        read.set(sagaId, last);
        const before = found.get(sagaId) ?? [];
        const added = entries.flatMap((entry) => findingsOfValues(definition, sagaId, entry));
        if (added.length > 0) found.set(sagaId, [...before, ...added].slice(0, maximumFindings));
      }
      // Without news of any of them, the rest of a journal has ended or cannot be read since.
      if (read.size === 0) return;
      cursors = cursors.flatMap(({ sagaId, afterSeq }) => {
        const seq = read.get(sagaId) ?? afterSeq;
        return seq < (lastSeqs.get(sagaId) ?? 0) ? [{ sagaId, afterSeq: seq }] : [];
      });
    }
  }
}

function headingOf({ header: { context: _context, ...heading } }: SagaOutline): SagaHeading {
  return heading;
}

function nextOf(action: Action, { waiting }: SagaHeading): NextOfSaga {
  switch (action.kind) {
    case 'act':
    case 'compensate':
      return { kind: action.kind, step: action.step.id, attempt: action.attempt };
    case 'begin-wait':
    case 'end-wait':
      return { kind: 'wait', step: action.wait.id, attempt: undefined };
    case 'wait':
      return { kind: 'wait', step: waiting?.name, attempt: undefined };
    case 'choose':
    case 'join':
    case 'record':
      return { kind: 'record', step: undefined, attempt: undefined };
  }
}
