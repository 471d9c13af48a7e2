import type { Context } from '@opentelemetry/api';
import { propagation, ROOT_CONTEXT } from '@opentelemetry/api';

type Metadata = Readonly<Record<string, string>>;

/** Longer texts are left out, because the metadata is stored with every saga. */
const maximumLength = 1_024;

/**
 * The trace of a context as texts that can be stored. Baggage is left out: it may contain values that must not be
 * stored.
 */
export function toMetadata(context: Context): Metadata {
  const carrier: Record<string, string> = {};
  propagation.inject(context, carrier, {
    set: (target, name, value) => {
      if (name !== 'baggage' && value.length > 0 && value.length <= maximumLength) target[name] = value;
    },
  });
  return carrier;
}

/** A context with the stored trace, or the given context if no trace is stored. */
export function fromMetadata(metadata: Metadata, context: Context = ROOT_CONTEXT): Context {
  return propagation.extract(context, metadata);
}
