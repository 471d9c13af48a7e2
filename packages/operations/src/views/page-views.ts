// What the server sends to the page, as JSON: this file has types alone, because the page imports it, too.

/** The person who looks. */
export interface PersonView {
  /** Undefined if the application does not say who it is; then nothing can be done. */
  readonly actor: string | undefined;
  readonly roles: readonly string[];
  readonly isReadOnly: boolean;
}

/** A wait of a saga. Times are ISO texts. */
export interface WaitView {
  readonly stage: string;
  readonly for: string;
  readonly names: readonly string[];
  readonly until?: string;
  readonly title?: string;
}

/** One saga in a list. */
export interface SagaRow {
  readonly sagaId: string;
  readonly saga: string;
  readonly version: number;
  readonly key?: string;
  readonly status: string;
  readonly step?: string;
  readonly since: string;
  readonly createdAt: string;
  readonly waiting?: WaitView;
  readonly owner?: string;
  readonly recoveries?: number;
  /** The reason in one line: of a saga that is stuck or has failed. */
  readonly trouble?: string;
  readonly tags?: readonly string[];
  /** This process can act on it. */
  readonly isRegistered: boolean;
}

/** One page of a list. */
export interface SagaListView {
  readonly sagas: readonly SagaRow[];
  readonly nextCursor?: string;
}

/** A decision for which a saga waits. */
export interface ApprovalRow {
  readonly sagaId: string;
  readonly saga: string;
  readonly key?: string;
  readonly step: string;
  readonly title?: string;
  readonly roles?: readonly string[];
  readonly since: string;
  readonly until?: string;
  /** The reason why the person who looks cannot decide it. */
  readonly refusal?: string;
}

/** A saga of which no process that shares this build can run anything. */
export interface UnregisteredView {
  readonly saga: string;
  readonly version: number;
  readonly count: number;
}

/** What needs a person, and the counts. */
export interface OverviewView {
  readonly person: PersonView;
  /** All registered sagas, for the filter of the list. */
  readonly sagas: readonly { readonly saga: string; readonly versions: readonly number[] }[];
  readonly counts: {
    readonly pending: number;
    readonly running: number;
    readonly compensating: number;
    readonly stuck: number;
    readonly waiting: number;
  };
  readonly oldestOpenAgeMs?: number;
  readonly stuck: readonly SagaRow[];
  readonly approvals: readonly ApprovalRow[];
  readonly hasMoreApprovals: boolean;
  readonly deliveries: readonly DeliveryRow[];
  readonly unregistered: readonly UnregisteredView[];
  /** The reason why the storage cannot write at the moment. */
  readonly problem?: string;
}

/** One box of the drawing. */
export interface SceneView {
  readonly kind: 'end' | 'act' | 'undo' | 'mark';
  readonly lines: readonly string[];
  readonly colour?: string;
  readonly because?: string;
  readonly isToCome: boolean;
  readonly alternative?: readonly string[];
}

/** One entry of the journal, without its values. */
export interface EntryView {
  readonly seq: number;
  readonly kind: string;
  readonly at: string;
  readonly step?: string;
  readonly attempt?: number;
  /** The person or the worker. */
  readonly by?: string;
  readonly isByPerson: boolean;
  readonly text: string;
  readonly tookMs?: number;
  /** The values that a person may ask for. */
  readonly values: readonly string[];
}

/** A step that would be undone. */
export interface UndoView {
  readonly step: string;
  readonly outcome: string;
  /** Its act runs at this moment: how it ends decides whether it is undone. */
  readonly isRunning: boolean;
}

