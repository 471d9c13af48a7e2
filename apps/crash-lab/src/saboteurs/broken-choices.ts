import { noDecisions } from '@nest-saga/core/engine';
import { patchState } from './broken-engines.js';
import type { Saboteur } from './saboteur.js';

/** Engines that break a promise about choices. */
export const brokenChoices: readonly Saboteur[] = [
  {
    name: 'decided again at recovery',
    mistake: 'a recovery forgets the decisions of the journal and asks the functions of the choices again',
    breaks: ['decided-twice'],
    sabotage: { engine: (engine) => patchState(engine, (state) => ({ ...state, decisions: noDecisions })) },
  },
];
