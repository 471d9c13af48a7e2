const reserve = { step: 'reserve-inventory', name: 'Reserve inventory' };
const collectMoney = {
  step: 'charge-payment',
  name: 'Charge payment',
  alternative: { step: 'send-invoice', name: 'Send invoice', when: 'if the gateway is down' },
};
const ship = { step: 'ship-order', name: 'Ship order', undoneWhenAttempted: true };

/**
 * The places of each saga, each with the step that fills it and its alternative. `undoneWhenAttempted`: its act may
 * have left something behind although it failed, so it is undone all the same. `isWait`: a place that only waits; nothing
 * of it is undone.
 */
const stagesBySaga = {
  order: [reserve, collectMoney, ship],
  'prepaid-order': [
    reserve,
    { step: 'payment', name: 'Wait for the money', isWait: true },
    { step: 'book-payment', name: 'Book payment' },
    ship,
  ],
  'large-order': [reserve, { step: 'approval', name: 'Approval', isWait: true }, collectMoney, ship],
};

/** The places of an order's saga. */
export function stagesOf(saga) {
  return stagesBySaga[saga] ?? stagesBySaga.order;
}

const named = ({ step, name, alternative }) => [
  [step, name],
  ...(alternative ? [[alternative.step, alternative.name]] : []),
];

const names = new Map(Object.values(stagesBySaga).flat().flatMap(named));

const undoneWhenAttempted = new Set([ship.step]);

/** What people call a step. */
export function nameOf(step) {
  return names.get(step) ?? step;
}

/**
 * The journal as far as it is known: what the server answered last, and the results that arrived since. Either can be
 * ahead of the other.
 */
export function mergeEntries(history, results) {
  const entries = new Map(results.map((result) => [result.seq, toEntry(result)]));
  for (const entry of history) entries.set(entry.seq, entry);
  return [...entries.values()].sort((one, other) => one.seq - other.seq);
}

function toEntry({ seq, step, action, status, attempt, error, willRetry, finishedAt }) {
  const kind = `${action === 'act' ? 'act' : 'compensation'}-${status}`;
  return { seq, kind, step, attempt, error, willRetry, at: finishedAt };
}

/**
 * What each step is drawn as: its state (`waiting`, `running`, `done`, `failed`, `undoing`, `undone`, `undo-failed` or
 * `unused`; of a wait also `held`) and a detail. Made of the journal's entries and the status of the saga.
 */
export function drawSteps(entries, status, stages = stagesBySaga.order) {
  const steps = stages.flatMap(named).map(([step]) => step);
  const drawn = new Map(steps.map((step) => [step, { state: 'waiting', detail: '' }]));
  for (const entry of entries) {
    if (entry.kind === 'retry-requested') markTriedAgain(drawn);
    for (const step of entry.begun ?? [entry.step]) {
      const before = drawn.get(step);
      if (before) drawn.set(step, drawEntry(entry, before));
    }
  }
  for (const { step, alternative } of stages) {
    if (alternative && drawn.get(step).state === 'done') drawn.get(alternative.step).state = 'unused';
  }
  const isOpen = status === 'pending' || status === 'running' || status === 'compensating';
  if (isOpen) markNext(drawn, entries, status, stages);
  else markUnused(drawn);
  return drawn;
}

const waitWords = { 'timed-out': 'Nobody answered in time.' };

function drawEntry({ kind, step, error, willRetry, attempt, resolution, outcome }, before) {
  const detail = `${error?.message ?? ''}${willRetry ? ` Attempt ${attempt} failed, trying again.` : ''}`;
  switch (kind) {
    case 'act-completed':
      return { state: 'done', detail: '' };
    case 'act-failed':
      if (willRetry) return { state: 'running', detail };
      return {
        state: 'failed',
        detail,
        reason: detail,
        hasFailed: true,
        isToUndo: undoneWhenAttempted.has(step),
      };
    case 'compensation-decided':
      // A cancel came, and nobody knows how far it got.
      return { state: 'failed', detail: before.detail, isToUndo: true };
    case 'compensation-completed':
      // Why it failed before it was undone stays in sight.
      return { state: 'undone', detail: before.reason ?? '', hasFailed: before.hasFailed };
    case 'wait-ended':
      return error
        ? { state: 'failed', ...endOfWait(step, error) }
        : { state: 'done', detail: waitWords[outcome] ?? '' };
    case 'step-resolved':
      if (resolution === 'not-done')
        return { state: 'unused', detail: 'A person found that it is not done.' };
      return { state: before.state === 'undo-failed' ? 'undone' : 'done', detail: '', isByHand: true };
    case 'compensation-failed':
      return { ...before, state: willRetry ? 'undoing' : 'undo-failed', detail };
    default:
      return before;
  }
}

