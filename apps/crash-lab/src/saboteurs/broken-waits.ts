import type { SagaEngine } from '@nest-saga/core/engine';
import { patchState } from './broken-engines.js';
import type { Saboteur } from './saboteur.js';

/** A signal that is in the journal loses if the time of its wait has passed. */
function compareTimes(engine: SagaEngine): void {
  patchState(engine, (state) => (state.wait?.isOver === true ? { ...state, signals: [] } : state));
}

function dropEarlySignals(engine: SagaEngine): void {
  const { requests, reader } = engine;
  const signal = requests.signal.bind(requests);
  requests.signal = async (target, ...rest) => {
    const standing = typeof target === 'string' ? await reader.find(target) : undefined;
    if (standing?.header.waiting !== undefined) await signal(target, ...rest);
  };
}

function endBeforeAcknowledgement(engine: SagaEngine): void {
  const { deliveries } = engine.worker;
  if (deliveries === undefined) return;
  const deliver = deliveries.deliver.bind(deliveries);
  deliveries.deliver = (delivered) => {
    void deliver(delivered);
    return undefined;
  };
}

/** Engines that break a promise about waits, signals or event handlers. */
export const brokenWaits: readonly Saboteur[] = [
  {
    name: 'timeout by comparing times',
    mistake: 'a wait whose time has passed ends by its timeout, though its signal was recorded before',
    breaks: ['signal-missed'],
    sabotage: { engine: compareTimes },
  },
  {
    name: 'early signal dropped',
    mistake: 'a signal that comes before its wait is answered and never written',
    breaks: ['acknowledged-lost'],
    sabotage: { engine: dropEarlySignals },
  },
  {
    name: 'end before the acknowledgement',
    mistake: 'a saga continues, and ends, before the promise of an event handler is fulfilled',
    breaks: ['went-on-unacknowledged'],
    sabotage: { engine: endBeforeAcknowledgement },
  },
];
