import { isOpen, isTerminal, SagaStatus } from '@nest-saga/core';

const list = (fits: (status: SagaStatus) => boolean): string =>
  Object.values(SagaStatus)
    .filter(fits)
    .map((status) => `'${status}'`)
    .join(', ');

/** The statuses in which workers have work, as SQL. The partial indexes have exactly these. */
export const openStatuses = list(isOpen);

/** The statuses that never change again, as SQL. */
export const terminalStatuses = list(isTerminal);
