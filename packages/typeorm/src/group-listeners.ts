/** Is told how many starts and entries one statement wrote. */
export type GroupListener = (entries: number) => void;

/** Those who want to know how well writes travel together, for example a histogram. */
export class GroupListeners {
  private readonly listeners = new Set<GroupListener>();

  /** @returns What removes it. */
  add(listener: GroupListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  tell(entries: number): void {
    for (const listener of this.listeners) {
      try {
        listener(entries);
      } catch {
        // What was written is written: a listener must not make it look otherwise.
      }
    }
  }
}
