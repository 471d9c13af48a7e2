/** The services that have effects. */
export type ServiceName = 'inventory' | 'payment' | 'invoice' | 'shipping';

/** An effect that a service is about to have for an order. */
export interface NewEffect {
  /** The caller's key: a key never has a second effect. */
  readonly idempotencyKey: string;
  readonly orderId: string;
  readonly service: ServiceName;
  /** A text for people: `reserved 2 × book`. */
  readonly description: string;
}

/** An effect of a service, and whether it was undone. */
export interface Effect extends NewEffect {
  /** How often the service was called for it. More than 1 means that repeated calls had no second effect. */
  readonly calls: number;
  readonly recordedAt: Date;
  /** Undefined while the effect stands. */
  readonly undo: EffectUndo | undefined;
}

/** How an effect was undone. */
export interface EffectUndo {
  /** The key of the first undo. */
  readonly idempotencyKey: string;
  /** A text for people: `released 2 × book`. */
  readonly description: string;
  /** How often the service was called for it. */
  readonly calls: number;
  readonly undoneAt: Date;
}

/** The effect that a service has to undo, and how. */
export interface UndoRequest {
  readonly idempotencyKey: string;
  readonly orderId: string;
  readonly service: ServiceName;
  readonly description: string;
}
