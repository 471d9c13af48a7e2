import type { Effect, NewEffect, UndoRequest } from './effect.js';

/** What a list of effects is narrowed to. */
export interface EffectQuery {
  readonly orderId?: string;
  /**
   * At most this many, the newest ones.
   *
   * @default 200
   */
  readonly limit?: number;
}

/** The book that the services keep of what they really did: the evidence that nothing was done twice. */
export abstract class EffectLedger {
  /** Notes an effect once for its key. Answers the one that was noted first, with this call counted. */
  abstract record(effect: NewEffect): Promise<Effect>;
  /** Notes that an order's effect at a service was undone. Undefined where there was none, which is fine. */
  abstract undo(request: UndoRequest): Promise<Effect | undefined>;
  /** The effects in the order in which they were recorded. */
  abstract list(query?: EffectQuery): Promise<readonly Effect[]>;
}

/** How many effects a list shows where nothing else is asked for. */
export const defaultEffectLimit = 200;
