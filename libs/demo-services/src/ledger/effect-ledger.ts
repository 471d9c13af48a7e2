import type { Effect, NewEffect, UndoRequest } from './effect.js';

/** The filters for a list of effects. */
export interface EffectQuery {
  readonly orderId?: string;
  /**
   * The maximum number of effects, the newest ones.
   *
   * @default 200
   */
  readonly limit?: number;
}

/** The services' own record of their effects: the evidence that no effect happened twice. */
export abstract class EffectLedger {
  /** Records an effect once for its key. Resolves with the effect that was recorded first, with this call counted. */
  abstract record(effect: NewEffect): Promise<Effect>;
  /**
   * Records that an order's effect at a service was undone. Resolves with undefined if there was none, which is
   * allowed.
   */
  abstract undo(request: UndoRequest): Promise<Effect | undefined>;
  /** The effects in the order in which they were recorded. */
  abstract list(query?: EffectQuery): Promise<readonly Effect[]>;
}

/** The size of a list if the query has no limit. */
export const defaultEffectLimit = 200;
