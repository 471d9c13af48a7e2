import { SystemClock, UuidV7Generator } from '@nest-saga/nestjs';

/** Real time and real ids, the very ones that the Nest module uses. */
export const systemPorts = { clock: new SystemClock(), ids: new UuidV7Generator() };
