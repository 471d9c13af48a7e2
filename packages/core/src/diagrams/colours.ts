import type { Lines } from './lines.js';

/** The colours of a diagram: pale, with dark text, so that they are readable on light and dark pages. */
const colours = {
  completed: 'fill:#d5f0dc,stroke:#2e7d46,color:#10331c',
  retried: 'fill:#fff0c2,stroke:#a67c00,color:#3d2e00',
  failed: 'fill:#fbd5d5,stroke:#b3261e,color:#410e0b',
  undone: 'fill:#dce4f7,stroke:#3f5ba9,color:#14213d',
  givenUp: 'fill:#f3b8b8,stroke:#7a0b0b,color:#3b0505,stroke-width:3px',
  running: 'fill:#cfeefc,stroke:#0277a8,color:#03303f,stroke-width:3px',
  cancelled: 'fill:#e6e0ec,stroke:#6a4c93,color:#2a1b3d',
  stuck: 'fill:#ffd8a8,stroke:#c75000,color:#401a00,stroke-width:3px',
  byHand: 'fill:#e8f5d0,stroke:#5c7a1f,color:#27350a',
  waiting: 'fill:#f4f4f4,stroke:#8a8a8a,color:#4a4a4a,stroke-dasharray:4 3',
  skipped: 'fill:#ffffff,stroke:#b0b0b0,color:#7a7a7a,stroke-dasharray:2 4',
} as const;

/** The state that a colour shows; also the name of a Mermaid class. */
export type Colour = keyof typeof colours;

/** The definitions of the colours that a diagram uses, always in the same order. */
export function defineColours(used: ReadonlySet<Colour>): Lines {
  return Object.entries(colours)
    .filter(([name]) => used.has(name as Colour))
    .map(([name, style]) => `classDef ${name} ${style}`);
}
