import fc from 'fast-check';
import { parseDiagram } from './mermaid.js';
import { anyLabel } from './labels.js';

/** Replaces each text by a hostile one, always the same for the same text and never one for two texts. */
export type Relabel = (text: string) => string;

/** Ways to replace texts. */
export const anyRelabel: fc.Arbitrary<Relabel> = fc
  .array(anyLabel, { minLength: 1, maxLength: 8 })
  .map((labels) => {
    const known = new Map<string, string>();
    return (text) => {
      const label = known.get(text) ?? `${labels[known.size % labels.length] ?? ''} ${known.size}`;
      known.set(text, label);
      return label;
    };
  });

/** The structure of each text without its labels: the kind of diagram, the nodes, and the number of labels. */
export async function structuresOf(...texts: readonly string[]): Promise<readonly (readonly string[])[]> {
  const structures: (readonly string[])[] = [];
  for (const text of texts) {
    const { kind, structure, labels } = await parseDiagram(text);
    structures.push([kind, ...structure, `${labels.length} labels`]);
  }
  return structures;
}
