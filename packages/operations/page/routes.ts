import { useEffect, useState } from 'preact/hooks';

/** The current view, by the part of the address after the `#`. */
export type Route =
  | { readonly page: 'overview' }
  | { readonly page: 'sagas'; readonly query: URLSearchParams }
  | { readonly page: 'saga'; readonly sagaId: string }
  | { readonly page: 'workers' };

export function useRoute(): Route {
  const [route, setRoute] = useState(() => parseRoute(location.hash));
  useEffect(() => {
    const changed = (): void => setRoute(parseRoute(location.hash));
    addEventListener('hashchange', changed);
    return () => removeEventListener('hashchange', changed);
  }, []);
  return route;
}

export function parseRoute(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?');
  const [first, second] = path.split('/');
  if (first === 'sagas' && second !== undefined && second !== '')
    return { page: 'saga', sagaId: decodeURIComponent(second) };
  if (first === 'sagas') return { page: 'sagas', query: new URLSearchParams(query) };
  if (first === 'workers') return { page: 'workers' };
  return { page: 'overview' };
}

export function linkToSaga(sagaId: string): string {
  return `#/sagas/${encodeURIComponent(sagaId)}`;
}

/** The list with these filters. Empty ones are left out. */
export function linkToList(filters: Readonly<Record<string, string | undefined>> | URLSearchParams): string {
  const given = filters instanceof URLSearchParams ? Object.fromEntries(filters) : filters;
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(given))
    if (value !== undefined && value !== '') query.set(name, value);
  const text = query.toString();
  return text === '' ? '#/sagas' : `#/sagas?${text}`;
}
