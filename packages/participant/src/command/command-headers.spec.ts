import { InvalidCommandError } from '../errors/invalid-command-error.js';
import { commandHeaders, commandOf } from './command-headers.js';

const sagaId = '018f3a5e-6d4c-7b2a-9c1e-5f0a7d3b2c41';
const act = { sagaId, idempotencyKey: `${sagaId}:charge:act`, actIdempotencyKey: undefined, fencingToken: 7 };
const undo = {
  ...act,
  idempotencyKey: `${sagaId}:charge:compensate`,
  actIdempotencyKey: `${sagaId}:charge:act`,
};
const headers = commandHeaders(act);

describe('the headers of a command', () => {
  it.each([
    ['act', act],
    ['compensate', undo],
  ])('carry the %s of a step', (action, run) => {
    const expected = { sagaId, step: 'charge', action, id: run.idempotencyKey, fencingToken: 7 };
    expect(commandOf(commandHeaders(run))).toEqual(expected);
  });

  it('are read from those of fetch and in any case', () => {
    expect(commandOf(new Headers(headers))).toEqual(commandOf(headers));
    const upper = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name.toUpperCase(), value]),
    );
    expect(commandOf(upper)).toEqual(commandOf(headers));
  });

  it('have the id under which the step was declared first, as its key does', () => {
    expect(commandHeaders({ ...act, idempotencyKey: `${sagaId}:a:b:act` })['saga-step']).toBe('a:b');
  });

  it.each(Object.keys(headers))('are refused without %s', (name) => {
    const { [name]: _, ...rest } = headers;
    expect(() => commandOf(rest)).toThrow(`the header ${name} is missing`);
  });

  it.each<[string, string, string | readonly string[]]>([
    ['an id that is no UUID', 'saga-id', '1'],
    ['an id in upper case', 'saga-id', sagaId.toUpperCase()],
    ['two ids', 'saga-id', [sagaId, sagaId]],
    ['two steps that a proxy joined', 'saga-step', 'charge, charge'],
    ['an empty step', 'saga-step', ''],
    ['a very long step', 'saga-step', 'a'.repeat(201)],
    ['an action that no step has', 'saga-action', 'undo'],
    ['an empty key', 'idempotency-key', ''],
    ['a token that is no number', 'saga-fencing-token', '1e3'],
    ['an empty token', 'saga-fencing-token', ''],
    ['a token that is too large', 'saga-fencing-token', '9'.repeat(20)],
  ])('are refused with %s, by an error that names the header', (_title, name, value) => {
    const read = () => commandOf({ ...headers, [name]: value });
    expect(read).toThrow(InvalidCommandError);
    expect(read).toThrow(`the header ${name} is`);
  });

  it('answer with 400, and with the code', () => {
    const error = new InvalidCommandError('the header saga-id', undefined, 'a UUID');
    expect(error.getStatus()).toBe(400);
    expect(error.getResponse()).toEqual({
      statusCode: 400,
      code: 'SAGA_COMMAND_INVALID',
      message: error.message,
    });
  });

  it('are not made of a key that no step has', () => {
    expect(() => commandHeaders({ ...act, idempotencyKey: 'k' })).toThrow(InvalidCommandError);
  });
});
