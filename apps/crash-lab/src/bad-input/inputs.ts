import { lastValueFrom } from 'rxjs';
import {
  contexts,
  ids,
  keys,
  metadata,
  names,
  optionsOfAnyKind,
  places,
  queries,
  resolutions,
  steps,
  texts,
} from './corpus.js';
import type { Corpus } from './corpus.js';
import type { SampleApplication } from './sample-application.js';
import { AnyContext } from './sample-sagas.js';

/** One argument of one public method. All other arguments are valid. */
export interface Input {
  readonly name: string;
  readonly bad: Corpus;
  /** The codes of the errors for invalid values. */
  readonly codes: readonly string[];
  pass(application: SampleApplication, value: never): Promise<unknown>;
}

const invalid = ['SAGA_INVALID_ARGUMENT'];
const empty = (): AnyContext => new AnyContext({});

/** Ids are refused because they are invalid, not because no saga has them. */
const idInputs: readonly Input[] = (
  [
    ['id of a start', ({ sagas }, sagaId) => sagas.start(empty(), { sagaId })],
    ['id of an enqueue', ({ sagas }, sagaId) => sagas.enqueue(empty(), { sagaId })],
    ['id of a stream', async ({ sagas }, sagaId) => lastValueFrom(sagas.stream(empty(), { sagaId }))],
    ['id of a find', ({ sagas }, sagaId) => sagas.find(sagaId)],
    ['id of a history', ({ sagas }, sagaId) => sagas.history(sagaId)],
    ['id of a cancel', ({ sagas }, sagaId) => sagas.cancel(sagaId, 'because')],
    ['id of a recovery', ({ sagas }, sagaId) => sagas.recover(sagaId)],
    ['id of a watch', async ({ sagas }, sagaId) => lastValueFrom(sagas.watch(sagaId))],
    ['id of a retry', ({ operator }, sagaId) => operator.retry(sagaId)],
    ['id of a resolved step', ({ operator }, sagaId) => operator.resolveStep(sagaId, 'prepare', 'done')],
  ] satisfies readonly (readonly [string, Input['pass']])[]
).map(([name, pass]) => ({ name, bad: ids, codes: invalid, pass }));

const startInputs: readonly Input[] = [
  {
    name: 'key',
    bad: keys,
    codes: invalid,
    pass: ({ sagas }, key) => sagas.start(empty(), { key }),
  },
  {
    name: 'name of a saga',
    bad: names,
    codes: [...invalid, 'SAGA_NOT_REGISTERED'],
    pass: ({ sagas }, saga) => sagas.start(empty(), { saga }),
  },
  {
    name: 'metadata',
    bad: metadata,
    codes: invalid,
    pass: ({ sagas }, value) => sagas.start(empty(), { metadata: value }),
  },
  {
    name: 'options of a start',
    bad: optionsOfAnyKind,
    codes: invalid,
    pass: ({ sagas }, value) => sagas.start(empty(), value),
  },
  {
    name: 'options of an enqueue',
    bad: optionsOfAnyKind,
    codes: invalid,
    pass: ({ sagas }, value) => sagas.enqueue(empty(), value),
  },
  {
    name: 'options of a stream',
    bad: optionsOfAnyKind,
    codes: invalid,
    pass: async ({ sagas }, value) => lastValueFrom(sagas.stream(empty(), value)),
  },
  {
    name: 'context of a start',
    bad: contexts,
    codes: ['SAGA_CONTEXT_NOT_STORABLE'],
    pass: ({ sagas }, value) => sagas.start(value, { saga: 'any' }),
  },
  {
    name: 'context of an enqueue',
    bad: contexts,
    codes: ['SAGA_CONTEXT_NOT_STORABLE'],
    pass: ({ sagas }, value) => sagas.enqueue(value, { saga: 'any' }),
  },
  {
    name: 'context of a stream',
    bad: contexts,
    codes: ['SAGA_CONTEXT_NOT_STORABLE'],
    pass: async ({ sagas }, value) => lastValueFrom(sagas.stream(value, { saga: 'any' })),
  },
];

/** Requests for a saga that runs, or one that is stuck: with valid arguments each of them would be accepted. */
const requestInputs: readonly Input[] = (
  [
    ['reason of a cancel', texts, ({ sagas, waitingId }, reason) => sagas.cancel(waitingId, reason)],
    ['actor of a cancel', texts, ({ sagas, waitingId }, actor) => sagas.cancel(waitingId, 'no', { actor })],
    ['actor of a retry', texts, ({ operator, stuckId }, actor) => operator.retry(stuckId, { actor })],
    ['note of a retry', texts, ({ operator, stuckId }, note) => operator.retry(stuckId, { note })],
    [
      'name of a resolved step',
      steps,
      ({ operator, stuckId }, step) => operator.resolveStep(stuckId, step, 'done'),
    ],
    [
      'note of a resolved step',
      texts,
      ({ operator, stuckId }, note) => operator.resolveStep(stuckId, 'prepare', note),
    ],
    [
      'actor of a resolved step',
      texts,
      ({ operator, stuckId }, actor) => operator.resolveStep(stuckId, 'prepare', 'done', { actor }),
    ],
    [
      'outcome of a resolved step',
      resolutions,
      ({ operator, stuckId }, outcome) => operator.resolveStep(stuckId, 'prepare', 'done', { outcome }),
    ],
    [
      'place to watch from',
      places,
      async ({ sagas, stuckId }, fromSeq) => lastValueFrom(sagas.watch(stuckId, { fromSeq })),
    ],
    [
      'options of a cancel',
      optionsOfAnyKind,
      ({ sagas, waitingId }, value) => sagas.cancel(waitingId, 'because', value),
    ],
    [
      'options of a retry',
      optionsOfAnyKind,
      ({ operator, stuckId }, value) => operator.retry(stuckId, value),
    ],
    [
      'options of a resolved step',
      optionsOfAnyKind,
      ({ operator, stuckId }, value) => operator.resolveStep(stuckId, 'prepare', 'done', value),
    ],
    [
      'options of a watch',
      optionsOfAnyKind,
      async ({ sagas, stuckId }, value) => lastValueFrom(sagas.watch(stuckId, value)),
    ],
    ['query of a list', queries, ({ operator }, query) => operator.list(query)],
  ] satisfies readonly (readonly [string, Corpus, Input['pass']])[]
).map(([name, bad, pass]) => ({ name, bad, codes: invalid, pass }));

/** All inputs from outside. */
export const allInputs: readonly Input[] = [...idInputs, ...startInputs, ...requestInputs];
