import type { ProviderWrapper } from './visible-providers.js';

/** The decorated class behind a provider: its own, or that of what its factory or value gives. */
export function classOf({ metatype, instance }: ProviderWrapper, metadataKey: string): object {
  const isDecorated = typeof metatype === 'function' && Reflect.hasMetadata(metadataKey, metatype);
  return isDecorated ? metatype : (instance as object).constructor;
}

/** A class's name for a message. */
export function nameOf(named: object): string {
  const name: unknown = Reflect.get(named, 'name');
  return typeof name === 'string' && name !== '' ? name : 'a class without a name';
}
