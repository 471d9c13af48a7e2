import type { WaitDefinition } from '../definition/wait-definition.js';
import { describeDuration } from './describe-policies.js';

/** A wait in words, with its limit, for example `waits for paid or cancelled, at most 30 min`. */
export function describeWait(wait: WaitDefinition): string {
  if (wait.for === 'delay') return `waits ${describeLength(wait.length)}`;
  const limit = wait.timeoutMs === undefined ? [] : [`at most ${describeDuration(wait.timeoutMs)}`];
  return [`waits for ${describeWish(wait)}`, ...limit].join(', ');
}

/** The ends of a wait, each with whether the saga then continues or is undone. */
export function waysOut(wait: WaitDefinition): readonly WayOut[] {
  if (wait.for === 'delay') return [{ when: `after ${describeLength(wait.length)}`, next: 'continue' }];
  const timeout =
    wait.timeoutMs === undefined
      ? []
      : [{ when: `nothing for ${describeDuration(wait.timeoutMs)}`, next: wait.onTimeout }];
  if (wait.for === 'signal') return [{ when: namesOf(wait), next: 'continue' }, ...timeout];
  return [{ when: 'approved', next: 'continue' }, { when: 'rejected', next: wait.onReject }, ...timeout];
}

/** One end of a wait. */
export interface WayOut {
  readonly when: string;
  readonly next: 'compensate' | 'continue';
}

type DescribedWait<For> = Extract<WaitDefinition, { readonly for: For }>;

function describeLength(length: DescribedWait<'delay'>['length']): string {
  return typeof length === 'number' ? describeDuration(length) : 'as long as the context says';
}

function describeWish(wait: DescribedWait<'signal' | 'approval'>): string {
  if (wait.for === 'signal') return namesOf(wait);
  return wait.roles === undefined ? 'a decision' : `a decision of ${wait.roles.join(' or ')}`;
}

function namesOf({ signals }: DescribedWait<'signal'>): string {
  return signals.map(({ name }) => name).join(' or ');
}
