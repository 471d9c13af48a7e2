import { InvalidCommandError } from '../errors/invalid-command-error.js';
import { checkCommand } from './saga-command.js';
import type { SagaAction, SagaCommand } from './saga-command.js';

/** The part of a step's `StepRun` that its commands need. */
export interface CommandRun {
  readonly sagaId: string;
  readonly idempotencyKey: string;
  /** Undefined in `act`. */
  readonly actIdempotencyKey: string | undefined;
  readonly fencingToken: number;
}

/** The headers of a request, as Node, Nest and `fetch` have them. */
export type CommandHeaderSource =
  { get(name: string): string | null } | Readonly<Record<string, string | readonly string[] | undefined>>;

const headerOf: Readonly<Record<keyof SagaCommand, string>> = {
  sagaId: 'saga-id',
  step: 'saga-step',
  action: 'saga-action',
  id: 'idempotency-key',
  fencingToken: 'saga-fencing-token',
};

/**
 * The headers with which a step calls another service: `saga-id`, `saga-step`, `saga-action`, `saga-fencing-token` and
 * `idempotency-key`.
 *
 * @param run The second argument of `act` and of `compensate`.
 * @throws InvalidCommandError if the run is none of a saga.
 *
 * @example
 * await fetch('https://payments.example/charges', { method: 'POST', headers: commandHeaders(run), body });
 */
export function commandHeaders(run: CommandRun): Record<string, string> {
  const { sagaId, idempotencyKey: id, fencingToken } = run;
  const action = run.actIdempotencyKey === undefined ? 'act' : 'compensate';
  const command = checkCommand({ sagaId, step: stepOf(sagaId, id, action), action, id, fencingToken });
  return Object.fromEntries(
    Object.entries(headerOf).map(([field, header]) => [header, String(command[field as keyof SagaCommand])]),
  );
}

/**
 * The command in the headers of a request.
 *
 * @throws InvalidCommandError (HTTP status 400) that names the header that is missing, repeated or wrong.
 *
 * @example
 * commandOf(request.headers);
 */
export function commandOf(headers: CommandHeaderSource): SagaCommand {
  const read = readerOf(headers);
  const token = read(headerOf.fencingToken);
  return checkCommand(
    {
      sagaId: read(headerOf.sagaId),
      step: read(headerOf.step),
      action: read(headerOf.action),
      id: read(headerOf.id),
      fencingToken: typeof token === 'string' && /^\d+$/.test(token) ? Number(token) : token,
    },
    (field) => `the header ${headerOf[field]}`,
  );
}

/** The key has the oldest id of the step, which stays the same if the step is renamed between its act and its undo. */
function stepOf(sagaId: string, key: string, action: SagaAction): string {
  const [start, end] = [`${sagaId}:`, `:${action}`];
  if (!key.startsWith(start) || !key.endsWith(end) || key.length <= start.length + end.length)
    throw new InvalidCommandError('idempotencyKey', key, `"${start}<step>${end}"`);
  return key.slice(start.length, -end.length);
}

function readerOf(headers: CommandHeaderSource): (name: string) => unknown {
  if (hasGet(headers)) return (name) => headers.get(name) ?? undefined;
  const lowered = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  return (name) => lowered.get(name);
}

function hasGet(headers: CommandHeaderSource): headers is { get(name: string): string | null } {
  return typeof headers['get'] === 'function';
}
