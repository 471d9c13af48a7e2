/** The services that leave effects. */
export type ServiceName = 'inventory' | 'payment' | 'invoice' | 'shipping';

/** What a service is about to do for an order. */
export interface NewEffect {
  /** The caller's key: the same key never has a second effect. */
  readonly idempotencyKey: string;
  readonly orderId: string;
  readonly service: ServiceName;
  /** What was done, for people: `reserved 2 × book`. */
  readonly description: string;
}

/** One thing that a service did, and whether it was undone. */
export interface Effect extends NewEffect {
  /** How often the service was asked for it. Over 1: a repeated call that had no second effect. */
  readonly calls: number;
  readonly recordedAt: Date;
  /** Undefined while the effect stands. */
  readonly undo: EffectUndo | undefined;
}

/** How an effect was undone. */
export interface EffectUndo {
  /** The key of the undo that was first. */
  readonly idempotencyKey: string;
  /** What was done, for people: `released 2 × book`. */
  readonly description: string;
  /** How often the service was asked for it. */
  readonly calls: number;
  readonly undoneAt: Date;
}

/** Which effect a service has to undo, and how. */
export interface UndoRequest {
  readonly idempotencyKey: string;
  readonly orderId: string;
  readonly service: ServiceName;
  readonly description: string;
}
