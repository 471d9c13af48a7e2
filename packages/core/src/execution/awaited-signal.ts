import type { WaitDefinition } from '../definition/wait-definition.js';
import type { SignalReceived } from '../journal/journal-entry.js';
import type { UntakenSignal } from '../journal/saga-state.js';

/** Whether a signal ends a wait. A decision ends only the approval that it was made for. */
export function isAwaited(wait: WaitDefinition, signal: Pick<SignalReceived, 'name' | 'decision'>): boolean {
  const { name, decision } = signal;
  switch (wait.for) {
    case 'delay':
      return false;
    case 'signal':
      return decision === undefined && wait.signals.some((awaited) => awaited.name === name);
    case 'approval':
      return decision !== undefined && (wait.id === name || wait.aliases.includes(name));
  }
}

/** The signal that ends a wait: the first to come among those that it waits for. */
export function takenBy(wait: WaitDefinition, signals: readonly UntakenSignal[]): UntakenSignal | undefined {
  return signals.length === 0 ? undefined : signals.find((signal) => isAwaited(wait, signal));
}
