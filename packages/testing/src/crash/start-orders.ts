import type { StartOptions } from '@nest-saga/core';
import { isSagaError } from '@nest-saga/core/engine';

/** Several starts of one saga, one after another or at the same moment. */
export interface StartOrder {
  readonly name: string;
  readonly starts: readonly StartOptions[];
}

/** The answer to a start: the id of the saga, or the error. */
export type StartAnswer = string | Error;

/** All sequences of three starts by this id, by this key, or by both. */
export function startOrders(sagaId: string, key: string): readonly StartOrder[] {
  const ways = [
    ['by id', { sagaId }],
    ['by key', { key }],
    ['by both', { sagaId, key }],
  ] as const;
  return ways.flatMap(([first, one]) =>
    ways.flatMap(([second, two]) =>
      ways.map(([third, three]): StartOrder => {
        return { name: `${first}, ${second}, ${third}`, starts: [one, two, three] };
      }),
    ),
  );
}

/**
 * The fault in the answers to starts by one id, by one key, or by both; undefined if there is none. One id is one
 * saga, one key is one saga, and an id with a key is one saga or a conflict.
 */
export function startProblem(
  starts: readonly StartOptions[],
  answers: readonly StartAnswer[],
): string | undefined {
  const byId = new Set<string>();
  const byKey = new Set<string>();
  const byBoth = new Set<string>();
  for (const [index, answer] of answers.entries()) {
    const { sagaId, key } = starts[index] ?? {};
    if (typeof answer === 'string') {
      if (sagaId !== undefined && sagaId !== answer) return `start ${index + 1} got another id`;
      if (sagaId !== undefined) byId.add(answer);
      if (key !== undefined) byKey.add(answer);
      if (sagaId !== undefined && key !== undefined) byBoth.add(answer);
    } else if (!isSagaError(answer, 'SAGA_CONFLICT')) return `start ${index + 1}: ${String(answer)}`;
    else if (sagaId === undefined || key === undefined)
      return `start ${index + 1} is refused without a reason: ${answer.message}`;
  }
  if (byId.size > 1) return 'one id is two sagas';
  if (byKey.size > 1) return 'one key is two sagas';
  if (byBoth.size > 0 && new Set([...byId, ...byKey]).size > 1) return 'an id with its key is two sagas';
  return undefined;
}