/** One saga. */
export interface SagaView {
  readonly row: SagaRow;
  readonly seq: number;
  /** Changes with each entry and with each change of the header. */
  readonly mark: string;
  readonly updatedAt: string;
  readonly deadlineAt?: string;
  readonly nextRunAt?: string;
  readonly trace?: string;
  readonly scenes: readonly SceneView[];
  readonly entries: readonly EntryView[];
  readonly inDoubt: readonly string[];
  /** What a cancel would undo at this moment, the first one first; undefined if a cancel is refused. */
  readonly cancelUndoes?: readonly UndoView[];
  readonly actions: readonly ActionView[];
  readonly audit: readonly AuditView[];
  /** Whether the person who looks can ask for values. */
  readonly canReveal: boolean;
  /** The ways in which this build does not fit the journal. */
  readonly misfit?: string;
}

/** The names of all actions. */
export type ActionName =
  | 'retry'
  | 'resolve-done'
  | 'resolve-not-done'
  | 'cancel'
  | 'signal'
  | 'approve'
  | 'reject'
  | 'redeliver'
  | 'reverse';

/** One field of the payload of a signal. */
export interface FieldView {
  readonly name: string;
  readonly type: 'text' | 'number' | 'boolean' | 'choice' | 'json';
  readonly choices?: readonly string[];
  readonly isRequired: boolean;
  readonly description?: string;
}

/** What a person can do now, and what follows. */
export interface ActionView {
  readonly name: ActionName;
  readonly label: string;
  /** What will happen, in whole sentences. */
  readonly sentence: string;
  /** The step, the signal or the handler that it is about. */
  readonly target?: string;
  /** Of a redelivery: the `seq` of the entry with the events. */
  readonly entry?: number;
  readonly isNoteRequired: boolean;
  /** It undoes something, or cannot be taken back. */
  readonly isGrave: boolean;
  /** Of a signal: the fields of its payload. */
  readonly fields: readonly FieldView[];
  /** The reason why this person cannot do it. */
  readonly refusal?: string;
}

/** What a person did, sent by the page. */
export interface ActionRequest {
  readonly name: ActionName;
  /** The `seq` of the last entry that the person saw. */
  readonly seq: number;
  readonly note?: string;
  readonly target?: string;
  readonly entry?: number;
  readonly payload?: unknown;
  /** Drawn once for each press of the button: repeated requests of a signal count once. */
  readonly requestId?: string;
}

/** The result of an action. */
export interface ActionResult {
  /** Handlers that failed again. */
  readonly failedHandlers?: readonly string[];
  /** The reversal. */
  readonly sagaId?: string;
}

/** An act in the audit. */
export interface AuditView {
  readonly at: string;
  readonly actor: string;
  readonly action: string;
  readonly seq?: number;
  readonly note?: string;
}

/** A value that a person asked for. */
export interface RevealedView {
  /** JSON with indentation; undefined if there is no such value. */
  readonly text?: string;
}

/** A bulk action before it begins. */
export interface BulkPreview {
  readonly sagas: readonly { readonly sagaId: string; readonly seq: number }[];
  /** There are more than one run takes. */
  readonly hasMore: boolean;
  readonly sample: readonly SagaRow[];
  readonly sentence: string;
}

/** The result of one part of a bulk action. */
export interface BulkResult {
  readonly failures: readonly { readonly sagaId: string; readonly message: string }[];
}

/** A worker. */
export interface WorkerView {
  readonly worker: string;
  readonly startedAt: string;
  readonly isAlive: boolean;
  readonly leaseMs: number;
  readonly owned: number;
}

/** The workers, and the open sagas that no process with this build runs. */
export interface WorkersView {
  /** Undefined if the storage does not list its workers. */
  readonly workers?: readonly WorkerView[];
  readonly unregistered: readonly UnregisteredView[];
  readonly open: readonly UnregisteredView[];
}

/** A delivery that failed. */
export interface DeliveryRow {
  readonly sagaId: string;
  readonly saga: string;
  /** The handler, or the sink of a message. */
  readonly to: string;
  /** The `seq` of the entry with the event. */
  readonly entry: number;
  readonly at?: string;
  readonly trouble: string;
}
