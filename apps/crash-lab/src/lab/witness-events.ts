import type { EventHandlers } from '@nest-saga/core/engine';
import type { KillSwitch } from './kill-switch.js';
import type { CallOfStep } from './lab-saga.js';
import type { OutsideWorld } from './outside-world.js';
import type { Underway } from './underway.js';
import { pause } from './wait.js';

/** Long enough for an engine that does not wait for the handler to begin its next step in the meantime. */
const handlingMs = 10;

/** The dependencies of the event handler of a lab process. */
export interface EventWitnesses {
  readonly process: string;
  readonly world: OutsideWorld;
  readonly killSwitch: KillSwitch;
  readonly underway: Underway;
}

/** The event handler of a lab process: it records its calls in the outside world. The process can die in each of them. */
export function witnessEvents({ process, world, killSwitch, underway }: EventWitnesses): EventHandlers {
  const handle = async (sagaId: string, seq: number, call: string): Promise<void> => {
    killSwitch.pass(`at handler entry of the ${call}`);
    const id = await world.called(sagaId, seq, process);
    killSwitch.pass(`inside handler of the ${call}`);
    await pause(handlingMs);
    await world.handled(id);
    killSwitch.pass(`at handler exit of the ${call}`);
  };
  return {
    handlersOf: ({ sagaId, seq, step, event }) => {
      const call = `${event as CallOfStep} of ${step}`;
      return [{ name: 'the witness', handle: () => underway.during(() => handle(sagaId, seq, call)) }];
    },
  };
}
