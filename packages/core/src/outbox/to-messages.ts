import type { ContextCodec } from '../context/context-codec.js';
import { decodeEvents } from '../journal/emitted-events.js';
import type { JournalEntry } from '../journal/journal-entry.js';
import type { SagaHeading } from '../journal/saga-header.js';
import type { SagaMessage } from '../options/message-sink.js';

/** The events of an entry as messages, each of which is a CloudEvent in JSON. Pure. */
export function toMessages(
  codec: ContextCodec,
  { sagaId, saga, version, key, metadata }: SagaHeading,
  entry: JournalEntry,
): readonly SagaMessage[] {
  if (!('events' in entry) || entry.events === undefined) return [];
  const { seq, step, recordedAt } = entry;
  const trace = traceOf(metadata);
  return decodeEvents(codec, entry.events).map(({ name, event }, index) => {
    const id = `${sagaId}:${seq}:${index}`;
    const type = name ?? `${saga}.${step}`;
    const body = JSON.stringify({
      specversion: '1.0',
      id,
      source: `/nest-saga/${encodeURIComponent(saga)}`,
      type,
      subject: sagaId,
      time: recordedAt.toISOString(),
      datacontenttype: 'application/json',
      sagaversion: version,
      sagastep: step,
      ...(key === undefined ? {} : { sagakey: key }),
      ...trace,
      data: event ?? null,
    });
    return { id, sagaId, saga, seq, index, type, trace, body };
  });
}

function traceOf(metadata: SagaHeading['metadata']): Readonly<Record<string, string>> {
  const { traceparent, tracestate } = metadata;
  if (traceparent === undefined) return {};
  return tracestate === undefined ? { traceparent } : { traceparent, tracestate };
}
