import type { Json } from '../context/context-codec.js';
import { checkSize } from '../context/context-codec.js';
import { checkComesBack } from '../context/check-comes-back.js';
import { classOfEvent, nameOfEventClass } from '../context/event-class.js';
import type { ContextClass } from '../context/hydrate.js';
import type { SagaDefinition } from '../definition/saga-definition.js';
import { stepKey } from '../definition/saga-step.js';
import type { StepOutcome, StepRun } from '../definition/step-run.js';
import type { StepAbortedError } from '../errors/step-aborted-error.js';
import type { SagaHeader } from '../journal/saga-header.js';
import type { SagaState } from '../journal/saga-state.js';
import type { ActAction, CompensateAction } from './action.js';

/** The class of each emitted event, if it has one. */
export type EventClasses = readonly (ContextClass | undefined)[];

/** The `StepRun` of one attempt. Its signal and its response are made only when the handler asks for them. */
export class AttemptRun implements StepRun {
  readonly sagaId: string;
  readonly step: string;
  readonly attempt: number;
  readonly fencingToken: number;
  private controller: AbortController | undefined;
  private abortedBy: StepAbortedError | undefined;
  private emitted: Json[] | undefined;
  private classes: (ContextClass | undefined)[] | undefined;
  private unstorable: { readonly error: unknown } | undefined;
  private isClosed = false;
  /** A reversal has the keys of the execution that it undoes, because their targets know these. */
  private readonly keyOf: string;

  constructor(
    private readonly definition: SagaDefinition,
    { sagaId, reverses }: Pick<SagaHeader, 'sagaId' | 'reverses'>,
    state: SagaState,
    private readonly action: ActAction | CompensateAction,
  ) {
    this.sagaId = sagaId;
    this.keyOf = reverses ?? sagaId;
    this.step = action.step.id;
    this.attempt = action.attempt;
    this.fencingToken = state.seq + 1;
  }

  get idempotencyKey(): string {
    return `${this.keyOf}:${stepKey(this.action.step)}:${this.action.kind}`;
  }

  get actIdempotencyKey(): string | undefined {
    if (this.action.kind === 'act') return undefined;
    return `${this.keyOf}:${stepKey(this.action.step)}:act`;
  }

  get index(): number | undefined {
    return this.action.placed?.index;
  }

  get item(): unknown {
    const { placed } = this.action;
    return placed === undefined ? undefined : this.definition.codec.decode(placed.item);
  }

  get signal(): AbortSignal {
    if (this.controller === undefined) {
      this.controller = new AbortController();
      if (this.abortedBy !== undefined) this.controller.abort(this.abortedBy);
    }
    return this.controller.signal;
  }

  get outcome(): StepOutcome | undefined {
    return this.action.kind === 'compensate' ? this.action.item.outcome : undefined;
  }

  get response(): unknown {
    if (this.action.kind === 'act' || this.action.item.response === undefined) return undefined;
    return this.definition.codec.decode(this.action.item.response);
  }

  emit(event: unknown): void {
    // An abandoned attempt may still run: its events belong to no entry.
    if (this.isClosed) return;
    try {
      this.keep(event);
    } catch (error) {
      // Thrown here, the error would stop the handler halfway, and it would be unknown whether the effect is there.
      this.unstorable ??= { error };
    }
  }

  private keep(event: unknown): void {
    const json = this.definition.codec.encode(event, 'event');
    checkSize(json, 'event');
    const eventClass = classOfEvent(event);
    checkComesBack({ context: eventClass, codec: this.definition.codec }, json, 'event');
    const name = eventClass === undefined ? undefined : nameOfEventClass(eventClass);
    const named = name === undefined ? '' : `"name":${JSON.stringify(name)},`;
    (this.emitted ??= []).push(`{${named}"event":${json}}`);
    (this.classes ??= []).push(eventClass);
  }

  /** The classes of the emitted events, in the same order: the journal only has their names. */
  get eventClasses(): EventClasses | undefined {
    return this.classes;
  }

  /**
   * The emitted events as a JSON list, each with the name of its class if it has one, or undefined.
   *
   * @throws The codec's error for the first event that cannot be stored.
   */
  events(): Json | undefined {
    if (this.unstorable !== undefined) throw this.unstorable.error;
    return this.emitted === undefined ? undefined : `[${this.emitted.join(',')}]`;
  }

  abort(error: StepAbortedError): void {
    this.abortedBy = error;
    this.controller?.abort(error);
  }

  close(): void {
    this.isClosed = true;
  }
}
