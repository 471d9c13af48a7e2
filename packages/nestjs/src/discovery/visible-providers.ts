import { Injectable } from '@nestjs/common';
import { DiscoveryService, ModuleRef } from '@nestjs/core';

/** A provider, as Nest's discovery represents it. */
export type ProviderWrapper = ReturnType<DiscoveryService['getProviders']>[number];

/** A module, as Nest's container represents it. */
export type HostModule = NonNullable<ProviderWrapper['host']>;

type Token = ProviderWrapper['token'];

/** The providers of the application as Nest's injector resolves them in one of its modules. */
@Injectable()
export class VisibleProviders {
  constructor(private readonly discovery: DiscoveryService) {}

  /**
   * The provider that Nest injects for a token in that module: its own, else an export of its imports, global modules
   * last. If the module has none, the result is the providers of the whole application: a single one can be used,
   * several are ambiguous.
   */
  candidates(token: Token, from: HostModule | undefined): readonly ProviderWrapper[] {
    const visible = from === undefined ? undefined : injected(token, from);
    if (visible !== undefined) return [visible];
    const everywhere = this.discovery.getProviders().filter((provider) => provider.token === token);
    return [...new Set(everywhere.map(withoutAlias))];
  }

  /** The same for `SagaModule`. */
  candidatesHere(token: Token): readonly ProviderWrapper[] {
    const own = this.discovery.getProviders().find(({ instance }) => instance === this);
    return this.candidates(token, own?.host);
  }
}

/** The reference of the module that declares the provider: in another module, its token may mean another provider. */
export function referenceOf({ host }: ProviderWrapper): ModuleRef {
  return host?.getProviderByKey<ModuleRef>(ModuleRef).instance as ModuleRef;
}

/** The names of the modules that have these providers, for a message. */
export function namesOfHosts(providers: readonly ProviderWrapper[]): string {
  return providers.map(({ host }) => host?.name ?? 'a module without a name').join(' and ');
}

/** A token's name, for a message. */
export function nameOfToken(token: Token): string {
  return typeof token === 'function' ? token.name : String(token);
}

function injected(token: Token, module: HostModule): ProviderWrapper | undefined {
  const found = module.providers.get(token) ?? exported(token, module, new Set());
  return found === undefined ? undefined : withoutAlias(found);
}

// Follows the order and the rules of Nest's own Injector.lookupComponentInImports(), which has no public counterpart.
function exported(
  token: Token,
  module: HostModule,
  seen: Set<string>,
  isReExport = false,
): ProviderWrapper | undefined {
  for (const imported of module.imports) {
    if (isReExport && !module.exports.has(imported.metatype)) continue;
    if (seen.has(imported.id)) continue;
    seen.add(imported.id);
    const provided = imported.exports.has(token) ? imported.providers.get(token) : undefined;
    const found = provided ?? exported(token, imported, seen, true);
    if (found !== undefined) return found;
  }
  return undefined;
}

// An alias (`useExisting`) is always a singleton, whatever the scope of its target.
function withoutAlias(provider: ProviderWrapper): ProviderWrapper {
  const passed = new Set<ProviderWrapper>();
  let current = provider;
  while (current.isAlias && current.host !== undefined) {
    if (passed.has(current)) return provider;
    passed.add(current);
    const token = aliased(current);
    const next =
      token === undefined
        ? undefined
        : (current.host.providers.get(token) ?? exported(token, current.host, new Set()));
    if (next === undefined) return provider;
    current = next;
  }
  return current;
}

function aliased({ inject }: ProviderWrapper): Token | undefined {
  const dependency: unknown = inject?.[0];
  const isForward = typeof dependency === 'object' && dependency !== null && 'forwardRef' in dependency;
  return (isForward ? (dependency.forwardRef as () => Token)() : dependency) as Token | undefined;
}
