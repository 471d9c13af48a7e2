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
  /** The ways in which this build does not fit the journal. */
  readonly misfit?: string;
}
