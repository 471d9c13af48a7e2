export { openStorage } from './open-storage.js';
export { loadSaga } from './load-saga.js';
export type { CommandOutput } from './run-command.js';
export { runCommand } from './run-command.js';
