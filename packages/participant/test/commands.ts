import { randomUUID } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import type { SagaAction, SagaCommand } from '../src/command/saga-command.js';

/** The act and the undo of one step of a new saga. */
export function commandsOfASaga(): Readonly<Record<SagaAction, SagaCommand>> {
  const sagaId = randomUUID();
  const command = (action: SagaAction): SagaCommand => ({
    sagaId,
    step: 'charge',
    action,
    id: `${sagaId}:charge:${action}`,
    fencingToken: 1,
  });
  return { act: command('act'), compensate: command('compensate') };
}

/** The work of a command: one effect, whose number is the reply. */
export function effectOf({ sagaId, action }: SagaCommand) {
  return async (manager: EntityManager): Promise<{ readonly effect: number }> => {
    const [row] = (await manager.query('INSERT INTO effect (saga_id, action) VALUES ($1, $2) RETURNING id', [
      sagaId,
      action,
    ])) as [{ readonly id: number }];
    return { effect: row.id };
  };
}

/** The actions that have an effect, in order. */
export const effectsSql = 'SELECT action FROM effect WHERE saga_id = $1 ORDER BY id';