/** Marks the step that runs now: the first one to do, or the last one to undo. */
function markNext(drawn, entries, status, stages) {
  const waits = new Set(stages.filter(({ isWait }) => isWait).map(({ step }) => step));
  const isDone = (step) => drawn.get(step).state === 'done';
  const isToUndo = (step) =>
    !waits.has(step) && (isDone(step) || (drawn.get(step).state === 'failed' && drawn.get(step).isToUndo));
  const isGoingBack =
    status === 'compensating' ||
    [...drawn.values()].some((step) => step.isToUndo) ||
    entries.some(({ kind }) => kind.startsWith('compensation-')) ||
    [...waits].some((step) => drawn.get(step).state === 'failed');
  if (isGoingBack) {
    // One whose undo failed is drawn so already; those before it wait until it is undone, by itself or by a person.
    if ([...drawn.values()].some(({ state }) => state === 'undoing' || state === 'undo-failed')) return;
    const last = [...drawn.keys()].findLast(isToUndo);
    if (last) drawn.get(last).state = 'undoing';
    return;
  }
  const stage = stages.find(
    ({ step, alternative }) => !isDone(step) && !(alternative && isDone(alternative.step)),
  );
  if (!stage) return;
  const primary = drawn.get(stage.step);
  const current =
    primary.state === 'failed' && stage.alternative ? drawn.get(stage.alternative.step) : primary;
  if (current.state === 'waiting') current.state = stage.isWait ? 'held' : 'running';
}

function markTriedAgain(drawn) {
  for (const step of drawn.values()) if (step.state === 'undo-failed') step.state = 'undoing';
}

function markUnused(drawn) {
  for (const step of drawn.values()) if (step.state === 'waiting') step.state = 'unused';
}

/** One line of the journal in words. */
export function describeEntry(entry) {
  const { kind, step, error, reason, attempt, resolution, isParked } = entry;
  const name = step ? nameOf(step) : '';
  switch (kind) {
    case 'act-completed':
      return `${name}: done`;
    case 'act-failed':
      return `${name}: failed${attempt > 1 ? ` (attempt ${attempt})` : ''}: ${error?.message ?? ''}`;
    case 'compensation-completed':
      return `${name}: undone`;
    case 'compensation-failed':
      return `${name}: could not be undone (attempt ${attempt}): ${error?.message ?? ''}`;
    case 'claimed':
      return isParked ? 'Woken up by a server process' : 'Taken over by a new server process';
    case 'parked':
      return 'Waits, and no process holds it';
    case 'signal-received':
      return describeSignal(entry);
    case 'wait-ended':
      return error ? `${name}: ${endOfWait(step, error).detail}` : `${name}: over, the order goes on`;
    case 'released':
      return 'Handed over by a server that stops';
    case 'cancel-requested':
      return `Cancel requested: ${reason ?? ''}`;
    case 'compensation-decided':
      return 'Going back: what was done is undone';
    case 'retry-requested':
      return 'A person asked for another try';
    case 'step-resolved':
      return resolution === 'not-done' ? `${name}: not done, a person says` : `${name}: done by hand`;
    case 'stuck':
      return `Stuck: a person is needed (${reason ?? ''})`;
    default:
      return kind;
  }
}

/** Why a wait ends an order, for people: one word for its state, and a sentence. */
export function endOfWait(step, { code, message }) {
  if (code === 'SAGA_WAIT_TIMED_OUT')
    return {
      word: 'not in time',
      detail: step === 'payment' ? 'The money did not come in time.' : 'Nobody decided in time.',
    };
  const [, who] = /was rejected by (.+), so the saga is undone\.$/s.exec(message) ?? [];
  return who ? { word: 'rejected', detail: `Rejected by ${who}.` } : { detail: message };
}

function describeSignal({ decision, actor, note }) {
  if (!decision) return 'The webhook came: the money has arrived';
  return `${decision === 'approved' ? 'Approved' : 'Rejected'} by ${actor ?? 'a person'}${note ? `: ${note}` : ''}`;
}
