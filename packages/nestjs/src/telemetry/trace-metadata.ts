import type { Context } from '@opentelemetry/api';
import { propagation, ROOT_CONTEXT } from '@opentelemetry/api';

type Metadata = Readonly<Record<string, string>>;

/** Longer texts are left out: what travels with a saga is stored with each of them. */
const maximumLength = 1_024;

/** The trace of a context as texts that can be stored. Baggage stays behind: it may hold what must not be stored. */
export function toMetadata(context: Context): Metadata {
  const carrier: Record<string, string> = {};
  propagation.inject(context, carrier, {
    set: (target, name, value) => {
      if (name !== 'baggage' && value.length > 0 && value.length <= maximumLength) target[name] = value;
    },
  });
  return carrier;
}

/** A context with the trace that was stored, or the given one where none was. */
export function fromMetadata(metadata: Metadata, context: Context = ROOT_CONTEXT): Context {
  return propagation.extract(context, metadata);
}
