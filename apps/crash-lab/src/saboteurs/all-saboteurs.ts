import { brokenChoices } from './broken-choices.js';
import { brokenEngines } from './broken-engines.js';
import { brokenCalls } from './broken-handlers.js';
import { brokenKinds } from './broken-kinds.js';
import { brokenStorages } from './broken-storages.js';
import { brokenWaits } from './broken-waits.js';
import type { Saboteur } from './saboteur.js';

/** All deliberate mistakes. */
export const allSaboteurs: readonly Saboteur[] = [
  ...brokenStorages,
  ...brokenEngines,
  ...brokenWaits,
  ...brokenKinds,
  ...brokenChoices,
  ...brokenCalls,
];
