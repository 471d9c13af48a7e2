import type { ContextCodec, Json } from '../context/context-codec.js';

/** An event that a step emitted with `run.emit()`, as it was stored with the step's result. */
export interface EmittedEvent {
  /** The name under which the event's class is stored, if the event was an instance of one. */
  readonly name?: string;
  /** The event as decoded by the codec. */
  readonly event: unknown;
}

/** Reads the events of an entry. */
export function decodeEvents(codec: ContextCodec, events: Json): readonly EmittedEvent[] {
  const list = JSON.parse(events) as readonly EmittedEvent[];
  // Each event was encoded separately, so that an application's codec only gets values of the application.
  return list.map((emitted) => ({ ...emitted, event: codec.decode(JSON.stringify(emitted.event)) }));
}
