import type { ContextCodec, Json } from '../context/context-codec.js';

/** What a step emitted with `run.emit()`, as it was stored with the step's result. */
export interface EmittedEvent {
  /** The name that the event's class is stored under, where it was an instance of one. */
  readonly name?: string;
  /** As the codec gives it back. */
  readonly event: unknown;
}

/** Reads the events of an entry. */
export function decodeEvents(codec: ContextCodec, events: Json): readonly EmittedEvent[] {
  const list = JSON.parse(events) as readonly EmittedEvent[];
  // Each event was encoded by itself, so that an application's own codec sees values of the application only.
  return list.map((emitted) => ({ ...emitted, event: codec.decode(JSON.stringify(emitted.event)) }));
}
