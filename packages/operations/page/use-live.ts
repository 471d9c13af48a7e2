import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { Away, read, Refusal } from './api.js';

const intervalMs = 2_000;
const longestDelayMs = 15_000;

/** A view that the page keeps up to date. */
export interface Live<View> {
  readonly view: View | undefined;
  /** Why there is no view: the server refused it. */
  readonly refusal: Refusal | undefined;
  /** Reads it at once. */
  readonly refresh: () => void;
}

/**
 * Reads a view again and again while the page is visible. If the server is away, the last view stays, and the page tries
 * again, less and less often.
 *
 * @param path Undefined: nothing is read.
 * @param markOf What the page has already, for a server that then answers that nothing is new.
 */
export function useLive<View>(path: string | undefined, markOf?: (view: View) => string): Live<View> {
  const [state, setState] = useState<{ path: string | undefined; view?: View; refusal?: Refusal }>({ path });
  const [wanted, setWanted] = useState(0);
  const latest = useRef<View | undefined>(undefined);
  const refresh = useCallback(() => setWanted((count) => count + 1), []);

  useEffect(() => {
    if (path === undefined) return undefined;
    const ended = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    let delayMs = intervalMs;
    const next = (): void => {
      clearTimeout(timer);
      if (!ended.signal.aborted && !document.hidden) timer = setTimeout(look, delayMs);
    };
    const look = async (): Promise<void> => {
      try {
        const mark =
          latest.current === undefined || markOf === undefined ? undefined : markOf(latest.current);
        const separator = path.includes('?') ? '&' : '?';
        const asked = mark === undefined ? path : `${path}${separator}mark=${encodeURIComponent(mark)}`;
        const view = await read<View>(asked, ended.signal);
        if (ended.signal.aborted) return;
        delayMs = intervalMs;
        if (view !== undefined) {
          latest.current = view;
          setState({ path, view });
        }
      } catch (error) {
        if (ended.signal.aborted) return;
        delayMs = Math.min(delayMs * 2, longestDelayMs);
        if (error instanceof Refusal) setState({ path, refusal: error });
        else if (!(error instanceof Away)) throw error;
        else delayMs = Math.min(delayMs, 4_000);
      }
      next();
    };
    const shown = (): void => {
      if (!document.hidden) void look();
    };
    document.addEventListener('visibilitychange', shown);
    void look();
    return () => {
      ended.abort();
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', shown);
    };
  }, [path, wanted]);

  const isCurrent = state.path === path;
  useEffect(() => {
    latest.current = undefined;
  }, [path]);
  return {
    view: isCurrent ? state.view : undefined,
    refusal: isCurrent ? state.refusal : undefined,
    refresh,
  };
}
