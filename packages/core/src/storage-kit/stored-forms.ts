import type { EntryDraft } from '../journal/journal-entry.js';

/** An entry, whatever its kind. */
export type Properties = Readonly<Record<string, unknown>>;

/** The form in which journals keep the entries of one kind, because earlier releases wrote and read this form. */
interface StoredForm {
  readonly write?: (draft: Properties) => Properties;
  readonly read: (stored: Properties) => Properties;
}

/** The stored outcome of an act: "unknown" keeps the name that it had in the first release. */
const storedOutcome = (outcome: unknown): unknown => (outcome === 'unknown' ? 'timed-out' : outcome);
const outcomeOf = (stored: unknown): unknown => (stored === 'timed-out' ? 'unknown' : stored);

const forms: Readonly<Record<string, StoredForm>> = {
  'act-failed': {
    write: (draft) => ({ ...draft, outcome: storedOutcome(draft['outcome']) }),
    read: (stored) => ({ ...stored, outcome: outcomeOf(stored['outcome']) }),
  },
  'compensation-decided': {
    // The first step is also written in the form of releases before the list, because they read it in a rolling deploy.
    write: (draft) => {
      const undo = withOutcomes(draft['undo'], storedOutcome);
      const [first] = undo;
      return first === undefined
        ? { ...draft, undo }
        : { ...draft, undo, step: first.step, outcome: first.outcome };
    },
    read: ({ step, outcome, undo, ...rest }) => {
      const before = step === undefined ? [] : [{ step, outcome: outcome ?? 'timed-out' }];
      const steps = undo === undefined ? before : stepsOf(undo);
      return { ...rest, undo: withOutcomes(steps, outcomeOf) };
    },
  },
  'branches-abandoned': {
    write: (draft) => ({ ...draft, undo: withOutcomes(draft['undo'], storedOutcome) }),
    read: (stored) => ({ ...stored, undo: withOutcomes(stored['undo'], outcomeOf) }),
  },
  'signal-received': {
    // Its payload is JSON, so it is stored in the column for responses.
    write: ({ payload, ...draft }) => (payload === undefined ? draft : { ...draft, response: payload }),
    read: ({ response, ...stored }) => {
      known('the decision', stored['decision'], [undefined, 'approved', 'rejected']);
      return response === undefined ? stored : { ...stored, payload: response };
    },
  },
  'wait-ended': {
    read: (stored) => {
      known('a wait that ended', stored['outcome'], ['elapsed', 'signal', 'timed-out', 'failed']);
      return stored;
    },
  },
  'step-resolved': {
    // Releases before `not-done` wrote no outcome. An unknown word of a later release is not guessed: the saga is
    // released.
    read: ({ outcome = 'done', ...stored }) => {
      if (outcome === 'done' || outcome === 'not-done') return { ...stored, outcome };
      throw new TypeError(
        `The journal has a step resolved as "${String(outcome)}", which this version does not know.`,
      );
    },
  },
};

/** Refuses a value that a later release may have added: the saga is released, and its meaning is not guessed. */
function known(what: string, value: unknown, values: readonly unknown[]): unknown {
  if (values.includes(value)) return value;
  throw new TypeError(`The journal has ${what} "${String(value)}", which this version does not know.`);
}

/** The properties of an entry as journals keep them. */
export function toStoredForm(draft: EntryDraft): Properties {
  const properties = draft as unknown as Properties;
  return forms[draft.kind]?.write?.(properties) ?? properties;
}

/**
 * The inverse.
 *
 * @throws TypeError for a value that a later release wrote and this one does not know.
 */
export function fromStoredForm(kind: string, stored: Properties): Properties {
  return forms[kind]?.read(stored) ?? stored;
}

interface StoredStep {
  readonly step: unknown;
  readonly outcome: unknown;
}

function stepsOf(undo: unknown): readonly StoredStep[] {
  return undo as readonly StoredStep[];
}

function withOutcomes(undo: unknown, map: (outcome: unknown) => unknown): readonly StoredStep[] {
  return stepsOf(undo).map((one) => ({ ...one, outcome: map(one.outcome) }));
}
