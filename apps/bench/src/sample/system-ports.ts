import { SystemClock, UuidV7Generator } from '@nest-saga/nestjs';

/** The real clock and ids, the same as in the Nest module. */
export const systemPorts = { clock: new SystemClock(), ids: new UuidV7Generator() };
