import type { SagaRequest } from '@nest-saga/core/engine';
import {
  asSeen,
  cancelRequest,
  isError,
  resolveRequest,
  retryRequest,
  signalRequest,
} from '@nest-saga/core/engine';
import { SagaNotFoundError, SagaNotRegisteredError } from '@nest-saga/core';
import type { SagaDefinition, SagaSignal } from '@nest-saga/core';
import type { CommandSurroundings, ExitCode } from '../command-surroundings.js';
import { UsageError } from '../usage-error.js';
import type { OpenApplication } from './open-application.js';
import { actorOf, required } from './verb-options.js';
import type { VerbLine, VerbValues } from './verb-options.js';
import type { Verb } from './verb.js';

const people = `  --actor <name>  who acts, kept in the journal (default: the user of this system)
  --seen <seq>    the last entry that you saw: refused if another person has acted since, and sent twice it is written once`;

const common = { worksOnDatabase: false } as const;

/** `nest-saga retry`. */
export const retryVerb: Verb = {
  ...common,
  verb: 'retry',
  summary: 'resume a stuck saga where it stopped',
  usage: `Usage: nest-saga retry <id> --app <file> [--note <text>]

${people}
  --note <text>   why, kept in the journal`,
  words: ['id'],
  options: ['actor', 'note', 'seen'],
  check: ({ values }) => void seenOf(values, retryVerb),
  run: (line, app, output) =>
    send(line, app, output, retryVerb, retryRequest(actorOf(line.values), line.values.note)),
};

/** `nest-saga resolve`. */
export const resolveVerb: Verb = {
  ...common,
  verb: 'resolve',
  summary: 'record a step of a stuck saga that was done by hand, or that has no effect',
  usage: `Usage: nest-saga resolve <id> <step> --app <file> --note <text> [--outcome done|not-done]

${people}
  --note <text>   what was done or found out, kept in the journal
  --outcome       done (default): continue after the step; not-done: its act has no effect, undo the saga without it`,
  words: ['id', 'step'],
  options: ['actor', 'note', 'seen', 'outcome'],
  check: ({ values }) => {
    required(values, 'note', resolveVerb);
    outcomeOf(values);
    seenOf(values, resolveVerb);
  },
  run: (line, app, output) => {
    const { words, values } = line;
    const note = required(values, 'note', resolveVerb);
    const request = resolveRequest(words[1] ?? '', actorOf(values), note, outcomeOf(values));
    return send(line, app, output, resolveVerb, request);
  },
};

/** `nest-saga cancel`. */
export const cancelVerb: Verb = {
  ...common,
  verb: 'cancel',
  summary: 'undo a saga',
  usage: `Usage: nest-saga cancel <id> --app <file> --note <text>

${people}
  --note <text>   the reason, kept in the journal`,
  words: ['id'],
  options: ['actor', 'note', 'seen'],
  check: ({ values }) => {
    required(values, 'note', cancelVerb);
    seenOf(values, cancelVerb);
  },
  run: (line, app, output) => {
    const reason = required(line.values, 'note', cancelVerb);
    return send(line, app, output, cancelVerb, cancelRequest(reason, actorOf(line.values)));
  },
};

/** `nest-saga signal`. */
export const signalVerb: Verb = {
  ...common,
  verb: 'signal',
  summary: 'send a signal to a saga',
  usage: `Usage: nest-saga signal <id> <signal> --app <file> [--payload <json>] [--dedupe-id <id>]

  --payload <json>  the payload, which the application checks as it checks one from its own code
  --dedupe-id <id>  a signal with the same id is received once, however often the command is repeated
${people.split('\n')[0]}`,
  words: ['id', 'signal'],
  options: ['actor', 'payload', 'dedupe-id'],
  check: ({ values }) => void payloadOf(values),
  async run(line, app, output) {
    const { words, values } = line;
    const [sagaId = '', name = ''] = words;
    const signal = await findSignal(app, sagaId, name);
    const dedupeId = values['dedupe-id'];
    const request = await signalRequest(signal, payloadOf(values), {
      actor: actorOf(values),
      ...(dedupeId === undefined ? {} : { dedupeId }),
    });
    return send(line, app, output, signalVerb, request);
  },
};

async function send(
  { words: [sagaId = ''], values }: VerbLine,
  { runtime }: OpenApplication,
  { out }: CommandSurroundings,
  verb: Verb,
  request: SagaRequest,
): Promise<ExitCode> {
  const seen = seenOf(values, verb);
  await runtime.use(({ requests }) =>
    requests.request(sagaId, seen === undefined ? request : asSeen(request, seen)),
  );
  out(
    values.json === true
      ? JSON.stringify({ verb: verb.verb, sagaId })
      : `${verb.verb}: ${sagaId} is recorded.`,
  );
  return 0;
}

async function findSignal({ runtime }: OpenApplication, sagaId: string, name: string): Promise<SagaSignal> {
  const { registry, storage } = await runtime.opened();
  const header = await storage.find(sagaId.toLowerCase());
  if (header === undefined) throw new SagaNotFoundError(sagaId);
  const definition = registry.find(header.saga, header.version);
  const signals = definition === undefined ? [] : signalsOf(definition);
  const found = signals.find((one) => one.name === name);
  if (found !== undefined) return found;
  throw new SagaNotRegisteredError(
    `the signal "${name}" of "${header.saga}" version ${header.version}`,
    signals.map((one) => `the signal "${one.name}"`),
    'Name one of those',
  );
}

function signalsOf({ stages }: SagaDefinition): readonly SagaSignal[] {
  return stages.flatMap((stage) =>
    stage.kind === 'wait' && stage.wait.for === 'signal' ? stage.wait.signals : [],
  );
}

function seenOf({ seen }: VerbValues, { usage }: Verb): number | undefined {
  if (seen === undefined) return undefined;
  if (/^\d{1,9}$/.test(seen)) return Number(seen);
  throw new UsageError(`--seen "${seen}" is not the number of an entry.`, usage);
}

function outcomeOf({ outcome = 'done' }: VerbValues): 'done' | 'not-done' {
  if (outcome === 'done' || outcome === 'not-done') return outcome;
  throw new UsageError(`--outcome is done or not-done, not "${outcome}".`, resolveVerb.usage);
}

function payloadOf({ payload }: VerbValues): unknown {
  if (payload === undefined) return undefined;
  try {
    return JSON.parse(payload);
  } catch (error) {
    throw new UsageError(`--payload is not JSON: ${isError(error) ? error.message : ''}`, signalVerb.usage);
  }
}
