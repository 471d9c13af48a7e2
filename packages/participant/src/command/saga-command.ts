import { InvalidCommandError } from '../errors/invalid-command-error.js';

/** A call that a step of a saga makes to another service. */
export interface SagaCommand {
  /** The id of the saga: a UUID in lower case. */
  readonly sagaId: string;
  /** The step, by its oldest id, so that a renamed step keeps its place in the barrier. */
  readonly step: string;
  /** The handler of the step that makes the call: `act`, or `compensate`, its undo. */
  readonly action: SagaAction;
  /** The idempotency key: the same for each repetition of this command. */
  readonly id: string;
  /** A number that grows with each claim of the saga. The barrier does not need it, but its work may. */
  readonly fencingToken: number;
}

/** The handler of a step that makes a call. */
export type SagaAction = 'act' | 'compensate';

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
// Without a space and a comma: HTTP joins the values of a repeated header with both.
const name = /^[\x21-\x2b\x2d-\x7e]+$/;

const fields: Readonly<Record<keyof SagaCommand, readonly [(value: unknown) => boolean, string]>> = {
  sagaId: [(value) => isText(value) && uuid.test(value), 'a UUID in lower case'],
  step: [(value) => isText(value, 200) && name.test(value), 'the id of a step, of up to 200 characters'],
  action: [(value) => value === 'act' || value === 'compensate', '"act" or "compensate"'],
  id: [(value) => isText(value, 400) && name.test(value), 'an idempotency key, of up to 400 characters'],
  fencingToken: [(value) => Number.isSafeInteger(value) && Number(value) >= 0, 'an integer from 0'],
};

/**
 * Returns the command with its fields and nothing else.
 *
 * @param nameOf The name of a field in an error, for example that of its header.
 * @throws InvalidCommandError for the first field that is missing or has a wrong value.
 */
export function checkCommand(
  candidate: Readonly<Partial<Record<keyof SagaCommand, unknown>>>,
  nameOf: (field: keyof SagaCommand) => string = (field) => field,
): SagaCommand {
  for (const [field, [isValid, expected]] of Object.entries(fields) as [keyof SagaCommand, Check][])
    if (!isValid(candidate[field])) throw new InvalidCommandError(nameOf(field), candidate[field], expected);
  const { sagaId, step, action, id, fencingToken } = candidate as SagaCommand;
  return { sagaId, step, action, id, fencingToken };
}

type Check = (typeof fields)[keyof SagaCommand];

function isText(value: unknown, maximumLength = Number.POSITIVE_INFINITY): value is string {
  return typeof value === 'string' && value.length <= maximumLength;
}
