import type { Effect, NewEffect, UndoRequest } from './effect.js';
import { defaultEffectLimit, EffectLedger } from './effect-ledger.js';
import type { EffectQuery } from './effect-ledger.js';

/** A ledger that is lost when its process ends. */
export class InMemoryEffectLedger extends EffectLedger {
  private readonly effects = new Map<string, Effect>();

  override async record(effect: NewEffect): Promise<Effect> {
    const known = this.effects.get(effect.idempotencyKey);
    return this.keep(
      known === undefined
        ? { ...effect, calls: 1, recordedAt: new Date(), undo: undefined }
        : { ...known, calls: known.calls + 1 },
    );
  }

  override async undo({
    orderId,
    service,
    idempotencyKey,
    description,
  }: UndoRequest): Promise<Effect | undefined> {
    const known = [...this.effects.values()].find(
      (effect) => effect.orderId === orderId && effect.service === service,
    );
    if (known === undefined) return undefined;
    const undo = known.undo ?? { idempotencyKey, description, calls: 0, undoneAt: new Date() };
    return this.keep({ ...known, undo: { ...undo, calls: undo.calls + 1 } });
  }

  override async list({ orderId, limit = defaultEffectLimit }: EffectQuery = {}): Promise<readonly Effect[]> {
    const effects = [...this.effects.values()];
    return effects.filter((effect) => orderId === undefined || effect.orderId === orderId).slice(-limit);
  }

  private keep(effect: Effect): Effect {
    this.effects.set(effect.idempotencyKey, effect);
    return effect;
  }
}
