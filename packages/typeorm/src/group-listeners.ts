/** Called with the number of starts and entries that one statement wrote. */
export type GroupListener = (entries: number) => void;

/** The listeners for the sizes of groups, for example a histogram. */
export class GroupListeners {
  private readonly listeners = new Set<GroupListener>();

  /** @returns The function that removes it. */
  add(listener: GroupListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  tell(entries: number): void {
    for (const listener of this.listeners) {
      try {
        listener(entries);
      } catch {
        // The write is done, and an error of a listener must not affect its answer.
      }
    }
  }
}
