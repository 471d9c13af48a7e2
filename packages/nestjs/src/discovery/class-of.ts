import type { ProviderWrapper } from './visible-providers.js';

/** The decorated class of a provider: its own, or the class of the result of its factory or of its value. */
export function classOf({ metatype, instance }: ProviderWrapper, metadataKey: string): object {
  const isDecorated = typeof metatype === 'function' && Reflect.hasMetadata(metadataKey, metatype);
  return isDecorated ? metatype : (instance as object).constructor;
}

/** A class's name for a message. */
export function nameOf(named: object): string {
  const name: unknown = Reflect.get(named, 'name');
  return typeof name === 'string' && name !== '' ? name : 'a class without a name';
}
